"""One golden payload for each message: what it looks like on the wire, byte for byte, for good."""

from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from contract import messages as m
from contract.chain import hashes
from contract.codec import decode, decode_fact, encode
from contract.order import is_signed

EXAMPLES = Path(__file__).resolve().parents[2] / "contract" / "examples"
ORDER_KEY = bytes.fromhex("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")
"""Public half of the key that signed the example order, whose private half is the bytes 0 to 31."""


def tagged(union: Any, prefix: str = "") -> dict[str, type[msgspec.Struct]]:
    """The classes of a union by `prefix` and tag."""
    return {prefix + str(each.__struct_config__.tag): each for each in get_args(union)}


PLAIN: dict[str, type[msgspec.Struct]] = {
    "hello": m.Hello,
    "welcome": m.Welcome,
    "batch": m.Batch,
    "ack": m.Ack,
    "feed": m.FeedPage,
    "presence": m.Presence,
    "doors": m.Doors,
}
TAGGED = [
    (union, tagged(union)) for union in (m.AnyFact, m.AnyDocument, m.Wish, m.Reply)
]  # decoded as the union, as a reader does
BODIES = {m.Ask: tagged(m.AskBody, "ask_"), m.Answer: tagged(m.AnswerBody, "answer_")}

KINDS: dict[str, Any] = (
    dict(PLAIN)
    | {name: union for union, classes in TAGGED for name in classes}
    | {name: envelope for envelope, classes in BODIES.items() for name in classes}
)
INNERMOST: dict[str, type[msgspec.Struct]] = (
    dict(PLAIN)
    | {name: kind for _, classes in TAGGED for name, kind in classes.items()}
    | {name: kind for classes in BODIES.values() for name, kind in classes.items()}
)
EVERY = pytest.mark.parametrize("name", sorted(KINDS))


def payload(name: str) -> bytes:
    return (EXAMPLES / f"{name}.json").read_bytes()


def example(name: str) -> Any:
    return decode(payload(name), KINDS[name])


def test_each_message_has_one_example_and_no_example_is_left_without_a_message() -> None:
    classes = len(PLAIN) + sum(len(classes) for _, classes in TAGGED) + sum(map(len, BODIES.values()))
    assert len(KINDS) == classes, "two messages share a name"
    assert {path.name for path in EXAMPLES.iterdir()} == {f"{name}.json" for name in KINDS}


@EVERY
def test_an_example_reads_as_its_message(name: str) -> None:
    message = example(name)
    assert type(getattr(message, "body", message)) is INNERMOST[name]


@EVERY
def test_an_example_is_written_again_byte_for_byte(name: str) -> None:
    assert encode(example(name)) == payload(name)


@EVERY
def test_a_field_of_tomorrow_is_passed_over_at_every_depth(name: str) -> None:
    def newer(value: Any) -> Any:
        match value:
            case dict():
                return {key: newer(each) for key, each in value.items()} | {"of_tomorrow": {"x": [1, None]}}
            case list():
                return [newer(each) for each in value]
        return value

    later = msgspec.json.encode(newer(msgspec.json.decode(payload(name))))
    message = decode(later, KINDS[name])
    if name not in {"batch", "feed"}:  # those keep the bytes of what they carry as they came
        assert message == example(name)


def test_an_entry_with_a_further_element_is_understood_and_its_body_kept_as_it_came() -> None:
    raw = msgspec.json.decode(payload("batch"))
    raw["entries"] = [[*entry, "of tomorrow"] for entry in raw["entries"]]
    batch = decode(msgspec.json.encode(raw), m.Batch)
    assert [bytes(e.body) for e in batch.entries] == [bytes(e.body) for e in example("batch").entries]


def test_the_example_batch_is_a_chain_that_holds_and_its_bodies_are_the_example_facts() -> None:
    batch: m.Batch = example("batch")
    assert hashes(batch.journal, batch.prev, batch.first, batch.entries)[-1] == batch.head
    facts = [decode_fact(bytes(entry.body)) for entry in batch.entries]
    assert facts == [
        example(name)
        for name in ("door_intent", "door_pulsed", "door_opened", "door_closed", "item_collected")
    ]


def test_the_examples_of_a_conversation_are_about_the_same_journal() -> None:
    hello, welcome, batch, ack = (example(name) for name in ("hello", "welcome", "batch", "ack"))
    assert welcome.hello == hello.id
    assert {hello.journal, welcome.journal, batch.journal, ack.journal} == {hello.journal}
    assert (welcome.cursor, welcome.head) == (batch.first - 1, batch.prev)
    assert (ack.through, ack.head) == (hello.last_seq, hello.last_hash) == (7, batch.head)


def test_the_documents_of_the_example_page_are_documents() -> None:
    page: m.FeedPage = example("feed")
    read = [
        None if document.body is msgspec.UNSET else decode(bytes(document.body), m.AnyDocument)  # type: ignore[arg-type]
        for document in page.documents
    ]
    assert read == [example("rotation"), example("person_reach"), None]


@pytest.mark.parametrize("name", ["remote_open", "take_in", "set_use"])
def test_the_example_orders_are_signed(name: str) -> None:
    assert is_signed(ORDER_KEY, "bridge-tilleuls", example(name))
