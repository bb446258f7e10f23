"""A key that signs as WebAuthn says (level 2, sections 6.1, 6.5.4, 7): real curves, real CBOR, no browser."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
_ES256: Final = -7


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


class Authenticator:
    """One key of one person. `flags`: what it says of the person before it; `uses`: how often it was used."""

    def __init__(self, origin: str = "http://localhost", name: str = "localhost") -> None:
        self.origin, self.name = origin, name
        self.flags = PRESENT | VERIFIED
        self.uses = 0
        self.credential = secrets.token_bytes(32)
        self.key = ec.generate_private_key(ec.SECP256R1())

    def makes(self, options: dict[str, Any]) -> str:
        """What the browser sends for the options of a page that adds a key."""
        numbers = self.key.public_key().public_numbers()
        public = {
            1: 2,
            3: _ES256,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }
        told = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(public)
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + told}
        client = self._client("webauthn.create", options)
        return self._answer(clientDataJSON=client, attestationObject=cbor2.dumps(attested))

    def signs(self, options: dict[str, Any]) -> str:
        """What the browser sends for the options of the entrance."""
        self.uses += 1
        client, data = self._client("webauthn.get", options), self._data()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _data(self, more: int = 0) -> bytes:
        named = hashlib.sha256(self.name.encode()).digest()
        return named + bytes([self.flags | more]) + self.uses.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        challenge = _text(urlsafe_b64decode(options["challenge"] + "=="))
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, **response: bytes) -> str:
        parts = {name: _text(content) for name, content in response.items()}
        name = _text(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": parts})
