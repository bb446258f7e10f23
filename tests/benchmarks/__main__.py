"""What the system costs, as ratios to a floor measured in the same run.

`python -m tests.benchmarks [NAME ...]` runs all or some and prints a table. None is a test, because a
machine that is busy must not turn a check red. docs/performance.md keeps the figures.
"""

import importlib
import pkgutil
import sys

import tests.benchmarks as package
from tests.benchmarks.figures import HEAD, row

HELPERS = {
    "__main__",
    "bare",
    "bare_end",
    "bare_ledger",
    "draining",
    "figures",
    "hub_of_one",
    "long_history",
    "parcels",
    "screen",
    "watchers",
    "whole_site",
}


def main() -> None:
    """Print a table of all that was asked for, line by line as it is known."""
    known = [module.name for module in pkgutil.iter_modules(package.__path__) if module.name not in HELPERS]
    _say(HEAD)
    for name in sys.argv[1:] or known:
        sys.stderr.write(f"{name}...\n")
        for figure in importlib.import_module(f"tests.benchmarks.{name}").run():
            _say(row(figure))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
