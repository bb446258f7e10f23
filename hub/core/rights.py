"""Who may do what on the pages: roles, what each may, and what every page asks for.

One table, read by the guard before each request: a page that is not in it is refused (and a test names it).
A right says what somebody may do; at which sites is another matter (`Scope`), and holds for reading as for
changing. Partners have their own page and PIN, and no role here.
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args

Role = Literal["concierge", "lead", "client", "network", "admin"]
Right = Literal[
    "anybody",  # whoever asks, signed in or not
    "their_own",  # pages that have their own people, and ask for them themselves
    "own",  # whoever is signed in, about themselves
    "called",  # what belongs to no site, and being called for it
    "counts",  # how many, and the state of the lockers: nobody's name
    "see",  # the daily pages, with the names on them
    "answer",  # taking what there is to do, and putting it off; without `work` what belongs to no site
    "work",  # what a concierge does: parcels, codes, doors, orders
    "arrange",  # what a site offers, when, and in which words
    "policy",  # whose days, whose money, which partner has a page
    "team",  # who signs in at the kiosks
    "accounts",  # who signs in here
    "deeds",  # what others did
    "programs",  # which other programs may ask, and are told
    "devices",  # which machine is a kiosk or the lockers, and what its log says
    "privacy",  # all that is kept of a person; erasing them
]
Scope = frozenset[str] | None
"""The sites somebody may see; None: all of them, those to come included."""

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
EVERYWHERE: Final[frozenset[Role]] = frozenset({"network", "admin"})
"""Roles that have no list of sites."""

_DAILY: Final = frozenset[Right]({"own", "counts", "see", "answer", "work", "arrange"})
_MAY: Final[Mapping[Role, frozenset[Right]]] = {
    "concierge": _DAILY,
    "lead": _DAILY | {"policy", "team", "accounts", "deeds"},
    "client": frozenset({"own", "counts"}),
    "network": frozenset({"own", "called", "counts", "see", "answer", "arrange", "policy", "deeds"}),
    "admin": _DAILY | {"called", "policy", "team", "accounts", "deeds", "devices", "programs", "privacy"},
}
_GIVES: Final[Mapping[Role, tuple[Role, ...]]] = {
    "lead": ("concierge", "client"),
    "admin": get_args(Role),
}
"""Accounts of which roles somebody looks after."""


def may(role: Role, right: Right) -> bool:
    """Whether the role has the right."""
    return right == "anybody" or right in _MAY[role]


def needed(endpoint: str, method: str) -> Right | None:
    """What a request asks for; None for a page nobody put in the table, which nobody may ask for."""
    changes = CHANGES.get(endpoint)
    return READS.get(endpoint, changes) if method in SAFE else changes


def sees(scope: Scope, site: str) -> bool:
    """Whether the site is one of theirs."""
    return scope is None or site in scope


def sees_whole(scope: Scope, sites: Scope) -> bool:
    """Whether all of these sites are theirs."""
    return scope is None or (sites is not None and sites <= scope)


def gives(role: Role) -> tuple[Role, ...]:
    """The roles of the accounts somebody of this role makes and closes."""
    return _GIVES.get(role, ())


def both(scope: Scope, other: Scope) -> Scope:
    """The sites that are in both."""
    if scope is None or other is None:
        return other if scope is None else scope
    return scope & other


def looks_after(role: Role, scope: Scope, other: Role, others: Scope) -> bool:
    """Whether an account of `other`, for the sites `others`, is theirs to change: all of its sites are."""
    return other in gives(role) and sees_whole(scope, others)


def _table(by_right: Mapping[Right, str]) -> Mapping[str, Right]:
    return {endpoint: right for right, endpoints in by_right.items() for endpoint in endpoints.split()}


READS: Final = _table(
    {
        "anybody": """
            static look
            entrance.sign_in entrance.first_time entrance.second
            welcome.show
            partner.enter partner.worker
            agendas.read
            api_page.show api.openapi
        """,
        "their_own": """
            partner.show partner.work partner.slip
            metrics
            api.facts api.sites api.site api.lockers api.devices api.people api.catalogue
            api.items api.item api.orders api.order api.expected
        """,
        "own": "my_account.show my_account.second deeds.show",
        "counts": "client.show figures.show",
        "see": """
            today.show today.stream today.fragment
            search.show
            lockers.show lockers.stream lockers.fragment
            lockers.door lockers.door_stream lockers.door_fragment
            parcels.held parcels.show
            register.day register.day_sheet register.of_person register.person_sheet register.lost
            rounds.show rounds.photo
            returns.show returns.manifest returns.table
            taking_in.show taking_in.stream taking_in.fragment
            whose.nameless
            bags.listed bags.show bag_rounds.listed bag_rounds.show
            orders.show orders.one
            remarks.show remarks.photo
            catalogue.show catalogue.edit
            partners.show partners.edit
            partner_access.show
            money.show money.of_partner money.export
            people.show people.edit
            mandates.show
            opening.show
            texts.show texts.edit
            voices.show voices.language voices.listen
            team.show presences.show
            sites.show sites.settings
            exports.of_site
            devices.everywhere devices.everywhere_stream devices.everywhere_fragment
            devices.here devices.here_stream devices.here_fragment
            devices.one devices.one_stream devices.one_fragment
        """,
        "answer": "marks.later",
        "work": "taking_in.begin counter.begin whose.choose people.add people.bring",
        "arrange": "catalogue.add partners.add",
        "policy": "sponsors.show agendas.show",
        "accounts": "accounts.show accounts.edit accounts.close",
        "devices": """
            device_deeds.add device_deeds.log drawing.show drawing.file
            setup.new setup.resume setup.step setup.sheet
        """,
        "programs": "programs.show exports.of_house",
        "privacy": "personal_data.show",
    }
)
"""What reading a page asks for, by its endpoint."""

CHANGES: Final = _table(
    {
        "anybody": """
            entrance.sign_in entrance.first_time entrance.second entrance.by_passkey
            welcome.show
            language.choose
            partner.enter
        """,
        "their_own": "partner.leave partner.send api.announce api.withdraw",
        "own": """
            entrance.sign_out
            my_account.change_password my_account.end_session my_account.end_others
            my_account.add_passkey my_account.remove_passkey
            my_account.second my_account.no_second my_account.new_recovery
        """,
        "called": "my_account.be_called",
        "see": "search.show people.show",  # what is looked for is posted: no name is in an address
        "answer": "today.seen marks.take_it marks.give_back marks.now marks.wait",
        "work": """
            lockers.open_remotely lockers.test lockers.service lockers.move lockers.agree
            parcels.expect parcels.expect_no_more parcels.tell_code parcels.extend_stay parcels.change_code
            messages.slip messages.slips messages.all_given messages.tell_everybody
            messages.given messages.again messages.spoken_to
            rounds.refuse rounds.keep_photo
            taking_in.go_on taking_in.put taking_in.announce
            whose.choose whose.assign whose.take_back
            bags.handed_out bags.gone bags.belongs bags.looked
            counter.go_on counter.agree counter.receipt
            orders.call_off orders.pay orders.answer
            people.add people.edit people.badge people.remove people.bring
            mandates.give mandates.tell mandates.slip mandates.renew mandates.end
        """,
        "arrange": """
            catalogue.add catalogue.edit catalogue.move catalogue.remove
            partners.add partners.edit partners.works_here partners.works_here_no_more
            partners.add_hours partners.remove_hours partners.close partners.reopen
            presences.add_hours presences.remove_hours presences.add_absence presences.remove_absence
            opening.add_hours opening.remove_hours opening.always opening.close opening.reopen
            texts.edit texts.preview texts.restore
            voices.record voices.remove
        """,
        "policy": """
            opening.keep sites.settings
            agendas.give agendas.take_back
            partner_access.add partner_access.new_pin partner_access.take_back
            sponsors.add sponsors.end sponsors.employ sponsors.employ_no_more
        """,
        "team": """
            team.add team.employ team.renew team.give_rights team.remove
            presences.add presences.change presences.remove
        """,
        "accounts": "accounts.invite accounts.edit accounts.new_code accounts.close",
        "devices": """
            device_deeds.added device_deeds.folder device_deeds.broker_files
            device_deeds.name device_deeds.revoke device_deeds.ask_log
            setup.new setup.place setup.hours setup.lockers setup.team setup.machines
            setup.files setup.finish setup.withdraw
            drawing.step drawing.measure drawing.forget
        """,
        "programs": """
            programs.give_token programs.revoke
            programs.add_webhook programs.try_webhook programs.enable_webhook
            programs.remove_webhook programs.renew_secret
        """,
        "privacy": "personal_data.hand_over personal_data.erase",
    }
)
"""What sending something to a page asks for."""
