"""Mosquitto's configuration files, as data (see README.md beside this file), and a site's list made of it."""

from collections.abc import Iterable
from importlib import resources
from string import Template

FILES = resources.files(__name__)


def site_access_list(bridge: str | None, kiosks: Iterable[str]) -> str:
    """The text of the access list of a site: its bridge, each of its kiosks, and nobody else.

    The names must be device ids: one with a blank or a `+` in it would grant more than it says. A site
    without a bridge (None) grants nothing at all: there is nobody to ask.
    """
    if bridge is None:
        return "# No bridge is in service on this site: nobody may say or hear anything.\n"
    kiosk_block = Template(FILES.joinpath("site-kiosk.acl").read_text())
    blocks = [kiosk_block.substitute(bridge=bridge, kiosk=kiosk) for kiosk in sorted(kiosks)]
    return "\n".join([Template(FILES.joinpath("site.acl").read_text()).substitute(bridge=bridge), *blocks])
