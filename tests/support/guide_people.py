"""People of the guide's examples, and tokens that the running site's own key has signed."""

from __future__ import annotations

import re

import jwt
import requests
from cryptography.hazmat.primitives import serialization

PASSWORD = "correct horse battery"
COOKIE = "refresh"


class Person:
    """Someone with an account on the running site."""

    def __init__(self, site, name):
        self.api, self.name = f"{site.url}/api/v1", name
        body = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        assert self.post("/auth/register", body).status_code == 201

    def post(self, path, body=None, *, access="", cookie="", **headers):
        sent = {"X-Requested-With": "test"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        if access:
            sent["Authorization"] = f"Bearer {access}"
        cookies = {COOKIE: cookie} if cookie else {}
        return requests.post(self.api + path, json=body or {}, headers=sent, cookies=cookies, timeout=30)

    def sign_in(self, **more):
        return self.post("/auth/token", {"login": self.name, "password": PASSWORD, **more})

    def browser_session(self):
        answer = self.sign_in()
        return answer.json()["access"], answer.cookies[COOKIE]


def name_of(node):
    """Return the username of a test's own person."""
    return re.sub(r"[^a-z0-9]+", "-", node.name)[-28:].strip("-")


def resigner(site):
    """Return a function that changes claims of a token and signs it with the site's own key."""

    def change(token, **claims):
        header = jwt.get_unverified_header(token)
        path = site.data_dir / "keys" / "tokens" / f"{header['kid']}.pem"
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        old = jwt.decode(token, options={"verify_signature": False})
        kept = {name: header[name] for name in ("kid", "typ")}
        return jwt.encode(old | claims, key, algorithm="EdDSA", headers=kept)

    return change
