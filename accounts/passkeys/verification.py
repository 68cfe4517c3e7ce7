"""Verification of authenticators' responses by ``webauthn``. Nothing in a response is trusted before that."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import (
    encode_cbor,
    parse_attestation_object,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AttestationFormat, CredentialDeviceType

from accounts.passkeys.relying_party import RelyingParty

# What the library and its parsers raise on hostile input, besides errors of their own.
MALFORMED = (
    *(WebAuthnException, UnsupportedAlgorithm, struct.error, ArithmeticError, AttributeError),
    *(LookupError, RecursionError, TypeError, ValueError, EOFError),
)
MAX_CREDENTIAL_ID = 1_023
KNOWN_TRANSPORTS = ("ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb")

Credential = Mapping[str, object]


class Unacceptable(Exception):
    """The response is malformed, not for this site, or not signed as it must be."""


@dataclass(frozen=True)
class NewCredential:
    """A credential that an authenticator has made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    is_synced: bool
    transports: list[str]


@dataclass(frozen=True)
class Assertion:
    """A signed response to a challenge, parsed and not yet verified."""

    credential: Credential
    credential_id: bytes
    challenge: bytes
    user_id: str | None


@dataclass(frozen=True)
class Signature:
    """A signature that was checked."""

    sign_count: int
    is_synced: bool


def challenge_of_registration(credential: Credential) -> bytes:
    """Return the challenge that a new credential answers. Raises ``Unacceptable``."""
    try:
        parsed = parse_registration_credential_json(dict(credential))
        return parse_client_data_json(parsed.response.client_data_json).challenge
    except MALFORMED as error:
        raise Unacceptable from error


def check_registration(credential: Credential, challenge: bytes, party: RelyingParty) -> NewCredential:
    """Return a new credential whose authenticator has verified its user. Raises ``Unacceptable``."""
    try:
        parsed = parse_registration_credential_json(dict(credential))
        _require_no_certificates(parsed.response.attestation_object)
        found = verify_registration_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=party.domain,
            expected_origin=party.origin,
            require_user_verification=True,
        )
        named = [str(one.value) for one in parsed.response.transports or []]
    except MALFORMED as error:
        raise Unacceptable from error
    if len(found.credential_id) > MAX_CREDENTIAL_ID:
        raise Unacceptable
    return NewCredential(
        found.credential_id,
        found.credential_public_key,
        found.sign_count,
        found.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
        [name for name in KNOWN_TRANSPORTS if name in named],
    )


def _require_no_certificates(attestation_object: bytes) -> None:
    """Accept no attestation but the key's own: the site asks for none, and chains would be parsed for nothing."""
    parsed = parse_attestation_object(attestation_object)
    if parsed.fmt not in {AttestationFormat.NONE, AttestationFormat.PACKED} or parsed.att_stmt.x5c:
        raise Unacceptable


def read_assertion(credential: Credential) -> Assertion:
    """Parse an assertion. Raises ``Unacceptable``."""
    try:
        parsed = parse_authentication_credential_json(dict(credential))
        client_data = parse_client_data_json(parsed.response.client_data_json)
        handle = parsed.response.user_handle
        user_id = handle.decode("ascii") if handle else None
    except MALFORMED as error:
        raise Unacceptable from error
    return Assertion(credential, parsed.raw_id, client_data.challenge, user_id)


def check_assertion(
    assertion: Assertion, public_key: bytes, party: RelyingParty, *, must_verify_user: bool
) -> Signature:
    """Return a signature by ``public_key`` over the assertion's challenge. Raises ``Unacceptable``.

    Its count is not compared: without a right signature it says nothing, so the caller does that afterwards.
    """
    try:
        found = verify_authentication_response(
            credential=dict(assertion.credential),
            expected_challenge=assertion.challenge,
            expected_rp_id=party.domain,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=must_verify_user,
        )
    except MALFORMED as error:
        raise Unacceptable from error
    is_synced = found.credential_device_type == CredentialDeviceType.MULTI_DEVICE
    return Signature(found.new_sign_count, is_synced)


@cache
def nobodys_key() -> bytes:
    """Return a public key that no passkey has, to check signatures of unknown credentials by: that takes as long."""
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    # COSE: an elliptic curve key (2) for ES256 (-7) on P-256 (1), and its point.
    point = {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
    return encode_cbor({1: 2, 3: -7, -1: 1, **point})
