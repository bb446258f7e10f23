"""How each site of many stands, in one line; what is wrong comes first. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.core.sight import Device
from hub.core.things import Thing


@dataclass(frozen=True)
class SiteState:
    """`alarms` and `others` count things to do; `online` of its `devices` are there.

    `dark_ms`: since when nothing is heard of it (0: it never was); None while something is.
    """

    site: str
    alarms: int = 0
    others: int = 0
    devices: int = 0
    online: int = 0
    dark_ms: int | None = None
    news_ms: int | None = None
    is_ready: bool = True

    @property
    def tone(self) -> str:
        """Of the whole line."""
        if self.alarms:
            return "alarm"
        if not self.is_ready:
            return "info"
        return "warn" if self.others or self.dark_ms is not None else "ok"


def site_states(
    sites: Mapping[str, bool], things: Iterable[Thing], devices: Iterable[Device]
) -> list[SiteState]:
    """One a site (`sites` says whether each is set up): most alarms first, then silent ones, then the rest.

    Things of low tone are not counted: they press nobody.
    """
    alarms: dict[str, int] = {}
    others: dict[str, int] = {}
    for thing in things:
        if thing.tone != "info":
            count = alarms if thing.tone == "alarm" else others
            count[thing.site] = count.get(thing.site, 0) + 1
    there: dict[str, list[Device]] = {site: [] for site in sites}
    for device in devices:
        there.setdefault(device.site, []).append(device)
    found = [
        _state(site, is_ready, alarms.get(site, 0), others.get(site, 0), there[site])
        for site, is_ready in sites.items()
    ]
    return sorted(found, key=lambda one: (-one.alarms, one.dark_ms is None, -one.others, one.is_ready))


def _state(site: str, is_ready: bool, alarms: int, others: int, devices: list[Device]) -> SiteState:
    online = sum(device.online for device in devices)
    news = max((device.exchange_ms for device in devices if device.exchange_ms), default=None)
    dark_ms = None if online or not is_ready else max((one.presence_ms or 0 for one in devices), default=0)
    return SiteState(site, alarms, others, len(devices), online, dark_ms, news, is_ready)
