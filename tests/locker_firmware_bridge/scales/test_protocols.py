"""What scales send, against the published formats of their makers."""

from contextlib import suppress
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker_firmware_bridge.scales.protocols import PROTOCOLS, lines
from locker_firmware_bridge.scales.protocols.answers import (
    Answer,
    Busy,
    Fault,
    Load,
    Overload,
    Reading,
    ScaleError,
    Underload,
    Unit,
    UnreadableLineError,
)

WEIGHTS: list[tuple[str, str, str, Unit, bool | None, Load]] = [
    ("mt-sics", "S S     100.00 g", "100.00", "g", True, "unknown"),
    ("mt-sics", "S S       4.35 kg", "4.35", "kg", True, "unknown"),
    ("mt-sics", "S D     129.07 g", "129.07", "g", False, "unknown"),
    ("mt-sics", "S S      -0.02 kg", "-0.02", "kg", True, "unknown"),
    ("and", "ST,+00012.34 kg", "12.34", "kg", True, "unknown"),
    ("and", "US,-00000.05  g", "-0.05", "g", False, "unknown"),
    ("st-gs", "ST,GS,    7.16,kg", "7.16", "kg", True, "gross"),
    ("st-gs", "US,NT,   12.45,kg", "12.45", "kg", False, "net"),
    ("st-gs", "ST,GS,+00045.0kg", "45.0", "kg", True, "gross"),
    ("st-gs", "01ST,GS,     0.0,kg", "0.0", "kg", True, "gross"),
    ("st-gs", "ST,NT,-   0.25 lb  ", "-0.25", "lb", True, "net"),
    ("st-gs", "ST,GS,    7.16,KG", "7.16", "kg", True, "gross"),
    ("adam", "G +   2.00 kg", "2.00", "kg", None, "gross"),
    ("adam", "N +   1.00 kg", "1.00", "kg", None, "net"),
    ("adam", "N -   0.50 kg", "-0.50", "kg", None, "net"),
]
WORDS: list[tuple[str, str, type[Answer]]] = [
    ("mt-sics", "S I", Busy),
    ("mt-sics", "S +", Overload),
    ("mt-sics", "S -", Underload),
    ("mt-sics", "ES", Fault),
    ("mt-sics", "ET", Fault),
    ("mt-sics", "EL", Fault),
    ("and", "OL,+9999999E+19", Overload),
    ("and", "OL,-9999999E+19", Underload),
    ("st-gs", "OL,GS,   99.99,kg", Overload),
    ("st-gs", "02UL,NT,--------,kg", Underload),
    ("generic", "", Busy),
    ("generic", "        ", Busy),
    ("generic", "OL", Overload),
    ("generic", "UL,GS,    0.00,kg", Underload),
]
NO_WEIGHTS = [
    ("mt-sics", "S S       4.35"),
    ("mt-sics", "S S       4.35 k"),
    ("mt-sics", "S S       4.35 oz"),
    ("mt-sics", "S S       4,35 kg"),
    ("mt-sics", "S S     4. 35 kg"),
    ("mt-sics", "S S"),
    ("mt-sics", "  S      4.35 kg"),
    ("mt-sics", 'I4 A "12345"'),
    ("and", "QT,+00000012 PC"),
    ("and", "T,+00012.34 kg"),
    ("and", "ST,+00012.34"),
    ("and", "ST,+9999999E+19"),
    ("st-gs", "ST,GS,    7.16"),
    ("st-gs", "1ST,GS,    7.16,kg"),
    ("st-gs", "GS,    7.16,kg"),
    ("adam", "T +   1.00 kg"),
    ("adam", "+   1.00 kg"),
    ("generic", "12.34"),
    ("generic", "12,34 kg"),
    ("generic", "1.234.5 kg"),
    ("generic", "12.34 kgf"),
    ("generic", "hello"),
]

protocols = st.sampled_from(sorted(PROTOCOLS))
shown_lines = st.sampled_from([line for _, line, *_ in WEIGHTS] + [line for _, line, _ in WORDS if line])


def read(protocol: str, line: str) -> Answer:
    return PROTOCOLS[protocol].parse(line.encode())


@pytest.mark.parametrize(("protocol", "line", "value", "unit", "stable", "load"), WEIGHTS)
def test_a_weight_is_read_to_its_last_digit(
    protocol: str, line: str, value: str, unit: Unit, stable: bool | None, load: Load
) -> None:
    said = read(protocol, line)
    assert said == Reading(Decimal(value), unit, stable, load, trusted=True)
    assert isinstance(said, Reading)
    assert str(said.value) == value


@pytest.mark.parametrize(("protocol", "line", "kind"), WORDS)
def test_what_is_no_weight_has_a_name_and_words(protocol: str, line: str, kind: type[Answer]) -> None:
    said = read(protocol, line)
    assert type(said) is kind
    assert not isinstance(said, Reading)
    assert ":" in said.why


@pytest.mark.parametrize(("protocol", "line"), NO_WEIGHTS)
def test_a_line_that_is_cut_foreign_or_in_another_unit_is_no_weight(protocol: str, line: str) -> None:
    with pytest.raises(UnreadableLineError, match="check which protocol"):
        read(protocol, line)


@pytest.mark.parametrize(("protocol", "line", "value", "unit", "stable", "load"), WEIGHTS)
def test_no_piece_of_a_line_is_another_weight(
    protocol: str, line: str, value: str, unit: Unit, stable: bool | None, load: Load
) -> None:
    whole = read(protocol, line)
    for length in range(len(line)):
        for piece in (line[:length], line[-length:]):
            with suppress(UnreadableLineError):
                assert read(protocol, piece) == whole


