"""Every family of boards against its recorded bytes: what it says, and what it hears on a bad line.

What a sum cannot see: two errors that cancel out pass an arithmetic sum and an XOR (two bytes swapped, the
same bit turned twice) and one noise in 256; a CRC lets one in 65,536 through. With the XOR of the 0x8A
boards one changed byte may even leave a shorter frame inside: a word about one lock, which no question here
waits for. So lengths, marks and commands are checked too, and a door is believed when two answers agree.
"""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from locker_firmware_bridge.codecs import (
    AS_DELIVERED,
    FAMILIES,
    CodecError,
    Family,
    LockReport,
    Refusal,
    Reply,
)
from locker_firmware_bridge.codecs.frames import CEILING_BYTES, add, flush, take_out, time_out
from tests.fakes.recorded import (
    NAMES,
    RECORDED,
    Answer,
    Refused,
    Request,
    built,
    each_answer,
    each_family,
    each_refused,
    each_request,
    heard,
    one_by_one,
)


def answers_of(name: str) -> list[Answer]:
    """Those of boards wired as delivered."""
    return [answer for answer in RECORDED[name].answers if answer.wiring == AS_DELIVERED]


def noises(name: str, answer: Answer) -> list[bytes]:
    """What may come before an answer: its own beginnings, our echo, broken frames, other boards' traffic."""
    family, frame = FAMILIES[name], answer.data
    own = [built(name, request) for request in RECORDED[name].requests if request.ask == "status"]
    broken = [bytes((*frame[:-1], frame[-1] ^ 1)), *(frame[:length] for length in range(1, len(frame)))]
    refused = [entry.data for entry in RECORDED[name].refused if not entry.finds]
    others = [
        entry.data
        for other, recorded in RECORDED.items()
        for entry in (*recorded.answers, *recorded.requests)
        if other != name
    ]
    every = [
        b"\x00",
        frame[:1] * 3,
        b"\xff" * 40,
        *own,
        *(each * 2 for each in own),
        *broken,
        *refused,
        *others,
    ]
    return [noise for noise in every if heard(family, noise, wiring=answer.wiring) == ()]


def test_every_family_has_its_recorded_bytes_and_every_record_its_family() -> None:
    assert set(FAMILIES) == NAMES


@each_family
def test_a_record_has_all_that_the_checks_live_on(name: str) -> None:
    recorded, family = RECORDED[name], FAMILIES[name]
    assert {request.ask for request in recorded.requests} >= {"status", "unlock"}
    assert any(answer.kind == "status" for answer in recorded.answers)
    assert recorded.refused
    assert recorded.forbidden
    assert family.name == name


@each_request
def test_a_request_is_the_frame_of_the_manual(name: str, entry: Request) -> None:
    assert built(name, entry) == entry.data


@each_answer
def test_an_answer_says_what_the_manual_says(name: str, entry: Answer) -> None:
    assert entry.is_said_by(FAMILIES[name].decode(entry.data, entry.wiring))
    assert heard(FAMILIES[name], entry.data, wiring=entry.wiring) == (entry.data,)


@each_refused
def test_what_is_no_answer_is_refused_by_name(name: str, entry: Refused) -> None:
    with pytest.raises(CodecError) as raised:
        FAMILIES[name].decode(entry.data, entry.wiring)
    assert type(raised.value).__name__ == entry.error
    found = heard(FAMILIES[name], entry.data, wiring=entry.wiring)
    assert found == tuple(map(bytes.fromhex, entry.finds))


@each_answer
def test_one_byte_at_a_time_an_answer_is_found_at_its_last_byte(name: str, entry: Answer) -> None:
    family = FAMILIES[name]
    pieces = one_by_one(entry.data)
    assert heard(family, *pieces[:-1], wiring=entry.wiring) == ()
    assert heard(family, *pieces, wiring=entry.wiring) == (entry.data,)
    framer = family.start(entry.wiring)
    for piece in pieces:
        framer = add(framer, piece)
    assert take_out(framer)[0] == (entry.data,)


