"""N4D8B08, R4D8 and R421A08 relay boards, 9600 8N1: registers only (functions 03 and 06), 8 channels.

    momentary      B 06 00 CH 05 00 CRC    about one second, timed by the board; the answer is the same bytes
    for N seconds  B 06 00 CH 06 0N CRC    N 1 to 3 here; the answer is the same bytes
    read inputs    B 03 00 81 00 08 CRC    answer  B 03 10, 8 registers, CRC; a register of 1: active
    all off        B 06 00 00 08 00 CRC    at start and after each reconnection

The shortest pulse is about one second: right for motor locks, at the limit for coils. "On" (0100),
"toggle" (0300) and "all on" (0700) cannot be built: a coil would stay under current if we died.
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

_READ, _WRITE, _MOMENTARY, _SECONDS = 0x03, 0x06, 0x05, 0x06
_LOCKS: Final = range(1, 9)
_DATA_BYTES: Final = 2 * len(_LOCKS)
_STATUS_LENGTH: Final = 5 + _DATA_BYTES
_LENGTHS: Final = {_READ: _STATUS_LENGTH, _WRITE: modbus.ECHO_LENGTH}


def _status(board: int, _locks: int) -> bytes:
    return modbus.framed(board, _READ, 0, 0x81, 0, len(_LOCKS))


def _unlock(board: int, lock: int, pulse_ms: int | None) -> bytes:
    value = (_MOMENTARY, 0) if pulse_ms is None else (_SECONDS, pulse_ms // 1000)
    return modbus.framed(board, _WRITE, 0, lock, *value)


def _lengths(data: bytes) -> tuple[int, ...]:
    if len(data) < modbus.REFUSAL_LENGTH:
        return ()
    known = _LENGTHS.get(data[1])
    return (known,) if known else modbus.lengths(data)


def _read(frame: bytes, wiring: Wiring) -> Reply:
    if frame and frame == _status(frame[0], 0):
        raise OwnQuestionError(f"a question to a board, no answer: {frame.hex(' ')}")
    modbus.check(frame, _lengths(frame))
    board, function = frame[:2]
    if refused := modbus.refusal(frame):
        return refused
    if function == _WRITE:
        return _written(frame)
    if function != _READ:
        raise UnknownCommandError(f"function {function:02x} says nothing about doors: {frame.hex(' ')}")
    if frame[2] != _DATA_BYTES:
        raise FrameTooShortOrLongError(f"{frame[2]} bytes of inputs were announced: {frame.hex(' ')}")
    bits = sum(1 << place for place in range(8) if any(frame[3 + 2 * place : 5 + 2 * place]))
    return status_reply(board, bits, len(_LOCKS), wiring)


def _written(frame: bytes) -> UnlockReply:
    if frame[2] == 0 and frame[3] in _LOCKS and frame[4] in (_MOMENTARY, _SECONDS):
        return UnlockReply(frame[0], frame[3])
    raise UnknownCommandError(f"no pulse of one lock: {frame.hex(' ')}")


N4D8B08: Final = Family(
    name="n4d8b08",
    baud=9600,
    boards=range(1, 65),
    locks=_LOCKS,
    longest=_STATUS_LENGTH,
    reply_ms=500,
    pause_ms=5,
    unlock_reply_ms=500,
    own_pulse_ms=1000,
    pulses_ms=range(1000, 3001, 1000),
    build_status=_status,
    build_unlock=_unlock,
    build_all_off=lambda board: modbus.framed(board, _WRITE, 0, 0, 8, 0),
    read=_read,
    lengths=_lengths,
)
