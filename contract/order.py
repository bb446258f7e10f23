"""What exactly the hub signs when it orders a door open.

The signing key never leaves the hub and is in no broker: a message made by a broker's own
administrator is refused (SEC-07). Signing and checking are Ed25519 (RFC 8032) by `cryptography`.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contract.messages import RemoteOpen

_DOMAIN = b"conciergerie/1 remote_open"


def order_bytes(device: str, order: RemoteOpen) -> bytes:
    """Canonical bytes of an order for one bridge: fields parted by NUL.

    Only the reason may contain one, and it comes last, so that no two orders have the same bytes.
    """
    fields = (
        device,
        order.order,
        order.nonce,
        str(order.compartment),
        str(order.allocation),
        order.actor,
        order.reason,
    )
    return _DOMAIN + b"\0" + b"\0".join(field.encode() for field in fields)


def sign(key: Ed25519PrivateKey, device: str, order: RemoteOpen) -> str:
    """The hub's signature, 128 hex digits."""
    return key.sign(order_bytes(device, order)).hex()


def is_signed(public_key: bytes, device: str, order: RemoteOpen) -> bool:
    """Whether `order` bears the signature of the hub's order key (32 raw bytes)."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            bytes.fromhex(order.signature), order_bytes(device, order)
        )
    except (InvalidSignature, ValueError):
        return False
    return True
