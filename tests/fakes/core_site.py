"""A site on paper: the bridge's core with a memory, time that a test moves, and doors a test pushes.

Everything that happens goes through `advance`; what is committed, sent and told is kept in lists. A
restart forgets all but the committed records. Every frame is checked against the facts before it (I3).
"""

from typing import Any

import msgspec

from contract import credential, messages, pickup_code
from contract.messages import CabinetCompartment, StaffCredential
from locker_firmware_bridge.core import happenings as core
from locker_firmware_bridge.core import site as rules_of
from locker_firmware_bridge.core.state import Decision, Rules, Site

SITE_KEY = bytes(range(32))
KIOSK, OTHER_KIOSK, BRIDGE = "kiosk-1", "kiosk-2", "bridge-1"
BADGE, NUMBER, PIN = "04A2B3", 7, "2468"
SHELF = 101
STAFF = StaffCredential(
    staff="staff-1",
    initials="SB",
    number=NUMBER,
    pin_salt="salt",
    pin_hash=credential.pin_hash(SITE_KEY, PIN, "salt"),
    badge_hash=credential.badge_hash(SITE_KEY, BADGE),
    rights=("deposit", "collect", "inspect"),
)
_HEIGHTS_CM = (150, 100, 50, 5)


def cabinet(columns: int = 2) -> dict[int, CabinetCompartment]:
    """Columns of four doors, from the top: S, M, L, XL; and one shelf place."""
    places = {
        1 + 4 * column + row: CabinetCompartment(
            compartment=1 + 4 * column + row,
            kind="lock",
            size=("S", "M", "L", "XL")[row],
            floor_cm=_HEIGHTS_CM[row],
            column=column + 1,
            row=row + 1,
        )
        for column in range(columns)
        for row in range(4)
    }
    shelf = CabinetCompartment(
        compartment=SHELF, kind="shelf", size="XL", floor_cm=100, column=9, row=1, label="A1"
    )
    return places | {SHELF: shelf}


