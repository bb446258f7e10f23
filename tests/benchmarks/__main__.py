"""Run benchmarks by name, or all of them."""

import importlib
import pkgutil
import sys

import tests.benchmarks as package
from tests.benchmarks.figures import Figure, table

HELPERS = {"figures", "__main__"}


def main() -> None:
    """Print one table of all that was asked for."""
    known = [module.name for module in pkgutil.iter_modules(package.__path__) if module.name not in HELPERS]
    wanted = sys.argv[1:] or known
    figures: list[Figure] = []
    for name in wanted:
        sys.stderr.write(f"{name}...\n")
        figures += importlib.import_module(f"tests.benchmarks.{name}").run()
    sys.stdout.write(table(figures) + "\n")


if __name__ == "__main__":
    main()
