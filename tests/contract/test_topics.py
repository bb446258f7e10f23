"""Topics are written and read in one place, and no name breaks out of its level."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import topics
from contract.topics import Route, TopicError

NAMES = st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True)
HOSTILE = (
    *("", " ", "a b", " a", "a/b", "/", "..", "+", "#", "a+", "a#", "$SYS", "a\n", "a\0", "A", "é", "٣"),
    *("a" * 41, "a%2fb", "a.b", "a_b", "a\u200b"),
)


def written(route: Route) -> str:
    """The topic of a route, by the functions that write topics."""
    match route:
        case Route(writer, "hello" | "batch" | "reply" as leaf):
            return topics.up(writer, leaf)
        case Route("hub", "welcome" | "ack" | "feed" | "order" as leaf, str(reader)):
            return topics.down(reader, leaf)
        case Route(writer, "ask", str(reader)):
            return topics.ask(reader, writer)
        case Route(writer, "answer", str(reader)):
            return topics.answer(reader, writer)
        case Route(writer, "doors"):
            return topics.doors(writer)
        case Route(writer, "presence"):
            return topics.presence(writer)
    raise AssertionError(route)


@given(NAMES, NAMES)
def test_every_topic_is_read_as_it_was_written(one: str, other: str) -> None:
    routes = [
        *(Route(one, leaf) for leaf in ("hello", "batch", "reply", "doors")),
        *(Route("hub", leaf, one) for leaf in ("welcome", "ack", "feed", "order")),
        Route(one, "ask", other),
        Route(one, "answer", other),
    ]
    assert [topics.parse(written(route)) for route in routes] == routes


@given(NAMES)
def test_both_presences_name_their_writer(name: str) -> None:
    route = Route(name, "presence")
    assert topics.parse(topics.presence(name)) == topics.parse(topics.lan_presence(name)) == route


def test_topics_are_those_of_the_table() -> None:
    assert topics.up("kiosk-a", "batch") == "conciergerie/1/kiosk-a/up/batch"
    assert topics.down("kiosk-a", "ack") == "conciergerie/1/kiosk-a/down/ack"
    assert topics.presence(topics.HUB) == "conciergerie/1/hub/presence"
    assert topics.ask("bridge-a", "kiosk-a") == "conciergerie/1/lan/bridge-a/ask/kiosk-a"
    assert topics.answer("kiosk-a", "bridge-a") == "conciergerie/1/lan/kiosk-a/answer/bridge-a"
    assert topics.doors("bridge-a") == "conciergerie/1/lan/bridge-a/doors"
    assert topics.lan_presence("bridge-a") == "conciergerie/1/lan/bridge-a/presence"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_cannot_stand_in_a_topic_is_refused_wherever_it_is_given(name: str) -> None:
    writers: list[Callable[[], object]] = [
        lambda: topics.device_id(name),
        lambda: topics.up(name, "hello"),
        lambda: topics.down(name, "order"),
        lambda: topics.presence(name),
        lambda: topics.device_subscriptions(name),
        lambda: topics.ask(name, "kiosk-a"),
        lambda: topics.ask("bridge-a", name),
        lambda: topics.answer(name, "bridge-a"),
        lambda: topics.answer("kiosk-a", name),
        lambda: topics.doors(name),
        lambda: topics.lan_presence(name),
        lambda: topics.bridge_subscriptions(name),
        lambda: topics.kiosk_subscriptions("kiosk-a", name),
    ]
    for write in writers:
        with pytest.raises(TopicError):
            write()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_cannot_stand_in_a_topic_is_not_read_out_of_one(name: str) -> None:
    for topic in (
        f"conciergerie/1/{name}/up/batch",
        f"conciergerie/1/{name}/presence",
        f"conciergerie/1/lan/{name}/ask/kiosk-a",
        f"conciergerie/1/lan/bridge-a/ask/{name}",
    ):
        with pytest.raises(TopicError):
            topics.parse(topic)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "conciergerie",
        "conciergerie/1",
        "conciergerie/1/",
        "conciergerie/2/kiosk-a/up/batch",
        "x/conciergerie/1/kiosk-a/up/batch",
        "conciergerie/1/kiosk-a",
        "conciergerie/1/kiosk-a/up",
        "conciergerie/1/kiosk-a/up/welcome",
        "conciergerie/1/kiosk-a/down/batch",
        "conciergerie/1/kiosk-a/up/batch/more",
        "conciergerie/1/kiosk-a/up/batch/",
        "conciergerie/1/lan/kiosk-a/answer",
        "$SYS/broker/uptime",
    ],
)
def test_a_topic_that_is_none_of_ours_is_refused(topic: str) -> None:
    with pytest.raises(TopicError):
        topics.parse(topic)


@given(
    st.text()
    | st.lists(st.sampled_from(["lan", "up", "ask", "hub", "batch", "presence", "a", ""])).map("/".join)
)
def test_any_text_is_one_of_our_topics_or_refused(rest: str) -> None:
    topic = f"{topics.ROOT}/{rest}"
    try:
        route = topics.parse(topic)
    except TopicError:
        return
    assert topic in {written(route), topics.lan_presence(route.writer)}


def test_an_error_about_a_long_name_is_short() -> None:
    with pytest.raises(TopicError) as caught:
        topics.parse(f"conciergerie/1/{'a' * 60_000}/up/batch")
    assert len(str(caught.value)) < 300
