"""Templates compiled once for every process of a machine, beside their program, as Python keeps its modules.

To compile the templates of one screen takes a Raspberry Pi half a second, which whoever touches it first
after a start would wait for. Where the folder may not be written, they are compiled at each start.
"""

import hashlib
import os
import sys
from contextlib import suppress
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

_SUM_BYTES: Final = 32


class CompiledTemplates(BytecodeCache):
    """What was compiled for the program whose package is the folder `package`. It lies where Python keeps
    what it compiled of that package, which PYTHONPYCACHEPREFIX may put elsewhere.

    A file counts only while its check-sum holds, which is also over what the compiled code depends on
    besides the template: versions, options, and the package's own functions, which may stand in it as values.
    """

    def __init__(self, package: Path) -> None:
        self._directory = Path(cache_from_source(str(package / "templates.py"))).with_suffix("")
        newest = max(path.stat().st_mtime_ns for path in package.rglob("*.py"))
        self._made_with = f"{sys.version} {version('jinja2')} {newest}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template, if it is here and whole."""
        try:
            content = (self._directory / bucket.key).read_bytes()
        except OSError:
            return
        code = content[_SUM_BYTES:]
        if content[:_SUM_BYTES] == self._sum(bucket.environment, code):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template, whole or not at all."""
        code = bucket.bytecode_to_string()
        with suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            fresh = self._directory / f"{bucket.key}.{os.getpid()}"
            fresh.write_bytes(self._sum(bucket.environment, code) + code)
            fresh.replace(self._directory / bucket.key)

    def _sum(self, environment: Environment, code: bytes) -> bytes:
        options = (environment.trim_blocks, environment.lstrip_blocks, sorted(environment.extensions))
        return hashlib.sha256(f"{self._made_with} {options}".encode() + code).digest()
