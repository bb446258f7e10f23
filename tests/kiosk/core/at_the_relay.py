"""A small relay for dialogues: two things behind drop doors, three bags in hand, one with its partner."""

from contract import bag_tag
from contract import messages as m
from kiosk.core import events as e
from kiosk.core import house_screens as h
from kiosk.core import relay_events as re
from kiosk.core import relay_screens as r
from kiosk.core.state import State
from tests.kiosk.core.dialogue import Dialogue, signed_in
from tests.kiosk.core.in_the_house import ALL_RIGHTS, place

PRESS, SHOES = "press", "cobbler"
NINE_TWELVE = 1_795_767_120_000
MANIFEST = "7a3e5c1d9b8f4062ae4c6d8f0b1a2c3e"
SERVICES = (
    m.Service(
        service="s-1",
        version=1,
        name=(m.Said(language="fr", text="Pressing"),),
        picture="shirt",
        kind="bag",
        way="drop",
        partner=PRESS,
        partner_name="Pressing du Sablon",
        cents=900,
        counted=True,
    ),
    m.Service(
        service="s-2",
        version=1,
        name=(m.Said(language="fr", text="Cordonnerie"),),
        picture="shoe",
        kind="object",
        way="drop",
        partner=SHOES,
        partner_name="Cordonnerie Bellecroix",
        cents=1200,
    ),
)


def item(name: str, stage: str, *, dropped: bool = False, kind: m.ItemKind = "bag") -> m.StockItem:
    return m.StockItem(item=name, person="p-1", kind=kind, size="M", stage=stage, dropped=dropped)  # type: ignore[arg-type]


def told(
    name: str, state: str, partner: str = PRESS, *, tag: str = "", pieces: int | None = None
) -> m.Tracked:
    return m.Tracked(
        item=name,
        person="p-1",
        kind="bag",
        state=state,  # type: ignore[arg-type]
        tag=tag or bag_tag.printed(name),
        service="s-1" if partner == PRESS else "s-2",
        partner=partner or None,
        pieces=pieces,
    )


def tag(name: str) -> str:
    """What a scanner reads of the tag printed for this item."""
    return bag_tag.scanned(bag_tag.printed(name))


STOCK = m.Stock(
    places=(
        place(1, item("d-1", "held", dropped=True)),
        place(2),
        place(3, item("d-2", "held", dropped=True, kind="object")),
        place(4, item("l-1", "held")),
    ),
    in_hand=(
        item("h-1", "in_hand"),
        item("h-2", "in_hand"),
        item("h-3", "in_hand"),
        item("x-1", "in_hand", kind="parcel"),
    ),
    away=(item("a-1", "away"), item("a-2", "away")),
)
TOLD: tuple[m.Tracked | m.Service, ...] = (
    *SERVICES,
    told("d-1", "dropped", pieces=6),
    told("h-1", "in_hand"),
    told("h-2", "in_hand"),
    told("h-3", "in_hand", SHOES),
    told("l-1", "ready"),
    told("a-1", "away", pieces=6),
    told("a-2", "away"),
)


def stock(
    dialogue: Dialogue, answer: m.Stock = STOCK, documents: tuple[m.Tracked | m.Service, ...] = TOLD
) -> Dialogue:
    """The bridge says where everything is."""
    waits = dialogue.shows(r.BagsWanted)
    assert waits
    return dialogue.on(e.Answered(dialogue.state.waiting, answer, dialogue.heard, told=documents))


def does(
    dialogue: Dialogue, *tasks: re.RelayTask, fresh: str = MANIFEST, wall_ms: int | None = NINE_TWELVE
) -> Dialogue:
    return dialogue.on(*(re.RelayDo(task, fresh, wall_ms) for task in tasks))


def scans(dialogue: Dialogue, *texts: str, wall_ms: int | None = NINE_TWELVE) -> Dialogue:
    return dialogue.on(*(e.Scanned(text, wall_ms=wall_ms) for text in texts))


def bags(
    answer: m.Stock = STOCK, told_of: tuple[m.Tracked | m.Service, ...] = TOLD, state: State | None = None
) -> Dialogue:
    """Staff look at bags and orders."""
    begun = Dialogue(state) if state is not None else None
    dialogue = does(signed_in(rights=ALL_RIGHTS, told=begun), "home")
    stock(dialogue, answer, told_of).shows(r.Bags)
    return dialogue


def emptying(answer: m.Stock = STOCK) -> Dialogue:
    """The first door opens."""
    dialogue = stock(does(bags(answer), "empty"), answer)
    dialogue.shows(r.DropList)
    return does(dialogue, "begin")


def giving(partner: str = PRESS, answer: m.Stock = STOCK, state: State | None = None) -> Dialogue:
    """Bags are scanned out to a partner."""
    dialogue = stock(does(bags(answer, state=state), "out"), answer)
    dialogue.shows(r.Partners)
    dialogue.on(re.PartnerChosen(partner, MANIFEST)).shows(r.Giving)
    return dialogue


def coming_back(answer: m.Stock = STOCK) -> Dialogue:
    dialogue = does(bags(answer), "back")
    dialogue.shows(r.ComingBack)
    return dialogue


def why(dialogue: Dialogue) -> str:
    """What the last scan meant."""
    return dialogue.state.relay.heard.why


def door(dialogue: Dialogue, *states: str) -> Dialogue:
    """Steps of the door on the screen."""
    screen = dialogue.shows(h.AtDoor)
    assert screen.item is not None
    for state in states:
        dialogue.answers(m.Door(item=screen.item.item, compartment=screen.compartment, state=state))  # type: ignore[arg-type]
    return dialogue


def out_of_its_door(dialogue: Dialogue) -> Dialogue:
    screen = dialogue.shows(h.AtDoor)
    assert screen.item is not None
    door(dialogue, "intent", "pulsed", "opened", "closed")
    return dialogue.answers(m.Settled(item=screen.item.item, stands="in_hand"))


def put_in(dialogue: Dialogue, compartment: int) -> Dialogue:
    """A place is found for what waits, its door opens and is shut."""
    claim = dialogue.asks[-1]
    assert isinstance(claim, m.Claim)
    new = m.VisitItem(item=claim.item, kind=claim.kind, compartment=compartment, state="claimed", size="M")
    dialogue.answers(m.Claimed(visit="sv", item=new))
    door(dialogue, "intent", "pulsed", "opened", "closed")
    return dialogue.answers(m.Settled(item=claim.item, stands="left"))


def facts(dialogue: Dialogue, kind: type[m.Fact]) -> list[m.Fact]:
    return [fact for fact in dialogue.facts if isinstance(fact, kind)]
