"""Who is who at a site, for the sentences of the pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.store.accounts import account_names
from hub.store.database import Connection
from hub.store.mandates import mandated
from hub.store.pages import shelf_labels
from hub.store.partners import partner_names
from hub.store.staff import staff_initials
from hub.web.gettext import _


@dataclass(frozen=True)
class Names:
    """Who is who, for the sentences: staff initials and account names by id; who bears each mandate, and
    who gave it, by the mandate's id.
    """

    staff: dict[str, str]
    accounts: dict[str, str]
    mandates: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    shelves: Mapping[int, str] = field(default_factory=dict)
    """What is written on the places that have no door."""

    def staff_member(self, staff: str | None) -> str:
        """Initials, or a word for somebody unknown."""
        return self.staff.get(staff or "", _("somebody of the staff"))

    def account(self, account: str) -> str:
        """Whose account of these pages."""
        return self.accounts.get(account, _("somebody with an account"))

    def bearer(self, mandate: str) -> str:
        """Who came with a mandate."""
        if mandate not in self.mandates:
            return _("somebody with a mandate")
        name, giver = self.mandates[mandate]
        return _("%(name)s, with the mandate of %(giver)s", name=name, giver=giver)

    def actor(self, authority: str, actor: str) -> str:
        """Who had a door opened."""
        match authority:
            case "staff":
                return self.staff_member(actor)
            case "order":
                return self.account(actor)
            case "visitor":
                return _("whoever drops something there")
            case "installer":
                return _("the installer")
            case _ if actor in self.mandates:
                return self.bearer(actor)
            case _:
                return _("the person, with the code")


def bag_holders(connection: Connection, site: str) -> dict[str, str]:
    """Whoever may have a bag, by id: what is written on a place, partners, accounts, staff of the site."""
    shelves = {str(place): label for place, label in shelf_labels(connection, site).items()}
    people = {**partner_names(connection), **account_names(connection), **staff_initials(connection, site)}
    return {**shelves, **people}


def names_at(connection: Connection, site: str) -> Names:
    """Staff, mandates and shelf places of the site, and all accounts; those who left included."""
    return Names(
        staff_initials(connection, site),
        account_names(connection),
        mandated(connection, site),
        shelf_labels(connection, site),
    )
