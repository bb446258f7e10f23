"""Who may say what: one writer per truth (design.md section 2)."""

from typing import get_args

from contract import messages as m

_OWN = {"bridge": frozenset(get_args(m.BridgeFact)), "kiosk": frozenset(get_args(m.KioskFact))}
_FOREIGN = {"bridge": _OWN["kiosk"], "kiosk": _OWN["bridge"]}


def may_tell(kind: str, fact: m.AnyFact) -> bool:
    """Whether a device of this kind is the one to tell such a fact."""
    return type(fact) not in _FOREIGN[kind]
