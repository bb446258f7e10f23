"""Codes that set a scanner up: a scanner that does not know them hands them on as data.

Only forms that were seen in print are here:

    @AAAAAA…       Newland, ASCII settings (Serial Programming Command Manual: `@SETUPE1`, `@FACDEF`,
                   `@TSUSET0D0A`), several separated by `;`
    %%SpecCode…    the modules sold as Nadamoo, Netum, Alacrity... (`%%SpecCodeAA`)
    ^#SC^…         the same modules (`^#SC^303FFF0`)

Zebra and Datalogic mark theirs with FNC3, which has no character: a scanner takes them for itself, or
sends FNC3 as 82 hex (Datalogic), which is no ASCII and dropped for that. Honeywell's begin with SYN
(16 hex), Newland's serial form with `~` SOH: dropped as control characters. Their printed forms without
these marks are not known here, and are left alone.
"""

import re
from typing import Final

from contract.scans import aim

_FORMS: Final = re.compile(
    r"@[A-Z]{6}[0-9A-F]*(?:;@?[A-Z]{6}[0-9A-F]*)*;?|%%SpecCode[0-9A-Za-z]*|\^#SC\^[0-9A-Za-z]*"
)


def is_settings_code(text: str) -> bool:
    """Whether this is no label but an instruction to a scanner."""
    return _FORMS.fullmatch(aim.split(text).text.strip()) is not None
