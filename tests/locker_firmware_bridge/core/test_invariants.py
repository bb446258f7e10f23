"""Whatever is asked, ordered, pushed, pulled, cut and restarted: the invariants of design.md section 11."""

from itertools import pairwise
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contract import messages, pickup_code
from contract.messages import VisitGranted
from locker_firmware_bridge.core import bank, orders, visits
from locker_firmware_bridge.core.happenings import FeedChanged, OrderCame, UnlockNotSent
from tests.fakes.core_site import KIOSK, OTHER_KIOSK, SITE_KEY, FakeSite

KIOSKS = st.sampled_from([KIOSK, OTHER_KIOSK])
PEOPLE = st.sampled_from(["p1", "p2", "p3"])
ITEMS = st.sampled_from([f"i{number}" for number in range(8)])
DOORS = st.integers(1, 8)
USUALLY = st.sampled_from([True, True, True, False])
SELDOM = st.sampled_from([False, False, False, True])
OUTCOMES = st.sampled_from(
    ["left", "taken", "bigger", "given_up", "too_high", "too_heavy", "empty", "wrong", "missing"]
)


class AnySite(RuleBasedStateMachine):
    """A site where anything happens in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.site = FakeSite()
        self.checked_facts = 0
        self.checked_frames = 0
        self.claimed: dict[str, messages.ItemClaimed] = {}
        self.collected: dict[str, tuple[str, int]] = {}
        self.generations: dict[str, int] = {}
        self.tickets: dict[str, int] = {}
        self.over: set[str] = set()
        self.uses: dict[str, tuple[int, int]] = {}
        self.opened: set[str] = set()
        self.closed: set[str] = set()
        self.nonces: dict[str, int] = {}
        self.orders: dict[str, tuple[str, int]] = {}

    def told(self, body: messages.AskBody, kiosk: str) -> list[messages.AnswerBody]:
        answers = self.site.ask(body, kiosk=kiosk)
        self.look()
        return answers

    # --- people --------------------------------------------------------------------------------

    @rule(
        kiosk=KIOSKS, person=PEOPLE, item=ITEMS, size=st.sampled_from(["S", "M", "XL"]), shelf=st.booleans()
    )
    def staff_claim(self, kiosk: str, person: str, item: str, size: Any, shelf: bool) -> None:
        visit = self.staff_visit(kiosk)
        self.told(messages.Claim(visit=visit, item=item, person=person, size=size, shelf=shelf), kiosk)

    @rule(kiosk=KIOSKS, item=ITEMS)
    def ask_to_open(self, kiosk: str, item: str) -> None:
        for visit in [one.visit for one in self.site.site.visits.values() if one.kiosk == kiosk]:
            self.told(messages.OpenItem(visit=visit, item=item), kiosk)

    @rule(kiosk=KIOSKS, item=ITEMS, outcome=OUTCOMES)
    def say(self, kiosk: str, item: str, outcome: Any) -> None:
        for visit in [one.visit for one in self.site.site.visits.values() if one.kiosk == kiosk]:
            self.told(messages.Settle(visit=visit, item=item, outcome=outcome), kiosk)

    @rule(kiosk=KIOSKS)
    def leave(self, kiosk: str) -> None:
        for visit in [one.visit for one in self.site.site.visits.values() if one.kiosk == kiosk]:
            self.told(messages.LeaveVisit(visit=visit), kiosk)

    @precondition(lambda self: self.tickets)
    @rule(kiosk=KIOSKS, data=st.data(), age=st.integers(-1, 3), qr=st.booleans())
    def show_a_code(self, kiosk: str, data: st.DataObject, age: int, qr: bool) -> None:
        """Of any pickup there ever was, present, next, or older."""
        pickup = data.draw(st.sampled_from(sorted(self.tickets)))
        now = self.generations[pickup]
        generation = now - age
        if qr:
            body = messages.Present(token=pickup_code.token(SITE_KEY, pickup, generation))
        else:
            digits = pickup_code.typed_code(SITE_KEY, self.tickets[pickup], pickup, generation)
            body = messages.Present(digits=digits)
        dead = pickup in self.over or age > 0
        answers = self.told(body, kiosk)
        if dead:
            assert not any(isinstance(answer, VisitGranted) for answer in answers), "I10"

    # --- whole ways, cut short anywhere by the rules around them --------------------------------

    @rule(kiosk=KIOSKS, person=PEOPLE, to_the_end=USUALLY)
    def something_is_put_in(self, kiosk: str, person: str, to_the_end: bool) -> None:
        item = f"put-{len(self.claimed)}"
        visit = self.staff_visit(kiosk)
        self.told(messages.Claim(visit=visit, item=item, person=person, size="S"), kiosk)
        self.told(messages.OpenItem(visit=visit, item=item), kiosk)
        self.a_door_obeys(to_the_end)

    @rule(kiosk=KIOSKS, person=PEOPLE, open_at_once=st.booleans())
    def something_is_too_large(self, kiosk: str, person: str, open_at_once: bool) -> None:
        """A bigger place is claimed, and perhaps asked to open, while the first door is still open."""
        item = f"large-{len(self.site.facts)}"
        visit = self.staff_visit(kiosk)
        self.told(messages.Claim(visit=visit, item=item, person=person, size="S"), kiosk)
        self.told(messages.OpenItem(visit=visit, item=item), kiosk)
        self.a_door_obeys(to_the_end=False)
        self.told(messages.Settle(visit=visit, item=item, outcome="bigger"), kiosk)
        self.told(messages.Claim(visit=visit, item=item, person=person, size="M"), kiosk)
        if open_at_once:
            self.told(messages.OpenItem(visit=visit, item=item), kiosk)

    @precondition(lambda self: self.tickets)
    @rule(kiosk=KIOSKS, data=st.data(), to_the_end=USUALLY)
    def something_is_collected(self, kiosk: str, data: st.DataObject, to_the_end: bool) -> None:
        pickup = data.draw(st.sampled_from(sorted(self.tickets)))
        token = pickup_code.token(SITE_KEY, pickup, self.generations[pickup])
        self.told(messages.Present(token=token), kiosk)
        self.a_door_obeys(to_the_end)

    def a_door_obeys(self, to_the_end: bool) -> None:
        """The frame that is due leaves, its door opens, and closes after a while."""
        frames = len(self.site.frames)
        self.site.wait(3_000)
        if not self.site.frames or self.site.frames[-1].operation in self.opened:
            return
        assert len(self.site.frames) <= frames + 2
        self.the_frame_leaves(opens=True)
        if to_the_end:
            self.site.wait(4_000)
            self.doors_close()

    # --- doors ---------------------------------------------------------------------------------

    @precondition(lambda self: self.site.frames)
    @rule(opens=st.booleans())
    def the_frame_leaves(self, opens: bool) -> None:
        frame = self.site.sent()
        if opens:
            self.site.push_open(frame.compartment)
        self.look()

    @precondition(lambda self: self.site.frames)
    @rule()
    def the_frame_does_not_leave(self) -> None:
        frame = self.site.frames[-1]
        self.site.happen(UnlockNotSent(frame.compartment, frame.operation, frame.attempt))
        self.look()

    @rule(door=DOORS)
    def a_door_is_forced(self, door: int) -> None:
        self.site.push_open(door)
        self.look()

    @rule()
    def doors_close(self) -> None:
        for door in [number for number, state in self.site.really.items() if state == "open"]:
            self.site.shut(door)
        self.look()

    @rule(comes_back=USUALLY)
    def the_board_falls_silent(self, comes_back: bool) -> None:
        self.site.silence()
        if comes_back:
            self.site.read()
        self.look()

    @rule()
    def the_board_reads(self) -> None:
        self.site.read()
        self.look()

    # --- the hub -------------------------------------------------------------------------------

    @rule()
    def a_nonce(self) -> None:
        self.site.happen(OrderCame(messages.NonceAsked(order="n")))
        given = self.site.replies[-1]
        assert isinstance(given, messages.NonceGiven)
        self.nonces[given.nonce] = self.site.now_ms

    @precondition(lambda self: self.nonces)
    @rule(door=DOORS, data=st.data(), signed=USUALLY, right=USUALLY)
    def an_order(self, door: int, data: st.DataObject, signed: bool, right: bool) -> None:
        nonce = data.draw(st.sampled_from(sorted(self.nonces)))
        allocation = self.site.site.slots[door].allocation + (0 if right else 1)
        name = f"o{len(self.orders)}"
        self.orders[name] = (nonce, self.site.now_ms)
        wish = messages.RemoteOpen(
            order=name,
            nonce=nonce,
            compartment=door,
            allocation=allocation,
            actor="admin",
            reason="any",
            signature="0" * 128,
        )
        told = len(self.site.replies)
        self.site.happen(OrderCame(wish, signed))
        assert len(self.site.replies) > told or self.waits(name), "an order is told of, or waits"
        if self.waits(name) or self.reply_to(name).refused is None:
            assert signed
            assert self.site.now_ms - self.nonces[nonce] <= orders.NONCE_MS, "I6"
            assert [used for used, _ in self.orders.values()].count(nonce) == 1, "I6"
        self.look()

    def waits(self, order: str) -> bool:
        return any(operation.order == order for operation in self.site.site.waiting)

    def reply_to(self, order: str) -> messages.OrderTaken:
        replies = (reply for reply in self.site.replies if isinstance(reply, messages.OrderTaken))
        [reply] = [reply for reply in replies if reply.order == order]
        return reply

    @precondition(lambda self: self.tickets)
    @rule(data=st.data())
    def a_rotation(self, data: st.DataObject) -> None:
        pickup = data.draw(st.sampled_from(sorted(self.tickets)))
        document = messages.Rotation(pickup=pickup, generation=self.generations[pickup] + 2)
        self.site.happen(FeedChanged({f"rotation/{pickup}": document}))
        self.look()

    # --- time, power ---------------------------------------------------------------------------

    @rule(ms=st.sampled_from([200, 3_000, 8_000, 30_000, 125_000, 700_000]))
    def time_passes(self, ms: int) -> None:
        self.site.wait(ms)
        self.look()

    @rule(room=USUALLY)
    def the_disk(self, room: bool) -> None:
        self.site.room = room

    @rule(reboot=SELDOM, read=USUALLY)
    def the_power_goes(self, reboot: bool, read: bool) -> None:
        frames = len(self.site.frames)
        if reboot:
            self.site.reboot()
            self.collected = dict.fromkeys(self.collected, ("another boot", 0))
            self.nonces = {}
        else:
            self.site.start(read=read)
        assert len(self.site.frames) == frames, "I19"
        self.look()

    # --- what must hold ------------------------------------------------------------------------

    def staff_visit(self, kiosk: str) -> str:
        for visit in self.site.site.visits.values():
            if visit.kiosk == kiosk and visit.staff is not None:
                return visit.visit
        granted = self.told(messages.SignIn(badge="04A2B3"), kiosk)[-1]
        return granted.visit if isinstance(granted, messages.StaffGranted) else "none"

    def look(self) -> None:
        """Follow the facts, and judge each frame by what was known when it left."""
        for fact in self.site.facts[self.checked_facts :]:
            self.follow(fact)
        self.checked_facts = len(self.site.facts)

    def follow(self, fact: messages.Fact) -> None:
        match fact:
            case messages.PickupOpened():
                self.generations[fact.pickup], self.tickets[fact.pickup] = fact.generation, fact.ticket
            case messages.CodeRotated():
                assert fact.generation > self.generations[fact.pickup]
                self.generations[fact.pickup] = fact.generation
            case messages.PickupClosed():
                self.over.add(fact.pickup)
            case messages.ItemClaimed():
                assert fact.item not in self.claimed
                self.claimed[fact.item] = fact
            case messages.ClaimDropped(why="bigger"):
                del self.claimed[fact.item]
            case messages.ItemLeft(operation=str(operation)):
                assert operation in self.closed, "left behind a door that was not seen to close"
                assert (fact.compartment, fact.allocation) == self.uses[operation], "I5"
            case messages.ItemKept():
                self.collected.pop(fact.item, None)
            case messages.DoorOpened():
                self.opened.add(fact.operation)
            case messages.DoorClosed(operation=operation) if operation is not None:
                assert operation in self.opened, "closed by an operation that never opened it"
                self.closed.add(operation)
            case messages.ItemCollected(evidence="door"):
                assert fact.operation in self.opened & self.closed, "I11"
                assert (fact.compartment, fact.allocation) == self.uses[fact.operation], "I5"
                self.collected[fact.item] = (self.site.boot, self.site.now_ms)
            case messages.DoorIntent():
                assert fact.actor
                assert fact.reason, "I18"
                self.uses[fact.operation] = fact.compartment, fact.allocation
                self.intended(fact)

    def intended(self, fact: messages.DoorIntent) -> None:
        if fact.authority != "code":
            return
        assert fact.item is not None
        claim = self.claimed[fact.item]
        assert (fact.compartment, fact.allocation) == (claim.compartment, claim.allocation), "I4, I5"
        assert claim.pickup not in self.over, "I10"
        if fact.item in self.collected:
            boot, then_ms = self.collected[fact.item]
            assert boot == self.site.boot
            assert self.site.now_ms - then_ms < visits.GRACE_MS + 10_000, "I4"

    @invariant()
    def locks_take_turns(self) -> None:
        """I21: three seconds between doors, whoever asks."""
        new = self.site.intents[max(0, self.checked_frames - 1) :]
        for (boot, at_ms, _), (next_boot, next_ms, _) in pairwise(new):
            assert boot != next_boot or next_ms - at_ms >= bank.BETWEEN_DOORS_MS, "I21"
        self.checked_frames = len(self.site.intents)

    @invariant()
    def twenty_an_hour(self) -> None:
        remote = [
            at_ms
            for boot, at_ms, intent in self.site.intents
            if boot == self.site.boot and intent.authority == "order" and intent.attempt == 1
        ]
        for at_ms in remote[-1:]:
            within = [then for then in remote if at_ms - then < 3_600_000]
            assert len(within) <= bank.REMOTE_PER_HOUR, "I21"

    @invariant()
    def one_thing_in_each_compartment(self) -> None:
        places = [item.compartment for item in self.site.site.items.values()]
        assert len(places) == len(set(places)), "I5"

    @invariant()
    def memory_is_bounded(self) -> None:
        assert len(self.site.site.waiting) <= 2, "I14"
        assert len(self.site.timers) < 100, "I14"


AnySite.TestCase.settings = settings(max_examples=150, stateful_step_count=60)
TestAnySite = AnySite.TestCase
