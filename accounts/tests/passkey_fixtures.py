"""Helpers of the passkey tests: API calls, and a passkey of the owner."""

from __future__ import annotations

import json

import pytest
from rest_framework.test import APIClient

from tests.support.authenticator import Authenticator

AUTH = "/api/v1/auth"
BASE = f"{AUTH}/passkeys"


def post(client, path, body=None):
    return client.post(path, json.dumps(body or {}), content_type="application/json")


def options(client, purpose="sign_in"):
    answer = post(client, f"{BASE}/options", {"purpose": purpose})
    assert answer.status_code == 200, answer.content
    return answer.json()["public_key"]


def add(client, device, name="Laptop", **how):
    started = post(client, f"{BASE}/registration")
    assert started.status_code == 200, started.content
    body = {"name": name, "credential": device.make(started.json()["public_key"], **how)}
    return post(client, BASE, body)


def sign_in(device, client=None, **how):
    client = client or APIClient()
    credential = device.sign(options(client), **how)
    return post(client, f"{BASE}/token", {"credential": credential, "client": "native"})


@pytest.fixture
def device(cast):
    """A passkey of the owner's."""
    made = Authenticator()
    assert add(cast.api("owner"), made).status_code == 201
    return made


def result(answer):
    return answer.status_code, answer.json().get("code")


REFUSED = (401, "passkey_invalid")