@each_answer
def test_cut_short_anywhere_an_answer_says_nothing(name: str, entry: Answer) -> None:
    for length in range(len(entry.data)):
        with pytest.raises(CodecError):
            FAMILIES[name].decode(entry.data[:length], entry.wiring)
        assert heard(FAMILIES[name], entry.data[:length], wiring=entry.wiring) == ()


@each_answer
def test_a_byte_more_or_two_of_them_are_not_one_answer(name: str, entry: Answer) -> None:
    for frame in (entry.data + b"\x00", b"\x00" + entry.data, entry.data * 2):
        with pytest.raises(CodecError):
            FAMILIES[name].decode(frame, entry.wiring)
        assert set(heard(FAMILIES[name], frame, wiring=entry.wiring)) == {entry.data}


@each_answer
def test_nothing_that_comes_before_an_answer_hides_it(name: str, entry: Answer) -> None:
    family = FAMILIES[name]
    for noise in noises(name, entry):
        line = noise + entry.data
        assert heard(family, line, wiring=entry.wiring) == (entry.data,), noise.hex(" ")
        assert heard(family, *one_by_one(line), wiring=entry.wiring) == (entry.data,), noise.hex(" ")


@each_family
def test_answers_that_come_in_one_read_are_told_apart(name: str) -> None:
    frames = [answer.data for answer in answers_of(name)]
    for first in frames:
        for second in frames:
            assert heard(FAMILIES[name], first + second) == (first, second)
            assert heard(FAMILIES[name], *one_by_one(first + second)) == (first, second)


@each_answer
def test_a_late_answer_of_another_board_is_told_apart(name: str, entry: Answer) -> None:
    family, recorded = FAMILIES[name], RECORDED[name]
    for board in family.boards:
        late = recorded.from_board(entry.data, board)
        mine = recorded.from_board(entry.data, entry.board)
        found = heard(family, late + mine, wiring=entry.wiring)
        assert [family.decode(frame, entry.wiring).board for frame in found] == [board, entry.board]


