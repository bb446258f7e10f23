"""Files handed out as one archive, made in memory: secrets among them are on no disk of the hub."""

import io
import stat
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Response

from hub.web.guard import now_ms


def zipped(name: str, files: Mapping[str, str]) -> Response:
    """The archive as an answer; its files are for their owner alone once unpacked."""
    packed = io.BytesIO()
    moment = datetime.fromtimestamp(now_ms() / 1000, UTC).timetuple()[:6]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            entry = zipfile.ZipInfo(path, moment)
            entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o600) << 16
            archive.writestr(entry, text)
    answer = Response(packed.getvalue(), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
