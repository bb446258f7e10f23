"""Bytes of a serial scanner, cut into messages."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.scans import framer
from contract.scans.framer import CEILING_BYTES, add, flush, start, take_out, time_out
from contract.scans.message import LONGEST, LONGEST_RECEIPT, Dropped, Message

LABEL = b"6A12345678905"
GS1 = b"]C10034037661234567890410AB\x1d21XY"


def heard(*pieces: bytes) -> tuple[Message | Dropped, ...]:
    """What was read when the pieces arrive one after the other, then silence."""
    line = start()
    found: tuple[Message | Dropped, ...] = ()
    for piece in pieces:
        ended, line = take_out(add(line, piece))
        found += ended
    ended, line = time_out(line)
    assert not line.waiting
    return found + ended


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\n\r", b"\r\n\r\n"])
def test_a_message_ends_on_cr_lf_or_both_and_an_empty_line_is_swallowed(end: bytes) -> None:
    assert heard(LABEL + end + b"ABC" + end) == (Message("6A12345678905"), Message("ABC"))


def test_without_a_mark_silence_ends_it_and_says_so() -> None:
    assert heard(LABEL) == (Message("6A12345678905", ended=False),)


def test_one_byte_at_a_time_it_is_found_at_its_mark() -> None:
    line = start()
    for byte in LABEL:
        ended, line = take_out(add(line, bytes((byte,))))
        assert ended == ()
    assert take_out(add(line, b"\r"))[0] == (Message("6A12345678905"),)


def test_zeros_between_the_characters_are_left_out() -> None:
    assert heard(b"\x006A\x00123\x00\r\x00") == (Message("6A123"),)


@pytest.mark.parametrize("identifier", [b"]C1", b"]d2", b"]Q3", b"]e0"])
def test_the_separator_of_gs1_stays_in_gs1_data(identifier: bytes) -> None:
    assert heard(identifier + b"10AB\x1d21XY\r") == (Message(identifier.decode() + "10AB\x1d21XY"),)


@pytest.mark.parametrize("text", [b"AB\x1dCD", b"]C0AB\x1dCD", b"]Q1AB\x1dCD"])
def test_anywhere_else_it_is_a_control_character(text: bytes) -> None:
    assert heard(text + b"\r") == (Dropped("control", len(text)),)


@pytest.mark.parametrize("control", [*(code for code in range(1, 32) if code not in (10, 13, 29)), 127])
def test_any_control_character_drops_the_message_and_nothing_after_it(control: int) -> None:
    assert heard(b"]C1AB" + bytes((control,)) + b"CD\rABC\r") == (Dropped("control", 8), Message("ABC"))


def test_what_is_no_ascii_is_dropped() -> None:
    assert heard(b"AB\xe9\r\x82123\rABC\r") == (
        Dropped("encoding", 3),
        Dropped("encoding", 4),
        Message("ABC"),
    )


def test_a_code_that_sets_a_scanner_up_is_dropped() -> None:
    assert heard(b"@FACDEF\r") == (Dropped("settings", 7),)


def test_the_longest_message_passes_and_one_character_more_does_not() -> None:
    assert heard(b"A" * LONGEST + b"\r") == (Message("A" * LONGEST),)
    assert heard(b"A" * (LONGEST + 1) + b"\r") == (Dropped("too_long", LONGEST + 1),)


@pytest.mark.parametrize("printed", [b"", b"]Q1"])
def test_a_receipt_is_longer_than_any_label_and_has_its_own_ceiling(printed: bytes) -> None:
    whole = printed + b"R1" + b"a" * (LONGEST_RECEIPT - 2 - len(printed))
    assert heard(whole + b"\r") == (Message(whole.decode()),)
    assert heard(whole + b"a\r") == (Dropped("too_long", LONGEST_RECEIPT + 1),)


@pytest.mark.parametrize("step", [1, 7, 256, 4096, 10_240])
def test_ten_kilobytes_are_dropped_whole_up_to_their_end_however_they_come(step: int) -> None:
    sent = b"1234567890" * 1024 + b"\r" + LABEL + b"\r"
    line = start()
    found: list[Message | Dropped] = []
    for at in range(0, len(sent), step):
        ended, line = take_out(add(line, sent[at : at + step]))
        assert len(line.pending) <= LONGEST
        found += ended
    assert found == [Dropped("too_long", 10_240), Message("6A12345678905")]


def test_what_is_never_taken_out_stays_below_the_ceiling_and_its_tail_is_no_code() -> None:
    line = start()
    for _ in range(10):
        line = add(line, b"9" * 1000)
        assert len(line.pending) <= CEILING_BYTES
    assert take_out(add(line, b"\r"))[0] == (Dropped("too_long", 10_000),)


def test_flushed_it_has_heard_nothing() -> None:
    assert flush(add(start(), LABEL)) == start()
    assert time_out(start())[0] == ()


def test_a_dropped_text_is_not_shown_with_the_value() -> None:
    assert "SECRET" not in repr(heard(b"SECRET\x16\r"))


@given(st.lists(st.binary(max_size=600), max_size=8))
def test_a_line_full_of_noise_raises_nothing_and_lets_nothing_strange_through(pieces: list[bytes]) -> None:
    for one in heard(*pieces):
        assert isinstance(one, Dropped) or one.text.replace("\x1d", "").isprintable()
        assert not isinstance(one, Message) or 0 < len(one.text) <= LONGEST


@given(
    st.lists(st.text("AB12 -]\x1d\x16é", min_size=1, max_size=300), max_size=6),
    st.lists(st.integers(0, 900), max_size=6),
)
def test_however_the_bytes_are_cut_the_same_messages_come_out(texts: list[str], cuts: list[int]) -> None:
    line = b"".join(text.encode("latin-1") + b"\r\n" for text in texts)
    edges = [0, *sorted(min(cut, len(line)) for cut in cuts), len(line)]
    pieces = [line[a:b] for a, b in pairwise(edges)]
    assert heard(*pieces) == heard(line)
    assert len(heard(line)) == len(texts)


def test_silence_is_fifty_milliseconds() -> None:
    assert framer.SILENCE_MS == 50
