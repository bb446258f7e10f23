"""Waveshare "Modbus RTU Relay" boards, 9600 8N1, with digital inputs for the door contacts.

    flash on       B 05 02 CH 00 TT CRC    the relay closes for TT tenths of a second, timed by the board;
                                           the answer is the same bytes
    read inputs    B 02 00 00 00 NN CRC    answer  B 02 BYTES DATA.. CRC, bit 0 of the first byte = input 1
    all off        B 05 00 FF 00 00 CRC    at start and after each reconnection; the answer is the same bytes

"On" without an end, "all on" and "toggle" cannot be built: a coil would stay under current if we died.
"""

from typing import Final

from locker_firmware_bridge.codecs import modbus
from locker_firmware_bridge.codecs.family import Family
from locker_firmware_bridge.codecs.frames import (
    FrameTooShortOrLongError,
    OwnQuestionError,
    Reply,
    UnknownCommandError,
    UnlockReply,
    Wiring,
    status_reply,
)

_INPUTS, _WRITE, _FLASH = 0x02, 0x05, 0x02
_LOCKS: Final = range(1, 33)
_USUAL_PULSE_MS: Final = 500
_DATA_BYTES: Final = range(1, _LOCKS[-1] // 8 + 1)
_LONGEST: Final = 5 + _DATA_BYTES[-1]


def _status(board: int, locks: int) -> bytes:
    return modbus.framed(board, _INPUTS, 0, 0, 0, -(-locks // 8) * 8)


def _unlock(board: int, lock: int, pulse_ms: int | None) -> bytes:
    tenths = (pulse_ms or _USUAL_PULSE_MS) // 100
    return modbus.framed(board, _WRITE, _FLASH, lock - 1, 0, tenths)


def _lengths(data: bytes) -> tuple[int, ...]:
    if len(data) < modbus.REFUSAL_LENGTH:
        return ()
    _board, function, count = data[:3]
    if function == _INPUTS and count in _DATA_BYTES:
        return (5 + count,)
    return (modbus.ECHO_LENGTH,) if function == _WRITE else modbus.lengths(data)


def _read(frame: bytes, wiring: Wiring) -> Reply:
    modbus.check(frame, _lengths(frame))
    board, function = frame[:2]
    if refused := modbus.refusal(frame):
        return refused
    if function == _WRITE and frame[2] == _FLASH:
        return UnlockReply(board, frame[3] + 1)
    if function != _INPUTS:
        raise UnknownCommandError(
            f"function {function:02x} moves no lock and tells of none: {frame.hex(' ')}"
        )
    if frame[2] == 0 and len(frame) == modbus.ECHO_LENGTH:
        raise OwnQuestionError(f"a question to a board, no answer: {frame.hex(' ')}")
    if frame[2] not in _DATA_BYTES:
        raise FrameTooShortOrLongError(f"{frame[2]} bytes of inputs were announced: {frame.hex(' ')}")
    bits = int.from_bytes(frame[3:-2], "little")
    return status_reply(board, bits, 8 * frame[2], wiring)


WAVESHARE: Final = Family(
    name="waveshare",
    baud=9600,
    boards=modbus.BOARDS,
    locks=_LOCKS,
    longest=max(_LONGEST, modbus.ECHO_LENGTH),
    reply_ms=500,
    pause_ms=5,
    unlock_reply_ms=500,
    own_pulse_ms=None,
    pulses_ms=range(100, 3001, 100),
    build_status=_status,
    build_unlock=_unlock,
    build_all_off=lambda board: modbus.framed(board, _WRITE, 0, 0xFF, 0, 0),
    read=_read,
    lengths=_lengths,
)