@pytest.mark.parametrize(
    ("line", "stable"),
    [
        ("ST,GS,    7.16,kg", True),
        ("US,GS,    7.16,kg", False),
        ("S S       7.16 kg", True),
        ("S D       7.16 kg", False),
        ("SD  7.16 kg", False),
        ("?   7.16 kg", False),
        ("   7.16 kg M", False),
        ("U 7.16kg", False),
        ("01ST,GS,     7.16,kg", True),
        ("GROSS WEIGHT + 7.16KG", True),
        ("G 7.16 kg T 1.00 kg N 6.16 kg", True),
    ],
)
def test_a_guess_takes_the_first_number_with_a_unit_and_is_never_trusted(line: str, stable: bool) -> None:
    assert read("generic", line) == Reading(Decimal("7.16"), "kg", stable, "unknown", trusted=False)


@pytest.mark.parametrize("line", ["- 0.02 kg", "-0.02kg", "ST -00000.02 kg"])
def test_a_guess_keeps_the_sign(line: str) -> None:
    said = read("generic", line)
    assert isinstance(said, Reading)
    assert said.value == Decimal("-0.02")


def test_a_parity_bit_in_a_line_is_said_to_be_one() -> None:
    with pytest.raises(UnreadableLineError, match="parity"):
        PROTOCOLS["and"].parse(bytes(byte | 0x80 for byte in b"ST,+00012.34 kg"))


@given(
    protocols,
    st.one_of(st.binary(max_size=300), st.text(alphabet="STUSGNOL,+-. 0123456789kglb?").map(str.encode)),
)
def test_reading_anything_raises_only_errors_of_the_scale(protocol: str, line: bytes) -> None:
    with suppress(ScaleError):
        said = PROTOCOLS[protocol].parse(line)
        assert not isinstance(said, Reading) or said.trusted is (protocol != "generic")


# --- lines -------------------------------------------------------------------------------------


def heard(*pieces: bytes, joining: bool = False) -> tuple[bytes, ...]:
    """Every line found when the pieces arrive one after the other."""
    framer = lines.start(joining=joining)
    found: tuple[bytes, ...] = ()
    for piece in pieces:
        whole, framer = lines.take_out(lines.add(framer, piece))
        found += whole
    return found


@pytest.mark.parametrize("end", [b"\r\n", b"\r", b"\n", b"\n\r", b"\r\r\n"])
def test_a_line_that_comes_one_byte_at_a_time_is_found_at_its_end_whatever_ends_it(end: bytes) -> None:
    sent = b"S S       4.35 kg" + end
    assert heard(*(bytes((byte,)) for byte in sent.rstrip())) == ()
    assert heard(*(bytes((byte,)) for byte in sent * 2)) == (sent.rstrip(),) * 2
    assert lines.split(sent + b"S I") == (sent.rstrip(), b"S I")


def test_a_line_cut_short_is_handed_over_and_never_begins_the_next() -> None:
    left, framer = lines.time_out(lines.add(lines.start(), b"S S       1"))
    assert left == b"S S       1"
    assert lines.take_out(lines.add(framer, b"S I\r\n"))[0] == (b"S I",)
    assert lines.flush(lines.add(framer, b"S")) == lines.start()


def test_a_stream_joined_in_the_middle_of_a_line_begins_with_the_next() -> None:
    assert heard(b"2.50 kg\r\n112", b".50 kg\r\n", joining=True) == (b"112.50 kg",)
    assert heard(b"2.5", b"0 kg", b"\r\n", b"112.50 kg\r\n", joining=True) == (b"112.50 kg",)


def test_of_a_stream_nobody_took_from_only_the_newest_whole_lines_are_left() -> None:
    sent = [f"ST,GS,{number:>8},kg\r\n".encode() for number in range(100)]
    found = heard(b"".join(sent))
    assert found == tuple(line.rstrip() for line in sent[-len(found) :])
    assert 10 <= len(found) <= 15


def test_a_line_longer_than_the_ceiling_is_dropped_as_a_whole() -> None:
    assert heard(b"9" * lines.CEILING_BYTES, b"12.34 kg\r\n", b"5.67 kg\r\n") == (b"5.67 kg",)


@given(st.lists(st.binary(max_size=600), max_size=8))
def test_a_line_full_of_noise_raises_nothing_and_stays_below_the_ceiling(pieces: list[bytes]) -> None:
    framer = lines.start()
    for piece in pieces:
        framer = lines.add(framer, piece)
        assert len(framer.pending) <= lines.CEILING_BYTES
        whole, framer = lines.take_out(framer)
        assert b"\n" not in framer.pending
        assert all(whole)


@given(
    st.lists(st.tuples(shown_lines, st.sampled_from(["\r\n", "\r", "\n"])), max_size=6),
    st.lists(st.integers(0, 150), max_size=6),
)
def test_however_the_bytes_are_cut_the_same_lines_come_out(
    sent: list[tuple[str, str]], cuts: list[int]
) -> None:
    line = "".join(text + end for text, end in sent).encode()
    edges = [0, *sorted(min(cut, len(line)) for cut in cuts), len(line)]
    pieces = [line[a:b] for a, b in pairwise(edges)]
    assert heard(*pieces) == heard(line) == tuple(text.encode() for text, _ in sent if text)
