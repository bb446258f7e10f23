"""One question or order to one board, and its answer."""

from collections.abc import Iterator

from contract.clock import Clock
from locker_firmware_bridge.boards import BoardConfig
from locker_firmware_bridge.boards.errors import BadReplyError, BoardError, NoReplyError
from locker_firmware_bridge.boards.port import Port
from locker_firmware_bridge.boards.watch import Reading
from locker_firmware_bridge.codecs import FAMILIES, Refusal, Reply, StatusReply, UnlockReply
from locker_firmware_bridge.codecs.frames import CEILING_BYTES, add, take_out

_SILENT_READS = 2
"""So many empty reads of 10 ms end an answer that may begin with another: some adapters pause for 16 ms."""
_LATE_MS = 100
"""An answer that has begun in time is heard to its end, this much later at most."""


def ask(port: Port, config: BoardConfig, clock: Clock, reply_ms: int | None = None) -> Reading:
    """Ask one board for its doors and wait for a valid answer of that very board.

    `reply_ms` None: as long as boards of its family may take. Raises NoReplyError, BadReplyError,
    PortLostError. Bytes from before the question are dropped.
    """
    family = FAMILIES[config.family]
    question = family.status(config.board, config.locks)
    heard = Heard()
    port.drop_input()
    port.write(question)
    for reply in replies(port, config, question, clock, reply_ms or family.reply_ms, heard):
        if reply.board != config.board:
            continue  # a late one, to an earlier question
        if isinstance(reply, StatusReply):
            return _reading(reply, config)
        if isinstance(reply, Refusal):
            raise BadReplyError(f"board {config.board} answers, but not for its doors: {reply.why}")
    raise _why_not(config, question, heard.left)


def refusal(port: Port, config: BoardConfig, order: bytes, clock: Clock) -> str:
    """Wait while the board may answer an order that was just sent; what it says is never the state of a door.

    Returns why the board refuses; empty where it does not, or says nothing. Raises PortLostError.
    """
    wait_ms = FAMILIES[config.family].unlock_reply_ms
    if not wait_ms:
        return ""
    for reply in replies(port, config, order, clock, wait_ms, Heard()):
        if reply.board != config.board:
            continue
        if isinstance(reply, Refusal):
            return reply.why
        if isinstance(reply, UnlockReply):
            return ""
    return ""


def switch_off(port: Port, config: BoardConfig, clock: Clock) -> None:
    """Take the current from every output of one board, and leave the line to its answer: the same bytes.

    Without an answer nothing is lost, it is tried again where the board comes back. Raises PortLostError.
    """
    family = FAMILIES[config.family]
    if order := family.all_off(config.board):
        expected, heard = order * (2 if config.echo else 1), b""
        end_ms = clock.mono_ms() + family.unlock_reply_ms
        port.write(order)
        while expected not in heard and clock.mono_ms() < end_ms:
            heard = (heard + port.read())[-CEILING_BYTES:]


class Heard:
    """What came in, bounded: `left` since the last answer that could be read, `first` from the beginning."""

    left = b""
    first = b""


def replies(
    port: Port, config: BoardConfig, sent: bytes, clock: Clock, wait_ms: int, heard: Heard
) -> Iterator[Reply]:
    """Every valid answer of the family to what was sent, whoever it is from, that begins in time."""
    family, wiring = FAMILIES[config.family], config.wiring
    framer, echo = family.start(wiring), sent if config.echo else b""
    end_ms, silent = clock.mono_ms() + wait_ms, 0
    while (now_ms := clock.mono_ms()) < end_ms + _LATE_MS:
        if now_ms >= end_ms and (not heard.left or silent >= _SILENT_READS):
            return
        received, echo = _without_echo(port.read(), echo)
        heard.left = (heard.left + received)[-CEILING_BYTES:]
        heard.first = (heard.first + received)[:CEILING_BYTES]
        framer, silent = add(framer, received), 0 if received else silent + 1
        if silent >= _SILENT_READS or not family.ends_in_silence:
            found, framer = take_out(framer)
            heard.left = b"" if found else heard.left
            yield from (family.decode(one, wiring) for one in found)


def _without_echo(received: bytes, echo: bytes) -> tuple[bytes, bytes]:
    """Take our own bytes off the front; `echo` is what of them is still to come back."""
    length = min(len(received), len(echo))
    if received[:length] != echo[:length]:
        return received, b""
    return received[length:], echo[length:]


def _reading(reply: StatusReply, config: BoardConfig) -> Reading:
    doors = frozenset(range(1, config.locks + 1))
    return Reading(
        closed=reply.closed & doors,
        open=reply.open & doors,
        items=reply.items & doors if config.has_item_sensor else frozenset(),
    )


def _why_not(config: BoardConfig, question: bytes, heard: bytes) -> BoardError:
    if not heard:
        return NoReplyError(
            f"board {config.board} does not answer: check its power, dial, wires A and B, family and baud"
        )
    if heard == question:
        return NoReplyError(f"board {config.board} does not answer; the adapter only echoes: check the wires")
    return BadReplyError(
        f"board {config.board} answers what cannot be read, in the end {heard.hex(' ')}: "
        "check the cable, the ground wire and that no two boards share a number"
    )
