"""A HID scanner: real input events through a pipe in place of the device."""

import errno
import os
import select
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.scans.message import Dropped, Message
from kiosk.scanner.keyboard import EV_KEY, EV_SYN, EVENT, SYN_DROPPED, KeyboardDevice, open_grabbed
from kiosk.scanner.source import (
    ScannerBusyError,
    ScannerError,
    ScannerForbiddenError,
    ScannerLostError,
    ScannerNotFoundError,
)
from tests.fakes.wedge import ALT, ENTER, SHIFT, Press, press, typed

DEVICE = "/dev/input/by-id/usb-ACME_Scanner-event-kbd"
_EV_MSC, _MSC_SCAN = 4, 4


class Plugged:
    """The keys of a scanner whose device the kiosk has open."""

    def __init__(self) -> None:
        self.device, self._keys = os.pipe()
        os.set_blocking(self.device, False)
        self.asked: list[str] = []

    def open(self, path: str) -> int:
        self.asked.append(path)
        return self.device

    def writes(self, data: bytes) -> None:
        os.write(self._keys, data)

    def presses(self, presses: Iterable[Press]) -> None:
        """As the kernel tells it: what the hardware said, the key, the end of the report."""
        for code, value in presses:
            self.writes(events((_EV_MSC, _MSC_SCAN, 0x70004), (EV_KEY, code, value), (EV_SYN, 0, 0)))

    def types(self, text: str) -> None:
        self.presses([*typed(text, "us"), *press(ENTER)])

    def is_pulled_out(self) -> None:
        with suppress(OSError):
            os.close(self._keys)


def events(*told: tuple[int, int, int]) -> bytes:
    return b"".join(EVENT.pack(1_795_000_000, 250_000, *one) for one in told)


def heard(device: KeyboardDevice, count: int) -> list[Message | Dropped]:
    found: list[Message | Dropped] = []
    for _ in range(100):
        found += device.listen()
        if len(found) >= count:
            return found
    raise AssertionError(f"only {found}")


def drained(plugged: Plugged, device: KeyboardDevice) -> list[Message | Dropped]:
    """All that has ended among what was typed so far, without a silence."""
    found: list[Message | Dropped] = []
    while select.select([plugged.device], [], [], 0)[0]:
        found += device.listen()
    return found


@pytest.fixture
def plugged() -> Iterator[Plugged]:
    here = Plugged()
    yield here
    here.is_pulled_out()
    with suppress(OSError):
        os.close(here.device)


@pytest.fixture
def device(plugged: Plugged) -> KeyboardDevice:
    return KeyboardDevice(DEVICE, "us", plugged.open)


def test_what_is_typed_is_read_and_the_device_is_the_one_of_the_settings(
    plugged: Plugged, device: KeyboardDevice
) -> None:
    plugged.types("]C06A12345678905")
    plugged.types("hello-42")
    assert heard(device, 2) == [Message("]C06A12345678905"), Message("hello-42")]
    assert plugged.asked == [DEVICE]


def test_an_event_is_as_long_as_the_kernels(plugged: Plugged, device: KeyboardDevice) -> None:
    assert EVENT.size == (24 if os.uname().machine.endswith("64") else 16)


def test_without_enter_silence_ends_it(plugged: Plugged, device: KeyboardDevice) -> None:
    plugged.presses(typed("AB", "us"))
    assert heard(device, 1) == [Message("AB", ended=False)]
    assert device.listen() == ()


def test_events_that_are_cut_anywhere_are_put_together(plugged: Plugged, device: KeyboardDevice) -> None:
    told = events(*((EV_KEY, code, value) for code, value in (*typed("6A1", "us"), *press(ENTER))))
    found: list[Message | Dropped] = []
    for byte in told:
        plugged.writes(bytes((byte,)))
        found += device.listen()
    assert found == [Message("6A1")]


