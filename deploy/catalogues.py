"""Compiles the people's words: every gettext `.po` that is newer than its `.mo`.

The `.mo` files are not committed. `./conciergerie` runs this module when one is missing or old;
several programs may do so at the same moment, so each file appears whole or not at all.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

REPOSITORY = Path(__file__).resolve().parent.parent


def stale_catalogues(root: Path) -> Iterator[Path]:
    """Yield each `PACKAGE/web/translations/LOCALE/LC_MESSAGES/*.po` whose `.mo` is missing or older."""
    for source in sorted(root.glob("*/web/translations/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            yield source


def compile_catalogue(source: Path) -> Path:
    """Write the `.mo` beside a `.po` and return its path. Fuzzy entries are left out.

    Raises `PoFileError` for a broken line, `OSError` where the folder cannot be written.
    """
    locale = source.parent.parent.name
    with source.open("rb") as lines:
        catalogue = read_po(lines, locale=locale, abort_invalid=True)
    target = source.with_suffix(".mo")
    with tempfile.NamedTemporaryFile(dir=source.parent, delete=False) as fresh:
        write_mo(fresh, catalogue)
    Path(fresh.name).chmod(0o644)
    Path(fresh.name).replace(target)
    return target


def compile_stale(root: Path = REPOSITORY) -> list[Path]:
    """Compile what is missing or old under `root` and return the files written.

    A broken catalogue costs its own language only: it is named on stderr. Raises PermissionError.
    """
    written = []
    for source in stale_catalogues(root):
        try:
            written.append(compile_catalogue(source))
        except (ValueError, PoFileError) as error:  # babel has no one error for a broken line
            sys.stderr.write(f"conciergerie: {source} is left out, mend it: {error}\n")
    return written


def main() -> int:
    """Compile everything of this clone; 1 and one sentence when a folder cannot be written."""
    try:
        compile_stale()
    except PermissionError as error:
        sys.stderr.write(
            f"conciergerie: the translations could not be written ({error.filename}): "
            "run the same command once as the owner of these files\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
