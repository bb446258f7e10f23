"""What happens to each bag of the Games, and what is true of it at any time: the simulation's own book.

A laundry has a desk and a washing floor, with a device each and people of different employers. A bag is
scanned six times: taken and given out at the desk, taken and given back by the floor, taken and handed to its
person at the desk. Some go wrong on purpose. Times are milliseconds since the first midnight.
"""

import random
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from contract import messages as m
from hub.core.bags import unknown
from hub.core.routes import due_ms

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
LONE: Final = 30 * MINUTE
NETS: Final = 900
"""Athletes of a laundry, each with one net whose tag never changes."""
FAULTS: Final = {
    "lost": 2,
    "not_taken_back": 2,
    "scanned_back": 2,
    "went_back": 1,
    "stray": 2,
    "fewer": 2,
    "short": 1,
}
"""How many of a thousand bags go wrong in each way."""
ASTRAY: Final = frozenset({"lost", "not_taken_back", "went_back", "short"})
"""After these somebody looks for the bag, and its person has it a day later: none is sought for ever."""
_PRICE: Final = (m.OrderLine(name="Lavage 30 °C", unit_cents=0),)


@dataclass(frozen=True)
class Act:
    """A device of a laundry tells something."""

    at_ms: int
    device: str
    fact: m.AnyFact


@dataclass
class Bag:
    """Where it is from when on: state and holder; which alarms are right, from when."""

    site: str
    id: str
    places: list[tuple[int, str, str | None]] = field(default_factory=list)
    alarms: list[tuple[int, str]] = field(default_factory=list)
    promised_ms: int | None = None

    def at(self, now_ms: int) -> tuple[str, str | None]:
        """State and holder then."""
        return [(state, holder) for from_ms, state, holder in self.places if from_ms <= now_ms][-1]

    def alarms_at(self, now_ms: int) -> set[str]:
        """What should be asked about it then: once its person has it, only why the counts differed."""
        over = self.at(now_ms)[0] == "ended"
        return {kind for from_ms, kind in self.alarms if from_ms < now_ms and (kind == "counts" or not over)}


@dataclass(frozen=True)
class Times:
    """The moments of one bag."""

    came: int
    given: int
    washing: int
    promised: int


@dataclass
class Laundry:
    """One site: its devices, its people, and the nets that are with their athletes."""

    number: int
    begin_ms: int
    at_home: list[int] = field(default_factory=lambda: list(range(NETS)))

    @property
    def site(self) -> str:
        """Its name."""
        return f"laverie-{self.number:02}"

    @property
    def desk(self) -> str:
        """The kiosk at the desk."""
        return f"{self.site}-accueil"

    @property
    def floor(self) -> str:
        """The kiosk among the machines."""
        return f"{self.site}-lavage"

    def host(self, shift: int) -> m.Holder:
        """Who sits at the desk."""
        return m.Holder(kind="staff", id=f"{self.site}-hote-{shift}", employer=f"structure-{self.number % 8}")

    def washer(self, shift: int) -> m.Holder:
        """Who washes: other people's people."""
        employer = f"structure-{(self.number + 3) % 8}"
        return m.Holder(kind="staff", id=f"{self.site}-lavage-{shift}", employer=employer)


def _moment(act: Act) -> int:
    return act.at_ms


@dataclass(frozen=True)
class Wash:
    """One bag on its way through a laundry; `loaded` is when its machine was full."""

    laundry: Laundry
    bag: Bag
    net: int
    tag: str
    times: Times
    loaded: int
    host: m.Holder
    washer: m.Holder


