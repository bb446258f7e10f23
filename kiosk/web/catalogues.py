"""Compiles the kiosk's own words at start, so that a catalogue dropped in is enough."""

import logging
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

log = logging.getLogger(__name__)


def compile_stale(translations: Path) -> None:
    """Compile each `.po` below `translations` that is newer than its `.mo`.

    A catalogue that is broken, or a folder that cannot be written, costs that language and is logged;
    the kiosk starts all the same.
    """
    for source in sorted(translations.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        try:
            _compile(source, target)
        except (OSError, ValueError, PoFileError) as error:  # babel has no one error for a broken line
            log.warning("%s could not be compiled: %s", source, error)


def _compile(source: Path, target: Path) -> None:
    """The file appears whole or not at all: other programs may do the same at this moment."""
    with source.open("rb") as lines:
        catalogue = read_po(lines, locale=source.parent.parent.name, abort_invalid=True)
    with tempfile.NamedTemporaryFile(dir=source.parent, delete=False) as fresh:
        write_mo(fresh, catalogue)
    Path(fresh.name).chmod(0o644)
    Path(fresh.name).replace(target)
