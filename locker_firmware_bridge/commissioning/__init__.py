"""Commands for whoever sets a site up: they ask and tell, and never move a lock."""
