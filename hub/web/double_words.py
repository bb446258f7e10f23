"""How the first page says it of a number that several things bear, or that another site expects."""

from typing import Final

from flask import url_for

from hub.core.things import Thing
from hub.web.door_words import door_numbers
from hub.web.gettext import _
from hub.web.places import my_sites

KINDS: Final = ("double", "double_elsewhere", "stray", "astray")


def sentence(thing: Thing) -> str:
    """What is the matter; a site is named to whoever sees it."""
    if thing.kind == "double":
        return _here(thing)
    site = _others(thing)
    if thing.kind == "stray" and site:
        return _("A parcel that %(site)s expects came here", site=site)
    if thing.kind == "stray":
        return _("A parcel that another site expects came here")
    if thing.kind == "astray" and site:
        return _("The expected parcel %(number)s came to %(site)s", number=thing.about, site=site)
    if thing.kind == "astray":
        return _("The expected parcel %(number)s came to another site", number=thing.about)
    if thing.count > 1 and site:
        return _("%(here)s, and at %(site)s too", here=_here(thing), site=site)
    if thing.count > 1:
        return _("%(here)s, and at another site too", here=_here(thing))
    if site:
        return _("The same number is at %(site)s too", site=site)
    return _("The same number is at another site too")


def advice(thing: Thing) -> str:
    """What to do about it."""
    if thing.kind == "double":
        return _(
            "One parcel was taken in twice, or two bear one number. Look at each place, then at the list."
        )
    if thing.kind == "stray":
        return _(
            "It was announced there. Call that site: somebody fetches it, or it goes back to its carrier."
        )
    if thing.kind == "astray":
        return _("Call that site. Tell the person where it is. It will not come here: take it off the list.")
    return _(
        "A parcel is in one place only. Look whether you have it, and call the other site: "
        "a person was told to come to each."
    )


def link(thing: Thing) -> tuple[str, str]:
    """The main action of a card."""
    if thing.kind == "astray":
        return url_for("parcels.held", site=thing.site, _anchor="attendus"), _("See what is expected")
    return url_for("parcels.show", item=thing.item), _("See the parcel")


def _here(thing: Thing) -> str:
    doors = door_numbers(thing.compartments)
    if len(thing.compartments) == thing.count == 2:
        door, other = thing.compartments
        return _("The same number twice: door %(door)s and door %(other)s", door=door, other=other)
    if doors:
        return _("The same number %(count)d times; place: %(doors)s", count=thing.count, doors=doors)
    return _("The same number %(count)d times", count=thing.count)


def _others(thing: Thing) -> str:
    """The names of those among the other sites that whoever looks may see."""
    others = thing.detail.split(",")
    return ", ".join(site.name for site in my_sites() if site.id in others)