class Games:
    """Plans day after day; `acts` and `bags` grow."""

    def __init__(
        self,
        laundries: int,
        bags_a_day: tuple[int, int],
        seed: int,
        begin_ms: int,
        faults: Mapping[str, int] = FAULTS,
    ) -> None:
        """`bags_a_day`: at least and at most, of all laundries together; `faults` as FAULTS."""
        self.laundries = [Laundry(number, begin_ms) for number in range(1, laundries + 1)]
        self.bags: list[Bag] = []
        self._acts: list[Act] = []
        self._chance = random.Random(seed)  # noqa: S311
        self._bags_a_day, self._begin_ms, self._faults = bags_a_day, begin_ms, faults
        self._back: list[tuple[int, Laundry, int]] = []

    def plan(self, day: int, seed: int | None = None) -> None:
        """Add a day's bags. With a `seed` of its own it is like every other day that has the same."""
        if seed is not None:
            self._chance.seed(seed)
        most = self._chance.randint(*self._bags_a_day)
        for laundry in self.laundries:
            self._bring_nets_home(day)
            count = min(round(most / len(self.laundries)), len(laundry.at_home))
            times = sorted((self._times(day) for _ in range(count)), key=lambda each: each.washing)
            while times:
                together = times[: self._chance.choice((3, 4))]
                del times[: len(together)]
                self._drum(laundry, together)
        self._acts.sort(key=_moment)

    def acts_until(self, at_ms: int) -> Iterator[Act]:
        """What happens before that moment, in order; it is taken out of the plan."""
        next_one = bisect_left(self._acts, at_ms, key=_moment)
        due, self._acts = self._acts[:next_one], self._acts[next_one:]
        yield from due

    def _bring_nets_home(self, day: int) -> None:
        """A net is used again the day after its athlete has it back."""
        now_ms = self._begin_ms + day * DAY
        for at_ms, laundry, net in self._back:
            if at_ms < now_ms:
                laundry.at_home.append(net)
        self._back = [each for each in self._back if each[0] >= now_ms]

    def _times(self, day: int) -> Times:
        """In before 10:00, out by 18:00; later ones by the next noon."""
        morning = self._chance.random() < 0.6
        came = (
            self._chance.randint(7 * HOUR, 10 * HOUR - 1)
            if morning
            else self._chance.randint(10 * HOUR, 37 * HOUR // 2)
        )
        given = came + self._minutes(15, 50)
        start = self._begin_ms + day * DAY
        promised = start + (18 * HOUR if morning else DAY + 12 * HOUR)
        return Times(start + came, start + given, start + given + self._minutes(3, 12), promised)

    def _minutes(self, least: int, most: int) -> int:
        return self._chance.randint(least * MINUTE, most * MINUTE)

    def _say(self, at_ms: int, device: str, fact: m.AnyFact) -> None:
        self._acts.append(Act(at_ms, device, fact))
        if isinstance(fact, m.BagScanned) and self._chance.random() < 0.02:  # the same scan once more
            self._acts.append(Act(at_ms + self._chance.randint(5_000, 60_000), device, fact))

    # --- one machine full ------------------------------------------------------------------------

    def _drum(self, laundry: Laundry, together: list[Times]) -> None:
        load = f"load-{together[0].washing:012x}{self._chance.getrandbits(64):016x}"
        washer = laundry.washer(self._chance.randint(1, 6))
        loaded = max(each.washing for each in together) + self._minutes(1, 5)
        nets = [self._net(laundry) for _ in together]
        tags = tuple(f"NET-{laundry.number:02}-{net:04}" for net in nets)
        fact = m.LoadMade(load=load, machine=f"M{self._chance.randint(1, 40)}", tags=tags, holder=washer)
        self._say(loaded, laundry.floor, fact)
        for net, tag, times in zip(nets, tags, together, strict=True):
            host = laundry.host(self._chance.randint(1, 4))
            bag = Bag(laundry.site, self._id(times.came), promised_ms=times.promised)
            self.bags.append(bag)
            self._bag(Wash(laundry, bag, net, tag, times, loaded, host, washer))

    def _net(self, laundry: Laundry) -> int:
        """Any that is at home. One lot however many there are, so that days can be alike."""
        return laundry.at_home.pop(int(self._chance.random() * len(laundry.at_home)))

    def _id(self, at_ms: int) -> str:
        """With the time in front, as kiosks make them (contract.ids)."""
        return f"{at_ms:012x}{self._chance.getrandbits(128) >> 48:020x}"

    def _fault(self) -> str | None:
        drawn = self._chance.randrange(1_000)
        for fault, share in self._faults.items():
            drawn -= share
            if drawn < 0:
                return fault
        return None

    def _bag(self, wash: Wash) -> None:
        fault = self._fault()
        self._come(wash, fault)
        self._change_hands(wash)
        if fault == "stray":
            self._stray(wash)
        if fault == "scanned_back":
            self._say(
                wash.loaded + 5 * MINUTE, wash.laundry.desk, _scan("take", wash.tag, wash.host, "reception")
            )
            wash.bag.places.append((wash.loaded + 5 * MINUTE, "held", wash.host.id))
        if fault == "went_back":
            self._went_back(wash)
        elif fault == "lost":
            wash.bag.alarms.append((_due("finish", wash.times), "late"))
        elif fault == "short":
            self._short(wash)
        else:
            self._finish(wash, fault)
        if fault in ASTRAY:
            self._found(wash)

    def _come(self, wash: Wash, fault: str | None) -> None:
        bag, came, desk = wash.bag, wash.times.came, wash.laundry.desk
        pieces = self._chance.randint(3, 20)
        order = m.OrderPlaced(
            order=f"order-{bag.id}",
            number=bag.id[-10:].upper(),
            item=bag.id,
            kind="bag",
            person=f"athlete-{wash.laundry.number:02}-{wash.net:04}",
            way="badge",
            service="linge",
            version=1,
            partner="conciergerie",
            lines=_PRICE,
            total_cents=0,
            pay="employer",
            pieces=pieces,
            promised_ms=wash.times.promised,
        )
        self._say(came, desk, order)
        self._say(came + 1, desk, m.BagTagged(tag=wash.tag, item=bag.id, how="scanned"))
        self._say(came + 2, desk, _scan("take", wash.tag, wash.host, "reception"))
        bag.places.append((came + 2, "held", wash.host.id))
        if fault == "fewer":
            count = m.PiecesCounted(item=bag.id, by="staff", pieces=pieces - 1, who=wash.host.id)
            self._say(came + 2 * MINUTE, desk, count)
            bag.alarms.append((came + 2 * MINUTE, "counts"))

    def _change_hands(self, wash: Wash) -> None:
        """Now and then who takes it scans first."""
        given, taken = wash.times.given, wash.times.washing
        if self._chance.random() < 0.05:
            given, taken = given + 2 * MINUTE, given
        self._say(given, wash.laundry.desk, _scan("give", wash.tag, wash.host, "run"))
        self._say(taken, wash.laundry.floor, _scan("take", wash.tag, wash.washer, "wash"))
        wash.bag.places.append((max(given, taken), "held", wash.washer.id))

    def _finish(self, wash: Wash, fault: str | None) -> None:
        bag, laundry = wash.bag, wash.laundry
        done = wash.loaded + self._minutes(62, 85)
        self._say(done, laundry.floor, _scan("give", wash.tag, wash.washer, "finish"))
        bag.places.append((done, "given", wash.washer.id))
        if fault == "not_taken_back":
            bag.alarms += [(done + LONE, "lone"), (_due("return", wash.times), "late")]
            return
        back = done + self._minutes(3, 12)
        self._say(back, laundry.desk, _scan("take", wash.tag, wash.host, "return"))
        bag.places.append((back, "held", wash.host.id))
        fetched = max(wash.times.promised, back + LONE) + self._minutes(0, 120)
        fetched += 20 * HOUR if self._chance.random() < 0.1 else 0
        self._say(fetched, laundry.desk, _scan("give", wash.tag, wash.host, "return"))
        bag.places.append((fetched, "ended", None))
        self._back.append((fetched, laundry, wash.net))

    # --- what goes wrong -------------------------------------------------------------------------

    def _stray(self, wash: Wash) -> None:
        """A bag of nowhere turns up on the floor."""
        at_ms, tag = wash.times.washing, f"SAC-{wash.times.washing:012x}{self._chance.getrandbits(40):010x}"
        self._say(at_ms, wash.laundry.floor, _scan("take", tag, wash.washer, "wash"))
        places: list[tuple[int, str, str | None]] = [(at_ms, "held", wash.washer.id)]
        self.bags.append(Bag(wash.laundry.site, unknown(tag), places, [(at_ms, "unknown")]))

    def _found(self, wash: Wash) -> None:
        """At noon, when yesterday's alarms were gone through; nothing but its end is told."""
        at_ms = self._noon_after(wash.times.came) + self._minutes(0, 60)
        self._say(at_ms, wash.laundry.desk, _scan("give", wash.tag, wash.host, "return"))
        wash.bag.places.append((at_ms, "ended", None))
        self._back.append((at_ms, wash.laundry, wash.net))

    def _noon_after(self, at_ms: int) -> int:
        """Of the next day."""
        return at_ms - (at_ms - self._begin_ms) % DAY + DAY + DAY // 2

    def _went_back(self, wash: Wash) -> None:
        """Somebody carries it to the desk unwashed; the floor gave nothing away, as far as its scans say."""
        at_ms = wash.loaded + 5 * MINUTE
        scan = _scan("take", wash.tag, wash.host, "reception", wash.washer)
        self._say(at_ms, wash.laundry.desk, scan)
        wash.bag.places.append((at_ms, "held", wash.host.id))
        late = max(at_ms, _due("run", wash.times))
        wash.bag.alarms += [(at_ms, "backwards"), (at_ms + LONE, "lone"), (late, "late")]

    def _short(self, wash: Wash) -> None:
        """It is not among those that come back."""
        at_ms = wash.loaded + 100 * MINUTE
        fact = m.ManifestClosed(
            manifest=f"round-{wash.bag.id}",
            partner="conciergerie",
            direction="in",
            tags=(),
            missing=(wash.tag,),
            by=wash.host,
        )
        self._say(at_ms, wash.laundry.desk, fact)
        wash.bag.alarms += [(at_ms, "missing"), (_due("finish", wash.times), "late")]


def _scan(side: Any, tag: str, who: m.Holder, post: str, other: m.Holder | None = None) -> m.BagScanned:
    return m.BagScanned(tag=tag, side=side, holder=who, post=post, other=other)


def _due(post: str, times: Times) -> int:
    """When the hub should say that it is late: the rule itself is tested elsewhere."""
    due = due_ms(post, times.came, times.promised)
    if due is None:
        raise ValueError(post)
    return due
