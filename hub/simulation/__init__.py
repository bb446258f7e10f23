"""The laundries of the Games, played through real journals, uplinks, ingest and fold in simulated time."""
