"""What the system costs, as ratios to a floor measured in the same run.

`python -m tests.benchmarks [NAME ...]` runs them and prints a table; none is a test, because a machine
that is busy must not turn a check red. docs/performance.md keeps the figures.
"""
