"""People of the guide's examples, and tokens that the running site's own key has signed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.stack import Stack

PASSWORD = "correct horse battery"
COOKIE = "refresh"


class Person:
    """Someone with an account on the running site."""

    def __init__(self, site: Stack, name: str) -> None:
        self.api, self.name = f"{site.url}/api/v1", name
        body = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        assert self.post("/auth/register", body).status_code == 201

    def post(self, path: str, body: Mapping[str, Any] | None = None, **options: str) -> requests.Response:
        """Call the API with an ``access`` token and a refresh ``cookie``, if given; other options are headers."""
        access, cookie = options.pop("access", ""), options.pop("cookie", "")
        sent = {"X-Requested-With": "test"}
        sent |= {name.replace("_", "-"): value for name, value in options.items()}
        if access:
            sent["Authorization"] = f"Bearer {access}"
        cookies = {COOKIE: cookie} if cookie else {}
        return requests.post(
            self.api + path, json=dict(body or {}), headers=sent, cookies=cookies, timeout=30
        )

    def sign_in(self, **more: object) -> requests.Response:
        """Sign in with the password; ``more`` is added to the body."""
        return self.post("/auth/token", {"login": self.name, "password": PASSWORD, **more})

    def browser_session(self) -> tuple[str, str]:
        """Sign in as a browser; return the access token and the refresh cookie."""
        answer = self.sign_in()
        return answer.json()["access"], str(answer.cookies[COOKIE])


def name_of(node: pytest.Item) -> str:
    """Return the username of a test's own person."""
    return re.sub(r"[^a-z0-9]+", "-", node.name)[-28:].strip("-")


def resigner(site: Stack) -> Callable[..., str]:
    """Return a function that changes claims of a token and signs it with the site's own key."""

    def change(token: str, **claims: object) -> str:
        header = jwt.get_unverified_header(token)
        path = site.data_dir / "keys" / "tokens" / f"{header['kid']}.pem"
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        old = jwt.decode(token, options={"verify_signature": False})
        kept = {name: header[name] for name in ("kid", "typ")}
        return jwt.encode(old | claims, key, algorithm="EdDSA", headers=kept)

    return change
