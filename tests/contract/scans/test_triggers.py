"""Trigger commands and the packets of Zebra's SSI and of Newland, against the vectors of the manuals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.scans import newland, ssi
from contract.scans.triggers import TRIGGERS, Sifted, sift

OK = bytes.fromhex("02 00 00 01 00 33 31")
START = bytes.fromhex("04 E4 04 00 FF 14")


def decoded(text: bytes) -> bytes:
    """A scanner's packet with what it read: Code 128 is type 03."""
    return ssi.build(ssi.Packet(ssi.DECODE_DATA, ssi.SCANNER, data=b"\x03" + text))


@pytest.mark.parametrize(
    ("name", "start", "stop"),
    [
        ("none", "", ""),
        ("honeywell", "16 54 0D", "16 55 0D"),
        ("datalogic", "54", "58"),
        ("ssi", "04 E4 04 00 FF 14", "04 E5 04 00 FF 13"),
        ("newland", "7E 00 08 01 00 02 01 AB CD", "7E 00 08 01 00 02 00 AB CD"),
    ],
)
def test_start_and_stop_are_the_bytes_of_the_manual(name: str, start: str, stop: str) -> None:
    trigger = TRIGGERS[name]  # type: ignore[index]
    assert (trigger.start, trigger.stop) == (bytes.fromhex(start), bytes.fromhex(stop))


def test_only_zebras_have_to_be_woken() -> None:
    assert {name: trigger.wake for name, trigger in TRIGGERS.items() if trigger.wake} == {"ssi": b"\0"}


# --- SSI ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opcode", "source", "packet"),
    [
        (ssi.START, ssi.HOST, "04 E4 04 00 FF 14"),
        (ssi.STOP, ssi.HOST, "04 E5 04 00 FF 13"),
        (ssi.ACK, ssi.HOST, "04 D0 04 00 FF 28"),
        (ssi.ACK, ssi.SCANNER, "04 D0 00 00 FF 2C"),
        (ssi.SCAN_ENABLE, ssi.HOST, "04 E9 04 00 FF 0F"),
        (ssi.SCAN_DISABLE, ssi.HOST, "04 EA 04 00 FF 0E"),
    ],
)
def test_an_ssi_packet_is_built_and_read(opcode: int, source: int, packet: str) -> None:
    assert ssi.build(ssi.Packet(opcode, source)) == bytes.fromhex(packet)
    assert ssi.parse(bytes.fromhex(packet)) == ssi.Packet(opcode, source)


def test_decode_data_carries_the_type_of_the_code_first() -> None:
    assert ssi.text_of(ssi.parse(decoded(b"6A12345678905"))) == b"6A12345678905"
    assert ssi.text_of(ssi.Packet(ssi.ACK, ssi.SCANNER)) is None
    assert ssi.text_of(ssi.Packet(ssi.DECODE_DATA, ssi.SCANNER)) is None


@pytest.mark.parametrize(
    "packet", [b"", START[:-1], START + b"\0", b"\x03" + START[1:], START[:-1] + b"\x15"]
)
def test_what_is_no_ssi_packet_is_refused(packet: bytes) -> None:
    with pytest.raises(ssi.PacketError):
        ssi.parse(packet)


def test_an_ssi_packet_holds_251_bytes() -> None:
    assert len(ssi.build(ssi.Packet(0xF3, data=b"A" * 251))) == 257
    with pytest.raises(ValueError, match="251"):
        ssi.build(ssi.Packet(0xF3, data=b"A" * 252))


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255), st.binary(max_size=251))
def test_every_ssi_packet_comes_back(opcode: int, source: int, status: int, data: bytes) -> None:
    packet = ssi.Packet(opcode, source, status, data)
    assert ssi.parse(ssi.build(packet)) == packet


@given(st.integers(0, 5), st.integers(1, 255))
def test_one_changed_byte_of_an_ssi_packet_never_passes_for_the_same(at: int, flip: int) -> None:
    changed = bytearray(START)
    changed[at] ^= flip
    with pytest.raises(ssi.PacketError):
        ssi.parse(bytes(changed))


# --- Newland ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "address", "data", "packet"),
    [
        (newland.SAVE, 0, b"\0", "7E 00 09 01 00 00 00 DE C8"),
        (newland.READ, 0x2A, b"\x02", "7E 00 07 01 00 2A 02 D8 0F"),
    ],
)
def test_a_newland_request_is_the_one_of_the_manual(
    kind: int, address: int, data: bytes, packet: str
) -> None:
    assert newland.request(kind, address, data) == bytes.fromhex(packet)


@pytest.mark.parametrize(
    ("packet", "result"),
    [
        ("02 00 00 01 00 33 31", newland.DONE),
        ("02 00 01 01 00 04 01", newland.WRONG_FCS),
        ("02 00 03 01 00 6A 61", newland.UNKNOWN),
        ("02 00 00 01 00 AB CD", newland.DONE),
    ],
)
def test_a_newland_reply_is_read(packet: str, result: int) -> None:
    assert newland.parse(bytes.fromhex(packet)) == newland.Reply(result, b"\0")


@pytest.mark.parametrize("packet", [b"", OK[:-1], OK + b"\0", b"\x03" + OK[1:], OK[:-1] + b"\x32", b"\x02"])
def test_what_is_no_newland_reply_is_refused(packet: bytes) -> None:
    with pytest.raises(newland.PacketError):
        newland.parse(packet)


@pytest.mark.parametrize(("address", "data"), [(-1, b""), (0x10000, b""), (0, bytes(256))])
def test_a_request_that_fits_no_packet_is_refused(address: int, data: bytes) -> None:
    with pytest.raises(ValueError, match="255 bytes and 16 bits"):
        newland.request(newland.WRITE, address, data)


def test_a_text_command_is_for_now_or_for_good() -> None:
    assert newland.text_command("TSUSET0D") == bytes.fromhex("7E 01 30 30 30 30 23") + b"TSUSET0D;\x03"
    assert newland.text_command("FACDEF", permanent=True) == bytes.fromhex("7E0130303030 40") + b"FACDEF;\x03"


@pytest.mark.parametrize("tag", ["", "A;B", "É", "A\r"])
def test_a_tag_that_would_say_more_than_one_thing_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="tag"):
        newland.text_command(tag)


# --- replies among codes ------------------------------------------------------------------------


def test_a_reply_is_parted_from_the_code_that_follows_it() -> None:
    assert sift(OK + b"6A123\r", newland.measure) == Sifted((OK,), b"6A123\r", b"")
    packet = decoded(b"6A123")
    assert sift(b"AB" + packet + b"CD\r", ssi.measure) == Sifted((packet,), b"ABC", b"D\r")


@pytest.mark.parametrize(("packet", "name"), [(OK, "newland"), (decoded(b"6A123"), "ssi")])
def test_a_reply_that_comes_one_byte_at_a_time_is_found_at_its_last(packet: bytes, name: str) -> None:
    measure = TRIGGERS[name].measure  # type: ignore[index]
    assert measure is not None
    for cut in range(1, len(packet)):
        assert sift(packet[:cut], measure) == Sifted((), b"", packet[:cut])
    assert sift(packet, measure).replies == (packet,)


@given(st.binary(max_size=600), st.sampled_from([newland.measure, ssi.measure]))
def test_no_byte_is_lost_and_what_waits_is_short(data: bytes, measure: object) -> None:
    sifted = sift(data, measure)  # type: ignore[arg-type]
    assert sum(map(len, sifted.replies)) + len(sifted.text) + len(sifted.rest) == len(data)
    assert len(sifted.rest) <= 261
