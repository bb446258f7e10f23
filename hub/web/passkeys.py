"""What browsers and keys say to each other by WebAuthn, as JSON in forms of ours.

A challenge lies in the browser's signed note and is answered once. A key that signs in must have asked for a
finger, a face or its PIN: it needs neither password nor second step.
"""

import secrets
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import webauthn
from flask import request, session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from hub.store.accounts import Account, account_by_id
from hub.store.database import reading, writing
from hub.store.passkeys import note_use, passkey_by, spend_challenge
from hub.web.guard import hub, now_ms

LONGEST_ANSWER: Final = 16 * 1024
ANSWER_MS: Final = 600_000
"""How long a page that asks for a key may stand open."""
_CHALLENGE: Final = "challenge"
_UNUSABLE: Final = (WebAuthnException, ValueError, KeyError, TypeError, IndexError)
"""What the library raises for answers that are none."""


@dataclass(frozen=True)
class NewKey:
    """A key that proved itself: what browsers call it, its public half, how often it was used."""

    credential: bytes
    public_key: bytes
    uses: int


def options_to_add(account: Account, known: list[Any]) -> str:
    """What somebody's own page asks their browser for, as JSON; a key they have is not taken again."""
    options = webauthn.generate_registration_options(
        rp_id=_name(),
        rp_name="Conciergerie",
        user_id=account.id.encode(),
        user_name=account.name,
        challenge=_fresh_challenge(),
        timeout=ANSWER_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in known],
    )
    return webauthn.options_to_json(options)


def options_to_enter() -> str:
    """What the entrance asks a browser for, as JSON: any key it has for this hub."""
    options = webauthn.generate_authentication_options(
        rp_id=_name(),
        challenge=_fresh_challenge(),
        timeout=ANSWER_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def added(answer: str) -> NewKey | None:
    """The key a browser made for the last challenge; None for what is none."""
    asked = _taken_challenge()
    if asked is None or len(answer) > LONGEST_ANSWER:
        return None
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=asked[0],
            expected_rp_id=_name(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except _UNUSABLE:
        return None
    return NewKey(made.credential_id, made.credential_public_key, made.sign_count)


def entered(answer: str) -> Account | None:
    """Whose key answered the last challenge, for the first time; None where none did."""
    asked = _taken_challenge()
    if asked is None or len(answer) > LONGEST_ANSWER:
        return None
    try:
        credential = parse_authentication_credential_json(answer)
        with reading(hub().engine) as connection:
            kept = passkey_by(connection, credential.raw_id)
        if kept is None:
            return None
        proof = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=asked[0],
            expected_rp_id=_name(),
            expected_origin=_origin(),
            credential_public_key=kept.public_key,
            credential_current_sign_count=kept.uses,
            require_user_verification=True,
        )
    except _UNUSABLE:
        return None
    with writing(hub().engine) as connection:
        if not spend_challenge(connection, *asked, now_ms()):
            return None
        note_use(connection, kept.id, proof.new_sign_count, now_ms())
        return account_by_id(connection, kept.account)


def _fresh_challenge() -> bytes:
    challenge = secrets.token_bytes(32)
    session[_CHALLENGE] = [bytes_to_base64url(challenge), now_ms() + ANSWER_MS]
    return challenge


def _taken_challenge() -> tuple[bytes, int] | None:
    """The last challenge and until when it was good; a browser that kept its old note finds it spent."""
    text, until_ms = session.pop(_CHALLENGE, ("", 0))
    return (base64url_to_bytes(text), until_ms) if now_ms() < until_ms else None


def _name() -> str:
    """What keys know this hub by: the name in its address. The guard let no other name in."""
    return urlsplit(request.host_url).hostname or ""


def _origin() -> str:
    return request.host_url.rstrip("/")
