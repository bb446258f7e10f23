"""`frame` and `decode`, typed as an installer types them, on the bytes of the manuals."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from locker_firmware_bridge.__main__ import main
from locker_firmware_bridge.codecs import AS_DELIVERED, FAMILIES, Wiring
from tests.fakes.recorded import (
    RECORDED,
    Answer,
    Refused,
    Request,
    each,
    each_answer,
    each_family,
    each_request,
)

ORDER, OPEN = "8A 01 01 11 9B", "8A 01 01 00 8A"
KEYS = ["family", "kind", "board", "closed", "open", "items"]


def typed(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def frame(family: str, *words: str) -> Result:
    return typed("frame", "--family", family, *words)


def decode(family: str, *words: str) -> Result:
    return typed("decode", "--family", family, *words)


def said(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def doors(family: str, kind: str, board: int, *lists: Iterable[int]) -> dict[str, Any]:
    closed, opened, items = (sorted(each) for each in (*lists, (), (), ())[:3])
    named = {"closed": closed, "open": opened, "items": items}
    return {"family": family, "kind": kind, "board": board, **named}


def options(wiring: Wiring) -> list[str]:
    """The wiring as it is typed; nothing for a board as delivered."""
    heads = ",".join(f"{head:02x}" for head in wiring.report_heads)
    every = {
        "--closed-bit": str(wiring.hook_closed_bit),
        "--item-bit": str(wiring.item_present_bit),
        "--order": wiring.status_order,
        "--reports": heads,
    }
    return [] if wiring == AS_DELIVERED else [word for pair in every.items() if pair[1] for word in pair]


@each(lambda recorded: [entry for entry in recorded.requests if entry.ask != "all_off"])
def test_a_frame_is_printed_as_the_manual_prints_it(name: str, entry: Request) -> None:
    lock = entry.lock or FAMILIES[name].locks[-1]
    words = ["--board", str(entry.board), "--lock", str(lock), f"--{entry.ask}"]
    words += [] if entry.pulse_ms is None else ["--pulse-ms", str(entry.pulse_ms)]
    result = frame(name, *words)
    assert (result.stdout, result.stderr, result.exit_code) == (entry.frame + "\n", "", 0)


def test_where_no_lock_is_named_a_question_is_one_that_every_board_of_the_family_can_answer() -> None:
    assert frame("waveshare", "--board", "1", "--status").stdout == "01 02 00 00 00 08 79 CC\n"
    assert frame("cu16", "--board", "1", "--status").stdout == "02 10 30 03 45\n"


@pytest.mark.parametrize(
    ("family", "words", "sentence"),
    [
        ("cu16", "--board 10 --lock 1 --unlock", "a cu16 board has a number from 0 to 9, not 10"),
        ("0x8a", "--board 0 --status", "a 0x8a board has a number from 1 to 32, not 0"),
        ("cu48", "--board 0 --lock 49 --unlock", "a cu48 board has locks 1 to 48, not 49"),
        ("0x8a", "--board 1 --lock 0 --unlock", "a 0x8a board has locks 1 to 50, not 0"),
        ("cu16", "--board 0 --lock 0 --status", "a cu16 board has locks 1 to 16, not 0"),
        ("cu48b", "--board 0 --lock 1 --unlock --pulse-ms 500", "leave the pulse out"),
        ("0x8a", "--board 1 --lock 1 --unlock --pulse-ms 500", "pulses of 1000 to 3000 ms in steps of 1000"),
        ("0x8a", "--board 1 --lock 1 --unlock --pulse-ms 4000", "not 4000"),
        ("waveshare", "--board 1 --lock 1 --unlock --pulse-ms 3100", "not 3100"),
        ("waveshare", "--board 1 --lock 1 --unlock --pulse-ms 0", "not 0"),
        ("n4d8b08", "--board 65 --lock 1 --unlock", "from 1 to 64, not 65"),
        ("wkly", "--board 0 --unlock", "Say which lock"),
        ("wkly", "--board 0 --lock 1", "Say either --unlock or --status"),
        ("wkly", "--board 0 --lock 1 --unlock --status", "Say either --unlock or --status"),
        ("waveshare", "--board 1 --status --pulse-ms 500", "A question has no pulse"),
    ],
)
def test_a_frame_that_cannot_be_is_one_sentence_and_no_bytes(family: str, words: str, sentence: str) -> None:
    result = frame(family, *words.split())
    assert (result.stdout, result.exit_code) == ("", 2)
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


@each_answer
def test_an_answer_is_told_as_the_manual_tells_it(name: str, entry: Answer) -> None:
    result = decode(name, *options(entry.wiring), entry.frame)
    [line] = said(result)
    if entry.kind == "error":
        assert (list(line), line["kind"], result.exit_code) == (["kind", "error"], "error", 1)
        assert entry.says in line["error"]
        return
    kind = "status" if entry.kind == "one" else entry.kind
    opened = entry.every_open if entry.kind == "status" else entry.open
    assert line == doors(name, kind, entry.board, entry.closed, opened, entry.items)
    assert (list(line), result.stderr, result.exit_code) == (KEYS, "", 0)


@each(lambda recorded: [entry for entry in recorded.refused if not entry.finds])
def test_what_is_no_answer_is_told_with_what_is_wrong(name: str, entry: Refused) -> None:
    words = {
        "FrameTooShortOrLongError": "wrong length",
        "FrameMarksError": "wrong start or end mark",
        "FrameSumError": "wrong sum",
        "UnknownCommandError": "unknown command",
        "UnknownSenderError": "no such board or lock",
        "OwnQuestionError": "our own question",
    }
    result = decode(name, *options(entry.wiring), entry.frame.lower())
    [line] = said(result)
    assert (list(line), line["kind"], result.exit_code) == (["kind", "error"], "error", 1)
    assert line["error"].startswith(words[entry.error])


@each_family
def test_noise_in_front_is_no_error_and_every_frame_has_its_line(name: str) -> None:
    frames = [
        entry.frame for entry in RECORDED[name].answers if entry.wiring == AS_DELIVERED and not entry.says
    ]
    result = decode(name, " ".join(["FF 00", *frames]))
    assert result.exit_code == 0
    assert len(said(result)) == len(frames)


@each_family
def test_what_is_left_over_behind_a_frame_is_told(name: str) -> None:
    answer = RECORDED[name].answers[0].frame
    result = decode(name, f"{answer} {answer[:-3]}")
    first, second = said(result)
    assert (first["board"], second["kind"], result.exit_code) == (
        RECORDED[name].answers[0].board,
        "error",
        1,
    )
    assert "left over after the last frame" in second["error"]


def test_a_broken_frame_behind_a_good_one_is_told_with_what_is_wrong_in_it() -> None:
    result = decode("cu16", "02 00 35 07 80 01 00 03 C2 02 00 35 07 80 01 00 03 C3")
    assert "wrong sum: the sum should be c2" in said(result)[1]["error"]


def test_with_an_echo_our_own_order_is_taken_off_and_the_rest_is_the_answer() -> None:
    assert said(decode("0x8a", "--echo", f"{ORDER} {OPEN}")) == [doors("0x8a", "unlocked", 1, [], [1])]
    assert said(decode("0x8a", "--echo", f"{ORDER} {ORDER}")) == [doors("0x8a", "unlocked", 1, [1])]


def test_without_one_nothing_is_taken_off() -> None:
    closed, opened = doors("0x8a", "unlocked", 1, [1]), doors("0x8a", "unlocked", 1, [], [1])
    assert said(decode("0x8a", f"{ORDER} {OPEN}")) == [closed, opened]
    assert said(decode("0x8a", "--echo", OPEN)) == [opened]


@each_request
def test_an_echo_alone_is_an_error_that_says_so(name: str, entry: Request) -> None:
    result = decode(name, "--echo", entry.frame)
    [line] = said(result)
    assert result.exit_code == 1
    assert f"only the echo of {entry.frame} came back" in line["error"]


@each_request
def test_with_an_echo_a_whole_exchange_is_one_answer(name: str, entry: Request) -> None:
    answer = next(each for each in RECORDED[name].answers if each.kind == "status")
    result = decode(name, "--echo", *options(answer.wiring), f"{entry.frame} {answer.frame}")
    assert [line["kind"] for line in said(result)] == ["status"]
    assert result.exit_code == 0


def test_opening_feedback_is_the_other_closed_bit() -> None:
    assert said(decode("0x8a", "--feedback", "opening", ORDER)) == [doors("0x8a", "unlocked", 1, [], [1])]
    assert said(decode("0x8a", "--feedback", "closing", ORDER)) == [doors("0x8a", "unlocked", 1, [1])]
    assert said(decode("0x8a", "--feedback", "opening", "--closed-bit", "0", ORDER)) != []


def test_more_than_a_line_holds_at_once_is_told_to_its_end() -> None:
    answer = "02 00 35 07 80 01 00 03 C2"
    assert len(said(decode("cu16", " ".join([answer] * 100)))) == 100


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("8A 01 01 0", "bytes of two digits"),
        ("8A0101008A", "bytes of two digits"),
        ("8A 01 01 00 8G", "bytes of two digits"),
        ("8A 01 01 00 ٨٩", "bytes of two digits"),
        ("", "bytes of two digits"),
        ("00 " * 5000, "4096 characters, not 15000"),
    ],
)
def test_what_is_no_bytes_is_an_error_a_script_can_read(typed: str, sentence: str) -> None:
    result = decode("0x8a", typed)
    assert result.exit_code == 1
    [line] = result.stdout.splitlines()
    told = json.loads(line)
    assert told["kind"] == "error"
    assert sentence in told["error"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--reports", "83", OPEN], "--reports is 82, 81 or 82,81"),
        (["--feedback", "opening", "--closed-bit", "1", OPEN], "leave one of the two out"),
    ],
)
def test_options_that_cannot_be_are_one_sentence(words: list[str], sentence: str) -> None:
    result = decode("0x8a", *words)
    assert (result.stdout, result.exit_code) == ("", 2)
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("echo", [(), ("--echo",)])
@given(family=st.sampled_from(sorted(FAMILIES)), data=st.binary(min_size=1, max_size=60))
def test_whatever_is_typed_is_answered_in_lines_and_never_in_a_traceback(
    echo: tuple[str, ...], family: str, data: bytes
) -> None:
    result = decode(family, *echo, data.hex(" "))
    assert result.exit_code in (0, 1)
    assert all(list(line) in (KEYS, ["kind", "error"]) for line in said(result))
    assert said(result)
