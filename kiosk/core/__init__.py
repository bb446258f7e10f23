"""The flows of the kiosk: events in, commands out. No I/O, clock, randomness or logging."""
