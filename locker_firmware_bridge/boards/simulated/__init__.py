"""Simulated lock boards: a program of their own that outlives the bridge, and the hand at their doors."""
