"""One question to one board, and its answer."""

from contract.clock import Clock
from locker_firmware_bridge.boards import BoardConfig
from locker_firmware_bridge.boards.errors import BadReplyError, BoardError, NoReplyError
from locker_firmware_bridge.boards.port import Port
from locker_firmware_bridge.boards.watch import Reading
from locker_firmware_bridge.codecs import FAMILIES, Framer, StatusReply
from locker_firmware_bridge.codecs.frames import add, take_out, time_out


def ask(port: Port, config: BoardConfig, clock: Clock, reply_ms: int) -> Reading:
    """Ask one board for its doors and wait up to `reply_ms` for a valid answer of that very board.

    Raises NoReplyError, BadReplyError, PortLostError. Bytes from before the question are dropped.
    """
    codec = FAMILIES[config.family]
    question = codec.status(config.board)
    port.drop_input()
    port.write(question)
    framer, echo = codec.start(), question if config.echo else b""
    end_ms = clock.mono_ms() + reply_ms
    while clock.mono_ms() < end_ms:
        received, echo = _without_echo(port.read(), echo)
        reply, framer = _answer(add(framer, received), config)
        if reply is not None:
            return _reading(reply, config)
    heard, _ = time_out(framer)
    raise _why_not(config, question, heard)


def _answer(framer: Framer, config: BoardConfig) -> tuple[StatusReply | None, Framer]:
    """The first answer of this board; answers of others are late ones to earlier questions."""
    frames, framer = take_out(framer)
    for frame in frames:
        reply = FAMILIES[config.family].decode(
            frame, hook_closed_bit=config.hook_closed_bit, item_present_bit=config.item_present_bit
        )
        if reply.board == config.board:
            return reply, framer
    return None, framer


def _without_echo(received: bytes, echo: bytes) -> tuple[bytes, bytes]:
    """Take our own question off the front; `echo` is what of it is still to come back."""
    length = min(len(received), len(echo))
    if received[:length] != echo[:length]:
        return received, b""
    return received[length:], echo[length:]


def _reading(reply: StatusReply, config: BoardConfig) -> Reading:
    doors = frozenset(range(1, config.locks + 1))
    return Reading(reply.closed & doors, reply.items & doors if config.has_item_sensor else frozenset())


def _why_not(config: BoardConfig, question: bytes, heard: bytes) -> BoardError:
    if not heard:
        return NoReplyError(f"board {config.board} does not answer: check its power, dial and wires A and B")
    if heard == question:
        return NoReplyError(f"board {config.board} does not answer; the adapter only echoes: check the wires")
    return BadReplyError(
        f"board {config.board} answers what cannot be read, in the end {heard.hex(' ')}: "
        "check the cable, the ground wire and that no two boards share a number"
    )