class FakeSite:
    """One bridge's core, with the world around it."""

    def __init__(
        self, *, welcomed: bool = True, columns: int = 2, scale: bool = False, scale_kiosk: str = ""
    ) -> None:
        self.now_ms = 3_600_000
        self.boot = "boot-1"
        self.wall_ms: int | None = 1_795_000_000_000
        """What the wall clock says; None: it is not known."""
        self.room = True
        self.runs = 0
        self.serial = 0
        self.records: dict[tuple[str, str], bytes] = {}
        self.kinds: dict[tuple[str, str], Any] = {}
        self.timers: dict[core.Timer, int] = {}
        self.facts: list[messages.Fact] = []
        self.frames: list[core.Unlock] = []
        self.intents: list[tuple[str, int, messages.DoorIntent]] = []
        """Boot, time and intent of every frame."""
        self.told: list[core.Tell] = []
        self.replies: list[messages.Reply] = []
        self.weighings = 0
        """How often the scale was asked."""
        self.scale, self.scale_kiosk = scale, scale_kiosk
        self.places = cabinet(columns)
        self.really: dict[int, str] = {
            number: "closed" for number, place in self.places.items() if place.kind == "lock"
        }
        self.start()
        if welcomed:
            self.happen(core.Welcomed(known=False))
            self.happen(core.FeedChanged({"staff/staff-1": STAFF}))

    # --- life ----------------------------------------------------------------------------------

    def start(self, *, read: bool = True, went_back: bool = False) -> None:
        """The bridge comes up with what was committed; nothing else survives."""
        self.runs += 1
        self.session = f"session-{self.runs}"
        self.timers = {}
        self.site = self._remembered(
            Rules(BRIDGE, self.session, SITE_KEY, self.places, self.scale, self.scale_kiosk)
        )
        began = messages.ProcessStarted(program="bridge", version="0", sqlite="3")
        self.happen(core.Started(self.boot, began, journal=f"journal-{went_back}", went_back=went_back))
        if read:
            self.read()
        self.happen(core.FeedChanged({"staff/staff-1": STAFF}))

    def reboot(self) -> None:
        """The machine was off for a while; its monotonic time begins again."""
        self.boot = f"boot-{self.runs + 1}"
        self.now_ms = 20_000
        self.start()

    def happen(self, what: core.What) -> Decision:
        """One event; commits, then does."""
        fresh = tuple(self._fresh() for _ in range(rules_of.FRESH_IDS))
        wall_ms = self.wall_ms if isinstance(what, core.AskCame) else None
        happened = core.Happened(what, self.now_ms, fresh, self.room, wall_ms)
        decision = rules_of.advance(self.site, happened)
        self.facts += decision.facts
        for key, record in decision.changes.items():
            self.records.pop(key, None)
            if record is not None:
                self.records[key] = msgspec.json.encode(record)
                self.kinds[key] = type(record)
        self.site = decision.site
        for do in decision.then:
            self._do(do)
        return decision

    def wait(self, ms: int) -> None:
        """Let time pass; timers run out in their order."""
        end_ms = self.now_ms + ms
        while due := [(at, str(timer), timer) for timer, at in self.timers.items() if at <= end_ms]:
            at_ms, _, timer = min(due, key=lambda one: one[:2])
            del self.timers[timer]
            self.now_ms = max(self.now_ms, at_ms)
            self.happen(core.TimerDue(timer))
        self.now_ms = end_ms
        if self.wall_ms is not None:
            self.wall_ms += ms

    # --- the hand at the doors -----------------------------------------------------------------

    def read(self) -> None:
        """The board says how all doors stand."""
        closed = frozenset(number for number, state in self.really.items() if state == "closed")
        self.happen(core.Read(closed, frozenset(self.really) - closed))

    def silence(self) -> None:
        """The board answers no more."""
        self.happen(core.Silent("main/0", tuple(sorted(self.really)), "no reply"))

    def push_open(self, number: int) -> None:
        """A door opens, asked or not."""
        self.really[number] = "open"
        self.read()

    def shut(self, number: int) -> None:
        """Somebody closes a door."""
        self.really[number] = "closed"
        self.read()

    def sent(self, frame: core.Unlock | None = None) -> core.Unlock:
        """The bus says that the last frame (or this one) left."""
        frame = frame or self.frames[-1]
        self.happen(core.UnlockSent(frame.compartment, frame.operation, frame.attempt))
        return frame

    def opens(self) -> int:
        """The last frame left, and its door opens."""
        frame = self.sent()
        self.push_open(frame.compartment)
        return frame.compartment

    def opens_and_shuts(self) -> int:
        """The last frame left; its door opens, and is closed three seconds later."""
        number = self.opens()
        self.wait(3_000)
        self.shut(number)
        return number

    # --- asking --------------------------------------------------------------------------------

    def ask(
        self, body: messages.AskBody, *, kiosk: str = KIOSK, ask: str | None = None, late_ms: int = 0
    ) -> list[messages.AnswerBody]:
        """A kiosk asks; the answers given at once."""
        self.serial += 1
        message = messages.Ask(
            id=ask or f"ask-{self.serial}", session=self.session, at_ms=self.now_ms - late_ms, body=body
        )
        before = len(self.told)
        self.happen(core.AskCame(kiosk, message))
        return [tell.body for tell in self.told[before:] if tell.ask == message.id]

    def present(self, digits: str, **how: Any) -> list[messages.AnswerBody]:
        """A person types a code."""
        return self.ask(messages.Present(digits=digits), **how)

    def sign_in(self, **how: Any) -> str:
        """Staff show their badge; the visit."""
        (granted,) = self.ask(messages.SignIn(badge=BADGE), **how)
        assert isinstance(granted, messages.StaffGranted)
        return granted.visit

    def claim(self, visit: str, item: str, person: str = "p1", size: str = "S", **more: Any) -> Any:
        """Staff claim a place for an item; the answer."""
        body = messages.Claim(visit=visit, item=item, person=person, size=size, **more)  # type: ignore[arg-type]
        return self.ask(body)[-1]

    def deposit(self, item: str, person: str = "p1", size: str = "S", **more: Any) -> messages.Slip:
        """Staff lay an item in for a person, from badge to slip."""
        visit = self.sign_in()
        claimed = self.claim(visit, item, person, size, **more)
        assert isinstance(claimed, messages.Claimed), claimed
        self.ask(messages.OpenItem(visit=visit, item=item))
        self.wait(3_000)  # its turn comes
        self.opens_and_shuts()
        settled = self.told[-1].body
        assert isinstance(settled, messages.Settled)
        assert settled.slip is not None
        self.ask(messages.LeaveVisit(visit=visit))
        self.wait(3_000)
        return settled.slip

    # --- looking -------------------------------------------------------------------------------

    def kinds_of_facts(self, since: int = 0) -> list[str]:
        """Tags of the facts from the `since`-th on."""
        return [str(fact.__struct_config__.tag) for fact in self.facts[since:]]

    def last(self, kind: type[Any]) -> Any:
        """The last fact, or answer, of this type."""
        bodies: list[Any] = [*self.facts, *(tell.body for tell in self.told)]
        return next(body for body in reversed(bodies) if isinstance(body, kind))

    def code_of(self, person: str, later: int = 0) -> str:
        """The code of a person's open pickup, or of a generation `later`."""
        pickup = next(one for one in self.site.pickups.values() if one.person == person)
        return pickup_code.typed_code(SITE_KEY, pickup.ticket, pickup.pickup, pickup.generation + later)

    # --- inside --------------------------------------------------------------------------------

    def _fresh(self) -> str:
        self.serial += 1
        return f"{self.serial:032x}"

    def _do(self, do: core.Do) -> None:
        match do:
            case core.Unlock():
                self.intents.append((self.boot, self.now_ms, self._intent_of(do)))
                self.frames.append(do)
            case core.Tell():
                self.told.append(do)
            case core.TellHub(reply):
                self.replies.append(reply)
            case core.SetTimer(timer, at_ms):
                self.timers[timer] = at_ms
            case core.Weigh():
                self.weighings += 1
            case core.Watch() | core.ShowDoors():
                pass

    def _intent_of(self, frame: core.Unlock) -> messages.DoorIntent:
        """The committed intent of a frame: there must be one, and no other frame may have had it."""
        assert frame not in self.frames, "a second frame for one intent"
        intents = (fact for fact in self.facts if isinstance(fact, messages.DoorIntent))
        for fact in intents:
            named = (fact.operation, fact.attempt, fact.compartment)
            if named == (frame.operation, frame.attempt, frame.compartment):
                return fact
        raise AssertionError("a frame without an intent before it")

    def _remembered(self, rules: Rules) -> Site:
        found: dict[str, Any] = {}
        for (kind, key), body in self.records.items():
            record = msgspec.json.decode(body, type=self.kinds[kind, key])
            if kind == "one":
                found[key] = record
            else:
                number = kind in ("slots", "doors", "tickets")
                found.setdefault(kind, {})[int(key) if number else key] = record
        assert set(found) <= set(Site.__struct_fields__)
        return Site(rules, **found)
