"""What the bridge decides, without any I/O, clock, randomness or logging.

`site.advance(site, happened) -> Decision`: what the site looks like then, the facts to commit with it,
and what to do once they are durable. Nothing is sent, opened or said before that commit.
"""
