"""Who may say what: one writer per truth (design.md section 2)."""

from typing import Final, get_args

from contract import messages as m

HUB_PAGES: Final = "hub.pages"
"""Who tells what is said on the hub's pages; no device can have such a name (contract.topics)."""

_OWN = {"bridge": frozenset(get_args(m.BridgeFact)), "kiosk": frozenset(get_args(m.KioskFact))}
_FOREIGN = {"bridge": _OWN["kiosk"], "kiosk": _OWN["bridge"]}


def may_tell(kind: str, fact: m.AnyFact) -> bool:
    """Whether a device of this kind is the one to tell such a fact."""
    return type(fact) not in _FOREIGN[kind]
