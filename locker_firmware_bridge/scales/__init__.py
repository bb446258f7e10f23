"""Scales: what they show on a serial line, and when what they show is a weight.

`protocols` reads lines, `settling` decides which readings count, `scale` keeps the port; a value is the
scale's own, to its last digit, neither rounded nor averaged. `weigher` tells the bridge whole grams.
"""
