"""A whole site and its hub on this machine, to be looked at and touched (`conciergerie demo`)."""
