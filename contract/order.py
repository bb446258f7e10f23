"""What exactly the hub signs when it orders a door open, something noted on a shelf place, or a place in use.

The signing key never leaves the hub and is in no broker: a message made by a broker's own
administrator is refused (SEC-07). Signing and checking are Ed25519 (RFC 8032) by `cryptography`.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contract.messages import RemoteOpen, SetUse, SignedOrder, TakeIn


def order_bytes(device: str, order: SignedOrder) -> bytes:
    """Canonical bytes of an order for one bridge: its kind, then its fields, parted by NUL.

    Only the last field may contain one, so that no two orders have the same bytes.
    """
    match order:
        case RemoteOpen():
            kind, fields = b"remote_open", _of_open(order)
        case TakeIn():
            kind, fields = b"take_in", _of_take_in(order)
        case SetUse():
            kind, fields = b"set_use", _of_use(order)
    return b"conciergerie/1 " + kind + b"\0" + b"\0".join(field.encode() for field in (device, *fields))


def _of_open(order: RemoteOpen) -> tuple[str, ...]:
    place = (str(order.compartment), str(order.allocation))
    return order.order, order.nonce, *place, order.actor, order.reason


def _of_take_in(order: TakeIn) -> tuple[str, ...]:
    """A place that is to be chosen is number 0; a carrier that is not known has no letters."""
    what = (order.item, order.person, "named" if order.named else "nameless", order.kind, order.size)
    place = str(order.compartment or 0)
    return order.order, order.nonce, *what, place, order.actor, order.carrier or "", order.label


def _of_use(order: SetUse) -> tuple[str, ...]:
    place = (str(order.compartment), str(order.allocation), "usable" if order.usable else "out")
    return order.order, order.nonce, *place, order.actor, order.reason


def sign(key: Ed25519PrivateKey, device: str, order: SignedOrder) -> str:
    """The hub's signature, 128 hex digits."""
    return key.sign(order_bytes(device, order)).hex()


def is_signed(public_key: bytes, device: str, order: SignedOrder) -> bool:
    """Whether `order` bears the signature of the hub's order key (32 raw bytes)."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            bytes.fromhex(order.signature), order_bytes(device, order)
        )
    except (InvalidSignature, ValueError):
        return False
    return True
