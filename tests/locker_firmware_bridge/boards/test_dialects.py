"""The languages of the simulated boards: the requests and answers that the manuals and captures print."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker_firmware_bridge.boards.simulated import DIALECTS, modbus
from locker_firmware_bridge.boards.simulated.dialect import Inputs, Request
from locker_firmware_bridge.codecs import FAMILIES, frames


def understood(family: str, request: str) -> Request:
    """What one whole request, and nothing but it, asks for."""
    dialect, data = DIALECTS[family], bytes.fromhex(request)
    (frame,), rest = frames.take_out(frames.add(frames.start(dialect.measure, dialect.longest), data))
    assert (frame, rest.pending) == (data, b"")
    return dialect.read(frame)


def answered(family: str, request: str, inputs: Inputs) -> str:
    answer = DIALECTS[family].answer(understood(family, request), inputs)
    return answer.hex(" ").upper()


def board(number: int, *made: int, locks: int = 24, items: tuple[int, ...] = ()) -> Inputs:
    return Inputs(board=number, locks=locks, made=frozenset(made), items=frozenset(items))


def test_every_family_has_a_board_that_speaks_it_with_the_same_numbers() -> None:
    assert set(DIALECTS) == set(FAMILIES)
    for name, dialect in DIALECTS.items():
        family = FAMILIES[name]
        said = (dialect.baud, dialect.boards, dialect.locks)
        assert said == (family.baud, family.boards, family.locks)


NOTHING_OF_24 = "57 4B 4C 59 22 00 84 00 18" + " 00" * 24 + " B7"


@pytest.mark.parametrize(
    ("family", "request_", "inputs", "answer"),
    [
        ("cu16", "02 00 30 03 35", board(0, 1, 2, 3, 16, items=(1,)), "02 00 35 07 80 01 00 03 C2"),
        ("cu16", "02 10 30 03 45", board(1, 8, 9, items=(8, 9, 10)), "02 10 35 80 01 80 03 03 4E"),
        ("cu16", "02 F0 32 03 27", board(1), "02 10 36 00 00 00 00 03 4B"),
        ("cu16", "02 00 31 03 36", board(0), ""),
        ("cu48", "02 00 00 50 03 55", board(0, 1, 2, 3, 47, 48), "02 00 00 65 07 00 00 00 00 C0 03 31"),
        ("cu48", "02 0A 00 50 03 5F", board(1, 24), "02 01 00 65 00 00 80 00 00 00 03 EB"),
        ("cu48", "02 09 00 50 03 5E", board(9, 8, 9, 41), "02 09 00 65 80 01 00 00 00 01 03 F5"),
        ("cu48", "02 00 00 51 03 56", board(0), ""),
        (
            "cu48b",
            "02 00 00 60 03 65",
            board(0, 1, items=(1,)),
            "02 00 00 75 01 00 00 00 00 00 01 00 00 00 00 00 03 7C",
        ),
        (
            "cu48b",
            "02 03 00 60 03 68",
            board(3, 40, 48, items=(1, 48)),
            "02 03 00 75 00 00 00 00 80 80 01 00 00 00 00 80 03 FE",
        ),
        ("0x8a", "8A 01 01 11 9B", board(1), "8A 01 01 00 8A"),
        ("0x8a", "8A 01 01 11 9B", board(1, 1), "8A 01 01 11 9B"),
        ("0x8a", "8A 02 0A 11 93", board(2), "8A 02 0A 00 82"),
        ("0x8a", "8A 01 00 11 9A", board(1), "8A 01 00 11 9A"),
        ("0x8a", "80 01 01 33 B3", board(1, 1), "80 01 01 11 91"),
        ("0x8a", "80 01 18 33 AA", board(1), "80 01 18 00 99"),
        ("0x8a", "80 01 00 33 B2", board(1, locks=8), "80 01 00 00 00 33 B2"),
        ("0x8a", "80 01 00 33 B2", board(1, 2, 24), "80 01 80 00 02 33 30"),
        ("0x8a", "80 01 00 33 B2", replace(board(1, 2, 24), lsb_first=True), "80 01 02 00 80 33 30"),
        ("0x8a", "80 01 00 33 B2", board(1, 1, locks=32), "80 01 00 00 00 01 33 B3"),
        ("0x8a", "80 01 00 33 B2", board(1, 1, locks=50), "80 01 00 00 00 00 00 00 01 33 B3"),
        ("waveshare", "01 05 02 00 00 07 8D B0", board(1, locks=8), "01 05 02 00 00 07 8D B0"),
        ("waveshare", "01 05 00 FF 00 00 FD FA", board(1, locks=8), "01 05 00 FF 00 00 FD FA"),
        ("waveshare", "01 02 00 00 00 08 79 CC", board(1, 1, 8, locks=8), "01 02 01 81 61 E8"),
        (
            "waveshare",
            "01 01 00 00 00 08 3D CC",
            replace(board(1, locks=8), energised=frozenset({1})),
            "01 01 01 01 90 48",
        ),
        ("waveshare", "01 05 03 00 00 05 0D 8D", board(1, locks=8), "01 85 02 C3 51"),
        ("waveshare", "02 05 02 07 00 05 BD 83", board(2, locks=8), "02 05 02 07 00 05 BD 83"),
        ("n4d8b08", "01 06 00 01 05 00 DB 5A", board(1, locks=8), "01 06 00 01 05 00 DB 5A"),
        ("n4d8b08", "01 06 00 00 08 00 8E 0A", board(1, locks=8), "01 06 00 00 08 00 8E 0A"),
        (
            "n4d8b08",
            "01 03 00 81 00 08 14 24",
            board(1, 1, 8, locks=8),
            "01 03 10 00 01" + " 00 00" * 6 + " 00 01 E4 99",
        ),
        ("wkly", "57 4B 4C 59 09 00 82 01 83", board(0), "57 4B 4C 59 0B 00 82 00 01 00 81"),
        ("wkly", "57 4B 4C 59 09 0A 82 01 89", board(10), "57 4B 4C 59 0B 0A 82 00 01 00 8B"),
        ("wkly", "57 4B 4C 59 09 00 83 01 82", board(0), "57 4B 4C 59 0B 00 83 00 01 00 80"),
        ("wkly", "57 4B 4C 59 08 00 84 85", board(0), NOTHING_OF_24),
        (
            "wkly",
            "57 4B 4C 59 08 00 84 85",
            board(0, 2, 3, locks=4),
            "57 4B 4C 59 0E 00 84 00 04 00 01 01 00 87",
        ),
    ],
)
def test_a_request_is_answered_as_the_manual_prints_it(
    family: str, request_: str, inputs: Inputs, answer: str
) -> None:
    assert answered(family, request_, inputs) == answer


@pytest.mark.parametrize(
    ("family", "request_", "what", "number", "lock"),
    [
        ("cu16", "02 12 31 03 48", "unlock", 1, 3),
        ("cu16", "02 0F 31 03 45", "unlock", 0, 16),
        ("cu16", "02 00 33 03 38", "unlock_all", 0, None),
        ("cu16", "02 00 37 00 32 03 6E", "set", 0, None),
        ("cu48", "02 02 20 51 03 78", "unlock", 2, 33),
        ("cu48", "02 00 30 51 03 86", "unlock_all", 0, None),
        ("cu48", "02 0A 30 51 03 90", "unlock_all", None, None),
        ("cu48b", "02 00 01 61 03 67", "unlock", 0, 2),
        ("cu48b", "02 01 00 61 03 67", "unlock", 1, 1),
        ("0x8a", "8A 03 0C 11 94", "unlock", 3, 12),
        ("0x8a", "8A 01 01 11 03 98", "unlock", 1, 1),
        ("0x8a", "8A 01 00 11 9A", "unlock_all", 1, None),
        ("0x8a", "90 01 00 00 05 94", "unlock_several", 1, None),
        ("0x8a", "9A 01 02 11 88", "hold", 1, 2),
        ("0x8a", "9B 01 02 11 89", "release", 1, 2),
        ("0x8a", "9D 01 02 10 8E", "unlock_all", 1, None),
        ("0x8a", "9D 01 01 33", "unlock_all", 1, None),
        ("waveshare", "01 05 02 01 00 08 9C 74", "unlock", 1, 2),
        ("waveshare", "01 05 00 00 FF 00 8C 3A", "hold", 1, 1),
        ("waveshare", "01 05 00 00 00 00 CD CA", "release", 1, 1),
        ("waveshare", "01 05 00 FF 00 00 FD FA", "all_off", 1, None),
        ("waveshare", "00 06 40 00 00 01 5C 1B", "set", None, None),
        ("n4d8b08", "01 06 00 08 06 01 CA 68", "unlock", 1, 8),
        ("n4d8b08", "01 06 00 00 08 00 8E 0A", "all_off", 1, None),
        ("n4d8b08", "01 03 00 01 00 08 15 CC", "relays", 1, None),
        ("wkly", "57 4B 4C 59 08 00 86 87", "unlock_all", 0, None),
        ("wkly", "57 4B 4C 59 09 00 88 01 89", "hold", 0, 1),
    ],
)
def test_a_request_is_understood_also_where_nobody_may_send_it(
    family: str, request_: str, what: str, number: int | None, lock: int | None
) -> None:
    asked = understood(family, request_)
    assert (asked.what, asked.board, asked.lock) == (what, number, lock)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("01 05 00 FF FF 00", "hold_all"),
        ("01 05 00 FF 55 00", "hold_all"),
        ("01 05 00 02 55 00", "hold"),
        ("01 05 04 02 00 05", "hold"),
        ("01 0F 00 00 00 08 01 05", "hold"),
        ("01 0F 00 00 00 08 01 00", "all_off"),
        ("00 05 02 00 00 05", "unlock_several"),
        ("01 05 09 00 00 05", "unknown"),
        ("01 04 00 00 00 08", "unknown"),
    ],
)
def test_a_relay_that_would_stay_on_is_a_hold_however_it_is_asked_for(body: str, what: str) -> None:
    assert understood("waveshare", modbus.framed(bytes.fromhex(body)).hex()).what == what


@pytest.mark.parametrize("value", ["01 00", "03 00", "04 00"])
def test_a_register_that_leaves_a_channel_on_is_a_hold(value: str) -> None:
    data = modbus.framed(bytes.fromhex(f"01 06 00 03 {value}"))
    assert understood("n4d8b08", data.hex()).what == "hold"


@pytest.mark.parametrize(
    ("family", "head", "said"),
    [("0x8a", 0x82, "82 01 05 11 97"), ("0x8a", 0, ""), ("wkly", 0, "57 4B 4C 59 0A 01 85 05 01 83")],
)
def test_a_change_is_told_unasked_where_the_firmware_does(family: str, head: int, said: str) -> None:
    inputs = replace(board(1, 5), report_head=head)
    assert DIALECTS[family].report(inputs, 5).hex(" ").upper() == said


@pytest.mark.parametrize(
    ("family", "request_", "answer"),
    [
        ("waveshare", "01 05 02 00 00 07 8D B0", "01 85 04 43 53"),
        ("n4d8b08", "01 06 00 01 05 00 DB 5A", "01 86 04 43 A3"),
        ("wkly", "57 4B 4C 59 09 01 82 01 82", "57 4B 4C 59 0B 01 82 FF 01 00 7F"),
    ],
)
def test_a_board_that_can_say_no_says_it_in_its_language(family: str, request_: str, answer: str) -> None:
    refuse = DIALECTS[family].refuse
    assert refuse is not None
    assert refuse(understood(family, request_), board(1)).hex(" ").upper() == answer


@pytest.mark.parametrize("family", sorted(DIALECTS))
@given(data=st.data())
def test_no_bytes_whatever_trouble_a_board(family: str, data: st.DataObject) -> None:
    dialect = DIALECTS[family]
    body = data.draw(st.binary(min_size=2, max_size=dialect.longest))
    for whole in (body, *(body[:end] + modbus.crc(body[:end]) for end in (6, len(body)))):
        if length := dialect.measure(whole):
            inputs = board(dialect.boards[-1], locks=dialect.locks[-1])
            dialect.answer(dialect.read(whole[:length]), inputs)
