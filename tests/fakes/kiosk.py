"""A kiosk's conversation on fakes: facts in a list, people in a dictionary, ids that count."""

import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count

from contract.clock import Clock
from contract.messages import AnyDocument, Attendance, Fact, PersonName, Recording, SiteCard
from contract.prompts import prompt_id
from kiosk.session import Deliveries, Session
from tests.fakes import services
from tests.fakes.bridge import BRIDGE, KIOSK, FakeBridge
from tests.fakes.drop_screens import TRACKED

PEOPLE = (
    PersonName(person="p-1", name="Aïcha Benmansour", flat="A 12"),
    PersonName(person="p-2", name="Jean-Luc Schmitt", flat="B 3"),
    PersonName(person="p-3", name="Fatima Benali", flat="C 27"),
    PersonName(person="p-4", name="Fatima Benali", flat="D 4"),
    PersonName(person="p-5", name="Besnik Hoxha", flat="A 7"),
    PersonName(person="p-6", name="Élodie Müller", flat="B 11"),
)
SITE = SiteCard(
    name="Conciergerie de Borny",
    helper="Samia",
    helper_hours="du mardi au samedi, de 9 h à 12 h et de 14 h à 18 h",
    phone="03 87 00 00 00",
    languages=("fr", "en", "ar", "sq"),
    attendance=(
        Attendance(name="Samia", from_ms=0, until_ms=4_000_000_000_000),
        Attendance(name="Abdoul-Karim", from_ms=0, until_ms=3_000_000_000_000),
    ),
)


class DiskFullError(Exception):
    """The journal has no room."""


@dataclass
class Facts:
    """Keeps what is recorded, in order; or has no room."""

    kept: list[Fact] = field(default_factory=list)
    full: bool = False

    def append(self, fact: Fact) -> None:
        if self.full:
            raise DiskFullError
        self.kept.append(fact)

    def of(self, kind: type[Fact]) -> list[Fact]:
        """Those of one kind."""
        return [fact for fact in self.kept if isinstance(fact, kind)]


@dataclass
class Known:
    """What the hub has told."""

    kept: dict[str, AnyDocument]

    def get(self, key: str) -> AnyDocument | None:
        return self.kept.get(key)

    def documents(self, prefix: str) -> dict[str, AnyDocument]:
        return {key: body for key, body in self.kept.items() if key.startswith(prefix)}


def recorded(language: str, *keys: str, seconds: float = 0.2) -> dict[str, AnyDocument]:
    """What somebody recorded of these sentences, numbers or letters: a hum, as a WAV file."""
    prompts = map(prompt_id, keys)
    return {
        f"voice/{language}/{prompt}": Recording(
            prompt=prompt, language=language, media_type="audio/wav", audio=hum(seconds, int(prompt[:2], 16))
        )
        for prompt in prompts
    }


def hum(seconds: float, pitch: int = 0) -> bytes:
    """A WAV file that hums, 8,000 samples a second of one byte each."""
    samples = bytes(128 + 60 * (step // (10 + pitch % 20) % 2) for step in range(int(8_000 * seconds)))
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8_000)
        sound.writeframes(samples)
    return file.getvalue()


def known() -> Known:
    """The site's card, six people, two of one name, its services, and a greeting recorded in French."""
    people: dict[str, AnyDocument] = {f"person/{one.person}": one for one in PEOPLE}
    return Known({"site": SITE, **people, **services.documents(), **TRACKED, **recorded("fr", "Hello!")})


def make_session(
    bridge: FakeBridge,
    facts: Facts,
    clock: Clock,
    knowledge: Known | None = None,
    on_kept: Callable[[], None] = lambda: None,
    deliveries: Deliveries | None = None,
    run: int = 1,
) -> Session:
    """A kiosk before that bridge; nothing was heard of it yet. `run`: how often it was started."""
    numbers = count(1 + (run - 1) * 1_000)
    return Session(
        KIOSK,
        BRIDGE,
        recorder=facts,
        wire=bridge,
        knowledge=knowledge or known(),
        clock=clock,
        fresh_id=lambda: f"id-{next(numbers)}",
        storage_failures=(DiskFullError,),
        on_kept=on_kept,
        deliveries=deliveries,
    )
