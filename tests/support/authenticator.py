"""A device with passkeys, as browsers speak for one: makes credentials, and signs challenges with them."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from rest_framework.test import APIClient

PRESENT, VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40
ORIGIN = "http://localhost:8000"

Json = dict[str, Any]


def base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """One passkey. ``count`` is what it has signed; tests set it to what a copy would send."""

    def __init__(self, origin: str = ORIGIN, domain: str = "localhost") -> None:
        self.origin, self.domain = origin, domain
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.user_handle = b""
        self.count = 0

    def make(self, options: Json, *, flags: int = PRESENT | VERIFIED, fmt: str = "none") -> Json:
        """Answer the options of ``navigator.credentials.create()``."""
        self.user_handle = from_base64url(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        key = {
            1: 2,
            3: -7,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }
        attested = (
            bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cbor2.dumps(key)
        )
        data = self._data(flags | HAS_CREDENTIAL) + attested
        attestation = cbor2.dumps({"fmt": fmt, "attStmt": {}, "authData": data})
        client = self._client_data("webauthn.create", options["challenge"])
        response = {"clientDataJSON": base64url(client), "attestationObject": base64url(attestation)}
        return self._credential(response | {"transports": ["internal"]})

    def sign(self, options: Json, *, flags: int = PRESENT | VERIFIED, **changes: str) -> Json:
        """Answer the options of ``navigator.credentials.get()``. ``changes`` replace parts of the response."""
        self.count += 1
        data = self._data(flags)
        client = self._client_data("webauthn.get", options["challenge"])
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": base64url(client),
            "authenticatorData": base64url(data),
            "signature": base64url(signed),
            "userHandle": base64url(self.user_handle),
        }
        return self._credential(response | changes)

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.domain.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client_data(self, what: str, challenge: str) -> bytes:
        return json.dumps({"type": what, "challenge": challenge, "origin": self.origin}).encode()

    def _credential(self, response: Json) -> Json:
        name = base64url(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}


def add_passkey(client: APIClient, device: Authenticator | None = None) -> str:
    """Add a passkey to the account of an API client that has just signed in. Return its id."""
    made = device or Authenticator()
    options = client.post("/api/v1/auth/passkeys/registration", {}, format="json").json()["public_key"]
    body = {"name": "Laptop", "credential": made.make(options)}
    answer = client.post("/api/v1/auth/passkeys", body, format="json")
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])