def test_a_french_scanner_is_read_with_its_own_keyboard(plugged: Plugged) -> None:
    device = KeyboardDevice(DEVICE, "fr", plugged.open)
    plugged.presses([*typed("]C06A1-MQWZ", "fr"), *press(ENTER)])
    assert heard(device, 1) == [Message("]C06A1-MQWZ")]


def test_alt_codes_hotkeys_and_codes_without_an_end_do_no_harm(
    plugged: Plugged, device: KeyboardDevice
) -> None:
    plugged.presses([(ALT, 1), *press(77), *press(76), (ALT, 0), *press(ENTER)])
    plugged.presses([(29, 1), (ALT, 1), *press(111), (ALT, 0), (29, 0), *press(ENTER)])
    plugged.types("AB")
    assert heard(device, 3) == [Dropped("alt_keypad", 2), Dropped("control", 1), Message("AB")]


def test_events_the_kernel_had_to_drop_end_nothing_wrongly(plugged: Plugged, device: KeyboardDevice) -> None:
    plugged.presses([*typed("6A12", "us"), (SHIFT, 1)])
    plugged.writes(events((EV_SYN, SYN_DROPPED, 0)))
    plugged.types("ab")
    assert heard(device, 1) == [Message("ab")]


def test_ten_kilobytes_are_dropped_whole(plugged: Plugged, device: KeyboardDevice) -> None:
    found: list[Message | Dropped] = []
    for _ in range(160):
        plugged.presses(typed("1234567890" * 6 + "1234", "us"))
        found += drained(plugged, device)
    plugged.types("")
    plugged.types("AB")
    assert found + heard(device, 2) == [Dropped("too_long", 10_240), Message("AB")]


def test_a_scanner_that_is_pulled_out_is_gone(plugged: Plugged, device: KeyboardDevice) -> None:
    plugged.is_pulled_out()
    with pytest.raises(ScannerLostError, match="check its plug"):
        device.listen()
    device.close()
    with pytest.raises(ScannerLostError, match=DEVICE):
        device.listen()
    device.close()


@pytest.mark.parametrize(
    ("number", "error", "remedy"),
    [
        (errno.EBUSY, ScannerBusyError, "another program has grabbed"),
        (errno.EACCES, ScannerForbiddenError, "add it to the group input"),
        (errno.EPERM, ScannerForbiddenError, "add it to the group input"),
        (errno.ENOENT, ScannerNotFoundError, "check its name and its plug"),
        (errno.ENODEV, ScannerNotFoundError, "check its name and its plug"),
        (errno.ENOTTY, ScannerNotFoundError, "take one of /dev/input/by-id"),
    ],
)
def test_what_cannot_be_opened_or_grabbed_is_said_with_the_next_step(
    number: int, error: type[ScannerError], remedy: str
) -> None:
    def refuse(path: str) -> int:
        raise OSError(number, os.strerror(number), path)

    with pytest.raises(error, match=remedy) as refused:
        KeyboardDevice(DEVICE, "us", refuse)
    assert DEVICE in str(refused.value)


def is_open(path: Path) -> bool:
    """Whether this process has it open; of other files other threads open some."""
    found = set()
    for one in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(one.readlink())
    return path in found


def test_a_file_that_is_no_input_device_is_not_grabbed_and_not_left_open(tmp_path: Path) -> None:
    path = tmp_path / "event7"
    path.touch()
    with path.open():
        assert is_open(path)
    with pytest.raises(ScannerNotFoundError, match="no input device"):
        KeyboardDevice(str(path), "us")
    with pytest.raises(FileNotFoundError):
        open_grabbed(str(tmp_path / "none"))
    assert not is_open(path)


@given(st.binary(max_size=400))
def test_any_bytes_at_all_raise_nothing(data: bytes) -> None:
    plugged = Plugged()
    device = KeyboardDevice(DEVICE, "us", plugged.open)
    plugged.writes(data + b"\0")
    drained(plugged, device)
    plugged.is_pulled_out()
    device.close()