@each_answer
def test_no_answer_comes_from_a_board_that_cannot_be(name: str, entry: Answer) -> None:
    family, recorded = FAMILIES[name], RECORDED[name]
    for board in set(range(256 // recorded.board_unit)) - set(family.boards):
        stranger = recorded.from_board(entry.data, board)
        with pytest.raises(CodecError):
            family.decode(stranger, entry.wiring)
        assert heard(family, stranger, wiring=entry.wiring) == ()


@each_answer
def test_no_single_changed_byte_leaves_the_meaning_as_it_was(name: str, entry: Answer) -> None:
    for at, byte in enumerate(entry.data):
        for other in set(range(256)) - {byte}:
            changed = entry.data[:at] + bytes((other,)) + entry.data[at + 1 :]
            with pytest.raises(CodecError):
                FAMILIES[name].decode(changed, entry.wiring)
            found = heard(FAMILIES[name], changed, wiring=entry.wiring)
            assert found == () or (RECORDED[name].sum == "xor" and len(found[0]) == 5)
            assert not any(entry.is_said_by(FAMILIES[name].decode(frame, entry.wiring)) for frame in found)


def doors(reply: Reply) -> dict[tuple[str, int], bool]:
    """Every contact a reply tells of: is the lock closed, is something there."""
    if isinstance(reply, LockReport):
        return {("lock", reply.lock): reply.closed}
    told = getattr(reply, "closed", frozenset()) | getattr(reply, "open", frozenset())
    return {
        (kind, lock): lock in getattr(reply, said)
        for lock in told
        for kind, said in (("lock", "closed"), ("item", "items"))
    }


@each_family
def test_one_bit_of_a_status_is_one_contact_of_one_lock(name: str) -> None:
    family, recorded = FAMILIES[name], RECORDED[name]
    for answer in (answer for answer in recorded.answers if answer.kind == "status"):
        before, moved = doors(family.decode(answer.data, answer.wiring)), set()
        for turned in (bit_turned(answer.data, bit) for bit in range(8 * len(answer.data))):
            with suppress(CodecError):
                reply = family.decode(recorded.with_sum(turned), answer.wiring)
                after = doors(reply) if reply.board == answer.board else before
                changed = {contact for contact in before if after.get(contact) != before[contact]}
                assert len(changed) <= 1 or len(after) != len(before)
                moved |= changed if len(changed) == 1 else set()
        kinds = ("lock", "item") if family.has_items else ("lock",)
        assert moved >= {(kind, lock) for kind in kinds for lock in answer.closed | answer.every_open}


def bit_turned(frame: bytes, bit: int) -> bytes:
    turned = bytearray(frame)
    turned[bit // 8] ^= 1 << bit % 8
    return bytes(turned)


@each_family
def test_after_a_time_out_old_bytes_are_handed_over_and_never_begin_the_next_answer(name: str) -> None:
    family, answer = FAMILIES[name], answers_of(name)[0].data
    left, framer = time_out(add(family.start(), answer[:5]))
    assert left == answer[:5]
    assert take_out(add(framer, answer[5:]))[0] == ()
    assert flush(add(framer, answer)).pending == b""


@each_family
@example(pieces=[bytes(CEILING_BYTES + 1)])
@example(pieces=[bytes(100)] * 8)
@given(pieces=st.lists(st.binary(max_size=600), max_size=8))
def test_a_line_full_of_noise_raises_nothing_and_stays_below_the_ceiling(
    name: str, pieces: list[bytes]
) -> None:
    family = FAMILIES[name]
    framer = heaped = family.start()
    for piece in pieces:
        heaped = add(heaped, piece)
        assert len(heaped.pending) <= CEILING_BYTES
        framer = add(framer, piece)
        assert len(framer.pending) <= CEILING_BYTES
        frames, framer = take_out(framer)
        assert len(framer.pending) < family.longest
        for frame in frames:
            family.decode(frame)


@each_family
@given(data=st.binary(max_size=40))
def test_decoding_anything_raises_only_codec_errors(name: str, data: bytes) -> None:
    with suppress(CodecError):
        FAMILIES[name].decode(data)


@each_family
@given(st.data())
def test_whatever_is_in_a_frame_its_board_and_lock_exist_and_no_door_is_both(
    name: str, data: st.DataObject
) -> None:
    """Noise whose sum is right: a recorded frame, cut or grown, with bytes of it replaced."""
    family, recorded = FAMILIES[name], RECORDED[name]
    entry = data.draw(st.sampled_from((*recorded.answers, *recorded.requests, *recorded.refused)))
    frame = bytearray(entry.data + data.draw(st.binary(max_size=4)))
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 255)), max_size=4)):
        frame[at % len(frame)] = byte
    cut = recorded.with_sum(bytes(frame[: data.draw(st.integers(3, len(frame)))]))
    with suppress(CodecError):
        check_sense(family, family.decode(cut, entry.wiring))


def check_sense(family: Family, reply: Reply) -> None:
    assert reply.board in family.boards
    if isinstance(reply, Refusal):
        assert reply.why
    elif isinstance(lock := getattr(reply, "lock", None), int):
        assert lock in family.locks
    else:
        told = doors(reply)
        assert told
        assert not getattr(reply, "closed", set()) & getattr(reply, "open", set())


@each_family
@given(st.data())
def test_however_the_bytes_are_cut_the_same_frames_come_out(name: str, data: st.DataObject) -> None:
    family = FAMILIES[name]
    frames = [answer.data for answer in answers_of(name)]
    used = {byte for frame in frames for byte in frame} | set(range(family.boards[-1] + 1))
    noise = st.lists(st.sampled_from(sorted(set(range(256)) - used)), max_size=6).map(bytes)
    sent = data.draw(st.lists(st.one_of(st.sampled_from(frames), noise), max_size=6))
    line = b"".join(sent)
    cuts = [0, *sorted(data.draw(st.lists(st.integers(0, len(line)), max_size=6))), len(line)]
    pieces = [line[start:end] for start, end in pairwise(cuts)]
    assert heard(family, *pieces) == tuple(piece for piece in sent if piece in frames)
