"""Bytes to messages and back, behind one ceiling and one error."""

import re
from typing import Any, TypeVar

import msgspec

from contract import messages

CEILING = 64 * 1024
"""No payload is larger, either way (design.md section 4)."""

_SAID = re.compile(r"(?:(?! - at )[^'\",])+")  # up to the first quoted value, in quotes of either kind
_PATH = re.compile(r" - at (`\$[^`'\" ]*`)\Z")

T = TypeVar("T")


class ContractError(ValueError):
    """Bytes that are no message of the contract. The text never repeats the payload."""


_encoder = msgspec.json.Encoder()
_decoders: dict[Any, "msgspec.json.Decoder[Any]"] = {
    kind: msgspec.json.Decoder(kind)
    for kind in vars(messages).values()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
}
"""msgspec finds out about a type where it first meets it, and two threads that do so at once end the process:
all that the contract knows is met here, at import."""
_fact_decoder = msgspec.json.Decoder(messages.AnyFact)  # by name: to hash so large a union takes longer


def encode(message: msgspec.Struct) -> bytes:
    """JSON bytes of a message; ContractError above the ceiling."""
    payload = _encoder.encode(message)
    if len(payload) > CEILING:
        raise ContractError(f"{type(message).__name__} would be {len(payload)} bytes, over {CEILING}")
    return payload


def decode(payload: bytes, kind: type[T]) -> T:
    """The message of type `kind` (a Struct or a tagged union) in `payload`, or ContractError.

    Depth needs no limit of its own: every known field has a flat type, and msgspec skips unknown ones
    under the interpreter's recursion guard.
    """
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    return _decoded(payload, decoder)  # type: ignore[no-any-return]


def decode_fact(body: bytes) -> messages.AnyFact:
    """The fact in an entry's body, or ContractError: quarantine it with its bytes."""
    return _decoded(body, _fact_decoder)  # type: ignore[no-any-return]


def _decoded(payload: bytes, decoder: "msgspec.json.Decoder[Any]") -> Any:
    if len(payload) > CEILING:
        raise ContractError(f"{len(payload)} bytes, over {CEILING}")
    try:
        return decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ContractError(_without_payload(error)) from None


def _without_payload(error: Exception) -> str:
    """msgspec names types and paths; values it quotes (unknown tags, enums) may come from a person."""
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    said, path = _SAID.match(str(error)), _PATH.search(str(error))
    return f"{said[0].strip() if said else 'malformed'} {path[1] if path else ''}".strip()
