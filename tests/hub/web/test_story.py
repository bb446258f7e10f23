"""What happened is told in a sentence whatever a fact says: no page of a parcel or door stumbles over it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from msgspec import inspect

import contract
from contract.codec import decode_fact, encode
from contract.messages import AnyFact
from hub.web.deed_words import deed_word
from hub.web.naming import Names
from hub.web.story import tell, tell_note
from tests.fakes.hub_scene import Scene

EXAMPLES = Path(contract.__file__).parent / "examples"
NAMES = Names({}, {})


class Note(msgspec.Struct):
    """What `tell_note` reads of an audit row."""

    action: str
    account: str = "samia"
    detail: str = ""
    at_ms: int = 0


class Row(msgspec.Struct):
    """What `tell` reads of a ledger row."""

    body: bytes
    at_ms: int = 0
    estimated: bool = False
    device: str = "borny-kiosk"
    redacted_ms: int | None = None


def variants(kind: Any) -> Iterator[Any]:
    """The example of a fact, then as it is with each word that one of its fields may have, and without it."""
    fact = decode_fact((EXAMPLES / f"{kind.__struct_config__.tag}.json").read_bytes())
    yield fact
    for field in inspect.type_info(kind).fields:  # type: ignore[attr-defined]
        among = field.type.types if isinstance(field.type, inspect.UnionType) else (field.type,)
        for one in among:
            if isinstance(one, inspect.LiteralType):
                for word in one.values:
                    yield msgspec.structs.replace(fact, **{field.name: word})
            elif isinstance(one, inspect.NoneType):
                yield msgspec.structs.replace(fact, **{field.name: None})


@pytest.mark.parametrize("kind", get_args(AnyFact), ids=lambda kind: kind.__struct_config__.tag)
def test_every_word_a_fact_may_say_is_told(shared: Scene, kind: Any) -> None:
    with shared.app.test_request_context():
        for fact in variants(kind):
            line = tell(Row(encode(fact)), NAMES)
            assert line is None or line.text, fact


def test_what_was_done_on_the_pages_is_told_in_the_words_of_who_did_what(shared: Scene) -> None:
    with shared.app.test_request_context(headers={"Accept-Language": "fr"}):
        for action in ("bag_written_off", "alarm_seen", "extended"):
            assert action not in tell_note(Note(action), NAMES).text
        assert tell_note(Note("bag_written_off"), NAMES).text.endswith(deed_word("bag_written_off").text)


def test_how_the_person_of_a_registered_letter_was_made_sure_of_is_told(shared: Scene) -> None:
    handed = decode_fact((EXAMPLES / "item_collected.json").read_bytes())
    said = {}
    with shared.app.test_request_context(headers={"Accept-Language": "fr"}):
        for identity in ("known", "document", None):
            fact = msgspec.structs.replace(handed, evidence="staff", proxy=None, identity=identity)
            line = tell(Row(encode(fact)), NAMES)
            assert line is not None
            said[identity] = line.text
    assert said["known"].endswith(", qui connaît la personne")
    assert said["document"].endswith(", qui a vu une pièce d’identité")
    assert "," not in said[None], "nothing is asked for a parcel"
