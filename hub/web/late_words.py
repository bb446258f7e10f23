"""How the first page says it of orders that are late, or soon will be."""

from flask import url_for

from hub.core.things import Thing
from hub.web.gettext import _, ngettext


def sentence(thing: Thing) -> str:
    """What is the matter."""
    if thing.count and thing.kind == "order_late":
        return ngettext("%(num)d order is late", "%(num)d orders are late", thing.count)
    if thing.count:
        return ngettext("%(num)d order may be late", "%(num)d orders may be late", thing.count)
    if thing.about:
        return _with_what(thing)
    if thing.kind == "order_late":
        return _("Order %(number)s is late", number=thing.detail)
    return _("Order %(number)s is not ready yet", number=thing.detail)


def _with_what(thing: Thing) -> str:
    if thing.kind == "order_late":
        return _("Order %(number)s is late: %(about)s", number=thing.detail, about=thing.about)
    return _("Order %(number)s is not ready yet: %(about)s", number=thing.detail, about=thing.about)


def advice(thing: Thing) -> str:
    """What to do about it."""
    if thing.kind == "order_late":
        return _("Ask the partner when it comes, and tell the person.")
    return _("There is still time: ask the partner, and tell the person if it will be later.")


def link(thing: Thing) -> tuple[str, str]:
    """Address and word of the main action."""
    if thing.item:
        return url_for("orders.one", site=thing.site, order=thing.item), _("See the order")
    return url_for("orders.show", site=thing.site), _("See the orders")
