"""Scales: what they show on a serial line, and when what they show is a weight.

`protocols` reads lines, `settling` decides which readings count, `scale` keeps the port. A value is
the scale's own, to its last digit: nothing here rounds, averages or converts.
"""
