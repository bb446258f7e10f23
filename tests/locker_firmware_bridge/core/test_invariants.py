"""Whatever is asked, ordered, pushed, pulled, cut and restarted: the invariants of design.md section 11."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contract import credential, messages, pickup_code
from contract.messages import Stock, VisitGranted
from locker_firmware_bridge.core import bank, drops, orders, visits
from locker_firmware_bridge.core.happenings import FeedChanged, OrderCame, UnlockNotSent
from tests.fakes.core_site import KIOSK, OTHER_KIOSK, SITE_KEY, FakeSite

KIOSKS = st.sampled_from([KIOSK, OTHER_KIOSK])
PEOPLE = st.sampled_from(["p1", "p2", "p3"])
ITEMS = st.sampled_from([f"i{number}" for number in range(8)])
DOORS = st.integers(1, 8)
USUALLY = st.sampled_from([True, True, True, False])
SELDOM = st.sampled_from([False, False, False, True])
OUTCOMES = st.sampled_from(
    ["left", "taken", "bigger", "given_up", "too_high", "too_heavy", "empty", "wrong", "missing", "lost"]
)
THEN = st.sampled_from(["elsewhere", "elsewhere", "stays", "stays", "returned", "lost", "taken", "sent_out"])
WHYS = st.sampled_from(["undo", "move", "return", "hand_over", "relay"])
CARD = "77E0"
BADGE_OF_P1 = messages.PersonBadge(person="p1", badge_hash=credential.badge_hash(SITE_KEY, CARD))


BEGUN_MS = 1_795_000_000_000


@dataclass(frozen=True)
class Where:
    """Where a thing is, as the facts tell: `over` once it has left for good."""

    stage: str
    compartment: int
    allocation: int
    pickup: str


class AnySite(RuleBasedStateMachine):
    """A site where anything happens in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.site = FakeSite()
        self.checked_facts = 0
        self.checked_frames = 0
        self.things: dict[str, Where] = {}
        self.were_in_hand: set[str] = set()
        self.dropped: set[str] = set()
        """Things put in by their person, and not taken out since: no code opens them."""
        self.site.happen(FeedChanged({"badge/p1": BADGE_OF_P1}))
        self.visits: dict[str, messages.VisitOpened] = {}
        self.mandates: dict[str, messages.Proxy] = {}
        self.revoked: set[str] = set()
        self.used: dict[str, int] = {}
        self.latest_ms = 0
        self.purposes: dict[str, str] = {}
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
        self.latest_ms = max(self.latest_ms, self.site.wall_ms or 0)
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

    def any_item(self, data: st.DataObject) -> str:
        """Of those that are here, or one that never was."""
        return str(data.draw(st.sampled_from([*sorted(self.site.site.items), "never"])))

    @rule(kiosk=KIOSKS, data=st.data())
    def ask_to_open(self, kiosk: str, data: st.DataObject) -> None:
        item = self.any_item(data)
        for visit in [one.visit for one in self.site.site.visits.values() if one.kiosk == kiosk]:
            self.told(messages.OpenItem(visit=visit, item=item), kiosk)

    @rule(kiosk=KIOSKS, data=st.data(), outcome=OUTCOMES)
    def say(self, kiosk: str, data: st.DataObject, outcome: Any) -> None:
        item = self.any_item(data)
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

    @precondition(lambda self: self.mandates)
    @rule(kiosk=KIOSKS, data=st.data(), age=st.sampled_from([0, 0, 0, -1, 1]), qr=st.booleans())
    def show_a_code_of_a_mandate(self, kiosk: str, data: st.DataObject, age: int, qr: bool) -> None:
        """Of any mandate there ever was, present, next, or older."""
        proxy = self.mandates[data.draw(st.sampled_from(sorted(self.mandates)))]
        now = max(proxy.generation, self.used.get(proxy.proxy, 0))
        if qr:
            body = messages.Present(token=pickup_code.token(SITE_KEY, proxy.proxy, now - age))
        else:
            digits = pickup_code.proxy_code(SITE_KEY, proxy.number, proxy.proxy, now - age)
            body = messages.Present(digits=digits)
        wall_ms, noted_ms = self.site.wall_ms, self.latest_ms - 60_000
        over = wall_ms is None or max(wall_ms, noted_ms) >= proxy.until_ms
        dead = over or age > 0 or proxy.proxy in self.revoked
        if any(isinstance(answer, VisitGranted) for answer in self.told(body, kiosk)):
            assert not dead, "I10"
            self.used[proxy.proxy] = now - age

    # --- whole ways, cut short anywhere by the rules around them --------------------------------

    @rule(kiosk=KIOSKS, person=PEOPLE, to_the_end=USUALLY)
    def something_is_put_in(self, kiosk: str, person: str, to_the_end: bool) -> None:
        item = f"put-{len(self.site.facts)}"
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

    @rule(
        kiosk=KIOSKS, known=st.booleans(), then=st.sampled_from(["", "again", "bigger", "given_up", "empty"])
    )
    def something_is_dropped(self, kiosk: str, known: bool, then: Any) -> None:
        """By badge or by nobody; perhaps the door opens once more, or it does not go in after all."""
        item = f"drop-{len(self.site.facts)}"
        granted = self.told(messages.StartDrop(badge=CARD if known else None), kiosk)[-1]
        if not isinstance(granted, messages.DropGranted):
            return
        person = granted.person or granted.stranger or ""
        self.told(messages.Claim(visit=granted.visit, item=item, person=person, size="S"), kiosk)
        self.told(messages.OpenItem(visit=granted.visit, item=item), kiosk)
        self.a_door_obeys(to_the_end=then in ("", "again"))
        if then == "again":
            self.told(messages.OpenItem(visit=granted.visit, item=item), kiosk)
        elif then:
            self.told(messages.Settle(visit=granted.visit, item=item, outcome=then), kiosk)

    @precondition(lambda self: self.tickets)
    @rule(kiosk=KIOSKS, data=st.data())
    def somebody_comes_to_drop_with_a_code(self, kiosk: str, data: st.DataObject) -> None:
        pickup = data.draw(st.sampled_from(sorted(self.tickets)))
        token = pickup_code.token(SITE_KEY, pickup, self.generations[pickup])
        answers = self.told(messages.StartDrop(token=token), kiosk)
        if pickup in self.over:
            assert not any(isinstance(answer, messages.DropGranted) for answer in answers), "I10"

    @precondition(lambda self: self.dropped)
    @rule(kiosk=KIOSKS, data=st.data())
    def somebody_wants_what_they_dropped(self, kiosk: str, data: st.DataObject) -> None:
        """Their code is right, and does not open that door."""
        name = data.draw(st.sampled_from(sorted(self.dropped)))
        where, frames = self.things[name], len(self.site.frames)
        token = pickup_code.token(SITE_KEY, where.pickup, self.generations[where.pickup])
        answers = self.told(messages.Present(token=token), kiosk)
        assert not any(isinstance(answer, messages.Refused) and answer.why == "code" for answer in answers)
        for answer in answers:
            if isinstance(answer, VisitGranted):
                self.told(messages.OpenItem(visit=answer.visit, item=name), kiosk)
        new = [intent for _, _, intent in self.site.intents[frames:]]
        assert all(intent.item != name for intent in new)

    @precondition(lambda self: self.site.site.items)
    @rule(kiosk=KIOSKS, data=st.data(), why=WHYS, to_the_end=USUALLY, then=THEN)
    def something_is_taken_out(
        self, kiosk: str, data: st.DataObject, why: Any, to_the_end: bool, then: Any
    ) -> None:
        item = data.draw(st.sampled_from(sorted(self.site.site.items)))
        visit = self.staff_visit(kiosk)
        self.told(messages.TakeOut(visit=visit, item=item, why=why), kiosk)
        self.a_door_obeys(to_the_end)
        known = self.site.site.items.get(item)
        if then == "stays":
            self.somebody_wants(item, OTHER_KIOSK)
        elif then != "elsewhere":
            self.told(messages.Settle(visit=visit, item=item, outcome=then, to="cobbler"), kiosk)
        elif known is not None:
            self.told(messages.Claim(visit=visit, item=item, person=known.person, size="S"), kiosk)
            self.told(messages.OpenItem(visit=visit, item=item), kiosk)

    @precondition(lambda self: self.site.site.items)
    @rule(kiosk=KIOSKS, data=st.data(), person=PEOPLE)
    def it_is_for_somebody_else(self, kiosk: str, data: st.DataObject, person: str) -> None:
        item = data.draw(st.sampled_from(sorted(self.site.site.items)))
        self.told(messages.Reassign(visit=self.staff_visit(kiosk), item=item, person=person), kiosk)

    @rule(kiosk=KIOSKS, door=DOORS)
    def a_look_behind_a_door(self, kiosk: str, door: int) -> None:
        self.told(messages.Inspect(visit=self.staff_visit(kiosk), compartment=door), kiosk)

    @rule(kiosk=KIOSKS, door=DOORS, usable=USUALLY)
    def a_compartment_is_checked(self, kiosk: str, door: int, usable: bool) -> None:
        self.told(messages.Check(visit=self.staff_visit(kiosk), compartment=door, usable=usable), kiosk)

    @precondition(lambda self: any(item.unsure for item in self.site.site.items.values()))
    @rule(kiosk=KIOSKS, data=st.data(), is_there=st.booleans())
    def a_doubt_is_answered(self, kiosk: str, data: st.DataObject, is_there: bool) -> None:
        unsure = [item for item in self.site.site.items.values() if item.unsure]
        one = data.draw(st.sampled_from(sorted(unsure, key=lambda item: item.item)))
        visit = self.staff_visit(kiosk)
        seen = messages.Check(visit=visit, compartment=one.compartment, usable=True, item=one.item)
        had = messages.Settle(visit=visit, item=one.item, outcome="in_hand")
        self.told(seen if is_there else had, kiosk)

    @rule(kiosk=KIOSKS)
    def stock_is_taken(self, kiosk: str) -> None:
        """It says of every thing in custody where it is, once."""
        (found,) = self.told(messages.TakeStock(visit=self.staff_visit(kiosk)), kiosk)
        if not isinstance(found, Stock):
            return
        seen = {place.item.item: place.compartment for place in found.places if place.item is not None}
        hands, away = {one.item for one in found.in_hand}, {one.item for one in found.away}
        dropped = {one.item for place in found.places if (one := place.item) is not None and one.dropped}
        for name, where in self.things.items():
            if where.stage in ("claimed", "held"):
                assert seen.pop(name) == where.compartment
            elif where.stage == "in_hand":
                hands.remove(name)
            elif where.stage == "away":
                away.remove(name)
        assert not hands | away
        assert dropped >= self.dropped
        assert all(self.things[name].stage == "collected" for name in seen)

    @precondition(lambda self: any(where.stage == "away" for where in self.things.values()))
    @rule(kiosk=KIOSKS, data=st.data())
    def something_comes_back(self, kiosk: str, data: st.DataObject) -> None:
        name = data.draw(
            st.sampled_from([one for one, where in self.things.items() if where.stage == "away"])
        )
        visit = self.staff_visit(kiosk)
        person = self.site.site.items[name].person
        self.told(messages.Claim(visit=visit, item=name, person=person, size="S"), kiosk)
        self.told(messages.OpenItem(visit=visit, item=name), kiosk)
        self.a_door_obeys(to_the_end=True)

    @precondition(lambda self: any(where.stage == "in_hand" for where in self.things.values()))
    @rule(kiosk=KIOSKS, data=st.data())
    def somebody_wants_what_staff_have_in_hand(self, kiosk: str, data: st.DataObject) -> None:
        hands = sorted(name for name, where in self.things.items() if where.stage == "in_hand")
        self.somebody_wants(data.draw(st.sampled_from(hands)), kiosk)

    def somebody_wants(self, name: str, kiosk: str) -> None:
        """With the right code, what they cannot have while it is in hand."""
        where = self.things.get(name)
        if where is None or where.stage != "in_hand":
            return
        token = pickup_code.token(SITE_KEY, where.pickup, self.generations[where.pickup])
        for answer in self.told(messages.Present(token=token), kiosk):
            if isinstance(answer, VisitGranted):
                opened = self.told(messages.OpenItem(visit=answer.visit, item=name), kiosk)
                assert opened in ([messages.Refused(why="item")], [messages.Refused(why="disk")])

    @precondition(lambda self: self.tickets)
    @rule(kiosk=KIOSKS, data=st.data(), to_the_end=USUALLY)
    def something_is_collected(self, kiosk: str, data: st.DataObject, to_the_end: bool) -> None:
        pickup = data.draw(st.sampled_from(sorted(self.tickets)))
        token = pickup_code.token(SITE_KEY, pickup, self.generations[pickup])
        self.told(messages.Present(token=token), kiosk)
        self.a_door_obeys(to_the_end)

    @precondition(lambda self: self.site.site.items)
    @rule(kiosk=KIOSKS, data=st.data(), to_the_end=USUALLY, revoked=SELDOM)
    def something_is_collected_for_somebody(
        self, kiosk: str, data: st.DataObject, to_the_end: bool, revoked: bool
    ) -> None:
        item = data.draw(st.sampled_from(sorted(self.site.site.items)))
        name = f"proxy-{4 + len(self.revoked)}"
        self.a_mandate(self.site.site.items[item].person, 4 + len(self.revoked), 24, set())
        if revoked:
            self.revoke(name, comes_back=True)
        else:
            self.told(messages.Present(token=pickup_code.token(SITE_KEY, name, 1)), kiosk)
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

    @precondition(lambda self: self.nonces)
    @rule(item=ITEMS, person=PEOPLE, data=st.data(), signed=USUALLY)
    def something_is_taken_in(self, item: str, person: str, data: st.DataObject, signed: bool) -> None:
        nonce = data.draw(st.sampled_from(sorted(self.nonces)))
        name, frames = f"o{len(self.orders)}", len(self.site.frames)
        self.orders[name] = (nonce, self.site.now_ms)
        wish = messages.TakeIn(
            order=name,
            nonce=nonce,
            item=item,
            person=person,
            kind="parcel",
            size="M",
            actor="admin",
            signature="0" * 128,
        )
        self.site.happen(OrderCame(wish, signed))
        assert len(self.site.frames) == frames, "no lock moves for it"
        if self.reply_to(name).refused is None:
            assert signed
            assert self.site.now_ms - self.nonces[nonce] <= orders.NONCE_MS, "I6"
            assert [used for used, _ in self.orders.values()].count(nonce) == 1, "I6"
            assert self.site.site.items[item].stage == "held"
        self.look()

    @precondition(lambda self: self.nonces)
    @rule(door=DOORS, data=st.data(), signed=USUALLY, usable=st.booleans())
    def a_word_on_use(self, door: int, data: st.DataObject, signed: bool, usable: bool) -> None:
        nonce = data.draw(st.sampled_from(sorted(self.nonces)))
        name, frames = f"o{len(self.orders)}", len(self.site.frames)
        self.orders[name] = (nonce, self.site.now_ms)
        wish = messages.SetUse(
            order=name,
            nonce=nonce,
            compartment=door,
            allocation=self.site.site.slots[door].allocation,
            usable=usable,
            actor="admin",
            reason="any",
            signature="0" * 128,
        )
        before = self.site.site.slots[door]
        self.site.happen(OrderCame(wish, signed))
        assert len(self.site.frames) == frames, "no lock moves for it"
        if self.reply_to(name).refused is None:
            assert signed
            assert self.site.now_ms - self.nonces[nonce] <= orders.NONCE_MS, "I6"
            assert [used for used, _ in self.orders.values()].count(nonce) == 1, "I6"
            assert self.site.site.slots[door].out_of_service is not usable
            assert not usable or before.item is None
        self.look()

    def waits(self, order: str) -> bool:
        return any(operation.order == order for operation in self.site.site.waiting)

    def reply_to(self, order: str) -> messages.OrderTaken:
        replies = (reply for reply in self.site.replies if isinstance(reply, messages.OrderTaken))
        [reply] = [reply for reply in replies if reply.order == order]
        return reply

    @rule(person=PEOPLE, number=st.integers(1, 3), hours=st.sampled_from([-1, 1, 24]), items=st.sets(ITEMS))
    def a_mandate(self, person: str, number: int, hours: int, items: set[str]) -> None:
        proxy = messages.Proxy(
            proxy=f"proxy-{number}",
            person=person,
            number=number,
            from_ms=0,
            until_ms=BEGUN_MS + hours * 3_600_000,
            items=tuple(sorted(items)) if len(items) > 2 else (),
        )
        self.mandates[proxy.proxy] = proxy
        self.site.happen(FeedChanged({f"proxy/{proxy.proxy}": proxy}))
        self.look()

    @precondition(lambda self: self.mandates)
    @rule(data=st.data(), comes_back=st.booleans())
    def a_mandate_is_revoked(self, data: st.DataObject, comes_back: bool) -> None:
        self.revoke(data.draw(st.sampled_from(sorted(self.mandates))), comes_back=comes_back)

    def revoke(self, name: str, *, comes_back: bool) -> None:
        """An older hub may give it again."""
        self.revoked.add(name)
        self.site.happen(FeedChanged({f"proxy/{name}": None}))
        assert not any(visit.proxy == name for visit in self.site.site.visits.values()), "I10"
        if comes_back:
            self.site.happen(FeedChanged({f"proxy/{name}": self.mandates[name]}))
            token = pickup_code.token(SITE_KEY, name, self.mandates[name].generation)
            answers = self.told(messages.Present(token=token), KIOSK)
            assert not any(isinstance(answer, VisitGranted) for answer in answers), "I10"
        self.look()

    @rule(wall_ms=st.sampled_from([None, 0, 7_200_000, 172_800_000]))
    def the_wall_clock_jumps(self, wall_ms: int | None) -> None:
        self.site.wall_ms = None if wall_ms is None else BEGUN_MS + wall_ms

    @rule(item=ITEMS, person=PEOPLE)
    def an_assignment(self, item: str, person: str) -> None:
        document = messages.Assignment(item=item, person=person)
        self.site.happen(FeedChanged({f"assignment/{item}": document}))
        self.look()

    @rule(item=ITEMS, how=st.sampled_from(["returned", "lost"]), stale=SELDOM)
    def an_end(self, item: str, how: Literal["returned", "lost"], stale: bool) -> None:
        known = self.site.site.items.get(item)
        if known is not None:
            of, compartment = known.allocation + stale, known.compartment
            document = messages.Ended(item=item, compartment=compartment, allocation=of, how=how)
            self.site.happen(FeedChanged({f"ended/{item}": document}))
            self.look()

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
        self.site.happen(FeedChanged({f"proxy/{name}": proxy for name, proxy in self.mandates.items()}))
        self.site.happen(FeedChanged({"badge/p1": BADGE_OF_P1}))
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
        for item in self.were_in_hand:
            assert self.things[item].stage != "dropped", "out of hand, and nowhere"

    def follow(self, fact: messages.Fact) -> None:
        match fact:
            case messages.PickupOpened():
                self.generations[fact.pickup], self.tickets[fact.pickup] = fact.generation, fact.ticket
            case messages.CodeRotated():
                assert fact.generation > self.generations[fact.pickup]
                self.generations[fact.pickup] = fact.generation
            case messages.PickupClosed():
                self.over.add(fact.pickup)
            case messages.VisitOpened():
                self.visits[fact.visit] = fact
            case messages.ItemKept():
                self.collected.pop(fact.item, None)
                self.becomes(fact.item, "held", "held", "collected")
            case messages.DoorOpened():
                self.opened.add(fact.operation)
            case messages.DoorClosed(operation=operation) if operation is not None:
                assert operation in self.opened, "closed by an operation that never opened it"
                self.closed.add(operation)
            case messages.ItemCollected(evidence="door"):
                self.by_door(fact, "collect")
                self.becomes(fact.item, "collected", "held")
                self.collected[fact.item] = (self.site.boot, self.site.now_ms)
            case messages.DoorIntent():
                assert fact.actor
                assert fact.reason, "I18"
                self.uses[fact.operation] = fact.compartment, fact.allocation
                self.purposes[fact.operation] = fact.purpose
                self.intended(fact)
            case _:
                self.custody(fact)

    def custody(self, fact: messages.Fact) -> None:
        match fact:
            case messages.ItemClaimed():
                former = self.things.get(fact.item)
                assert former is None or former.stage in ("in_hand", "away", "bigger", "lost", "let_go")
                if fact.purpose == "drop":
                    assert former is None or former.stage in ("bigger", "let_go")
                    assert fact.staff is None
                if former is not None and former.stage in ("in_hand", "away", "lost"):
                    assert fact.pickup == former.pickup, "moved, it keeps its code"
                    assert (fact.compartment, fact.allocation) != (former.compartment, former.allocation)
                self.things[fact.item] = Where("claimed", fact.compartment, fact.allocation, fact.pickup)
                self.purposes[fact.item] = fact.purpose
            case messages.ClaimDropped(why=why):
                self.dropped.discard(fact.item)
                self.becomes(fact.item, "bigger" if why == "bigger" else "dropped", "claimed", "held")
            case messages.ItemLeft():
                if fact.evidence == "door":
                    self.by_door(fact, "deposit")
                self.becomes(fact.item, "held", "claimed")
                if self.purposes[fact.item] == "drop":
                    self.dropped.add(fact.item)
            case messages.ItemTakenOut():
                if fact.evidence == "door":
                    self.by_door(fact, "take_out")
                self.becomes(fact.item, "in_hand", "held", "dropped", "bigger")
                self.were_in_hand.add(fact.item)
                self.dropped.discard(fact.item)
            case messages.ItemSentOut():
                self.becomes(fact.item, "away", "in_hand")
            case messages.ItemCollected(evidence="staff"):
                self.dropped.discard(fact.item)
                self.becomes(fact.item, "over", "held", "in_hand")
            case messages.ItemReturned():
                self.becomes(fact.item, "over", "in_hand")
            case messages.ItemLost():
                self.dropped.discard(fact.item)
                stage = "lost" if fact.item in self.site.site.items else "over"
                self.becomes(fact.item, stage, "held", "collected", "in_hand", "away")
            case messages.ItemEnded(how=how):
                stage = "lost" if fact.item in self.site.site.items else "let_go"
                assert (how == "lost") or stage == "let_go"
                self.becomes(fact.item, stage, "in_hand", "away", "lost")
            case messages.ItemReassigned():
                where = self.things[fact.item]
                assert where.stage in ("claimed", "held", "in_hand", "away", "lost")
                self.things[fact.item] = replace(where, pickup=fact.pickup)

    def becomes(self, item: str, stage: str, *before: str) -> None:
        where = self.things[item]
        assert where.stage in before, f"{where.stage} before {stage}"
        self.things[item] = replace(where, stage=stage)

    def by_door(
        self, fact: messages.ItemLeft | messages.ItemCollected | messages.ItemTakenOut, purpose: str
    ) -> None:
        """Evidence of a door: this door, in this use, opened for this and then closed."""
        assert fact.operation in self.opened & self.closed, "I11"
        assert (fact.compartment, fact.allocation) == self.uses[fact.operation], "I5"
        assert self.purposes[fact.operation] == purpose

    def intended_in_a_drop(self, fact: messages.DoorIntent, visit: messages.VisitOpened) -> None:
        """Behind the door there is nothing, or what they left there themselves just now."""
        assert fact.purpose == "deposit"
        assert fact.authority == ("visitor" if visit.way == "none" else "code")
        assert fact.item is not None
        where = self.things[fact.item]
        assert (fact.compartment, fact.allocation) == (where.compartment, where.allocation)
        assert where.stage == "claimed" or fact.item in self.dropped
        assert all(
            other == fact.item or (one.stage, one.compartment) != ("held", fact.compartment)
            for other, one in self.things.items()
        ), "a visitor opened what is somebody's"

    def intended(self, fact: messages.DoorIntent) -> None:
        by = self.visits.get(fact.visit or "")
        if by is not None and by.drops:
            self.intended_in_a_drop(fact, by)
            return
        if fact.authority != "code":
            return
        assert fact.item is not None
        assert fact.item not in self.dropped, "a code opened what was dropped"
        where = self.things[fact.item]
        assert where.stage in ("held", "collected"), "a code opened what is not there"
        assert (fact.compartment, fact.allocation) == (where.compartment, where.allocation), "I4, I5"
        assert where.pickup not in self.over, "I10"
        visit = self.visits[fact.visit or ""]
        assert visit.pickup == where.pickup, "opened for whom it is not"
        if visit.proxy is not None:
            mandate = self.mandates[visit.proxy]
            assert fact.actor == mandate.proxy, "I18"
            if fact.attempt == 1:  # the second pulse belongs to the first
                assert not mandate.items or fact.item in mandate.items
                assert mandate.proxy not in self.revoked, "I10"
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
    def little_for_who_is_unknown(self) -> None:
        opened = [
            at_ms
            for boot, at_ms, intent in self.site.intents
            if boot == self.site.boot and intent.authority == "visitor" and intent.attempt == 1
        ]
        within = [then for then in opened if opened[-1] - then < 3_600_000]
        assert len(within) <= bank.VISITOR_PER_HOUR
        unknown = [name for name in self.dropped if self.site.site.items[name].anonymous]
        assert len(unknown) <= drops.UNKNOWN_MOST

    @invariant()
    def one_thing_in_each_compartment(self) -> None:
        site = self.site.site
        lying = {item.compartment: name for name, item in site.items.items() if item.has_place}
        assert {number: slot.item for number, slot in site.slots.items() if slot.item} == lying, "I5"
        for name, where in self.things.items():
            if where.stage in ("held", "in_hand", "away", "lost"):
                assert site.items[name].stage == where.stage, "lost from custody"

    @invariant()
    def memory_is_bounded(self) -> None:
        assert len(self.site.site.waiting) <= 2, "I14"
        assert len(self.site.timers) < 100, "I14"


AnySite.TestCase.settings = settings(max_examples=150, stateful_step_count=60)
TestAnySite = AnySite.TestCase
