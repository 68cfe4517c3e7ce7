"""MongoDB access for ``auth_provider``: identity providers that staff have added, beside those of the environment."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, cast

from pymongo import ASCENDING
from pymongo.collection import Collection

from streamsite.mongo.collections import collection

PROVIDERS = "auth_provider"


class ProviderDoc(TypedDict):
    """A provider, with the fields of ``OidcProvider``; ``_id`` is its name in addresses, the secret is encrypted."""

    _id: str
    label: str
    issuer: str
    client_id: str
    client_secret: bytes
    scopes: list[str]
    may_sign_up: bool
    trusts_email: bool
    groups_claim: str
    staff_groups: list[str]
    quotas: dict[str, int]
    offers_logout: bool
    changed_at: datetime


def _providers() -> Collection[ProviderDoc]:
    return cast("Collection[ProviderDoc]", collection(PROVIDERS))


def list_all() -> list[ProviderDoc]:
    """Return all providers by name."""
    return list(_providers().find().sort("_id", ASCENDING))


def find(provider_id: str) -> ProviderDoc | None:
    """Return a provider."""
    return _providers().find_one({"_id": provider_id})


def put(document: ProviderDoc) -> None:
    """Store a provider in place of a former one of its name."""
    _providers().replace_one({"_id": document["_id"]}, document, upsert=True)


def remove(provider_id: str) -> bool:
    """Delete a provider. Return whether it was there."""
    return bool(_providers().delete_one({"_id": provider_id}).deleted_count)
