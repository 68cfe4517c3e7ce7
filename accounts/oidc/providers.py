"""The identity providers of the site: those of the environment, and those that superusers added in the browser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.oidc import discovery, provider_store
from accounts.oidc.errors import OidcFailed
from accounts.oidc.provider_store import ProviderDoc
from streamsite import encryption
from streamsite.caching import cached
from streamsite.errors import Absent, Conflict, Invalid
from streamsite.oidc_provider import OidcProvider

# A permission that does not exist: superusers have it, and nobody can be given it.
PERMISSION = "accounts.manage_identity_providers"
PURPOSE = "streamsite.oidc"
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
MAX_PROVIDERS = 20
# How long the processes of a site may not know of a change.
KEPT_SECONDS = 5.0


def all_providers() -> list[OidcProvider]:
    """Return all providers, those of the environment first; of two with one name, that of the environment."""
    fixed: tuple[OidcProvider, ...] = settings.OIDC_PROVIDERS
    names = {one.id for one in fixed}
    return [*fixed, *(one for one in _added() if one.id not in names)]


def find(provider_id: str) -> OidcProvider:
    """Return the provider of this name. Raises ``Absent``."""
    for provider in all_providers():
        if provider.id == provider_id:
            return provider
    raise Absent


def is_fixed(provider_id: str) -> bool:
    """Return whether the environment has the provider, so that the browser cannot change it."""
    return any(one.id == provider_id for one in settings.OIDC_PROVIDERS)


@cached(seconds=KEPT_SECONDS)
def _added() -> list[OidcProvider]:
    return [_decode(row) for row in provider_store.list_all()]


def _decode(row: ProviderDoc) -> OidcProvider:
    return OidcProvider(
        id=row["_id"],
        label=row["label"],
        issuer=row["issuer"],
        client_id=row["client_id"],
        client_secret=_decrypt(row["client_secret"]),
        scopes=tuple(row["scopes"]),
        may_sign_up=row["may_sign_up"],
        trusts_email=row["trusts_email"],
        groups_claim=row["groups_claim"],
        staff_groups=tuple(row["staff_groups"]),
        quotas=row["quotas"],
        offers_logout=row["offers_logout"],
    )


def _decrypt(value: bytes) -> str:
    """Return the secret; an unreadable one (``SECRET_KEY`` was replaced without a fallback) opens nothing."""
    try:
        return encryption.cipher(PURPOSE).decrypt(bytes(value)).decode()
    except InvalidToken:
        return "unreadable"


def save(
    provider_id: str, values: Mapping[str, Any], *, actor: User, request: HttpRequest, is_new: bool
) -> OidcProvider:
    """Store a provider whose metadata can be read, and return it. An empty secret leaves the former one.

    Raises ``Absent``, ``Invalid`` with field errors, or ``Conflict`` for a name that is taken, or at the limit.
    """
    known = provider_store.find(provider_id)
    if is_new:
        if known is not None or is_fixed(provider_id):
            raise Conflict(_("There is a provider of this name already."))
        if not NAME.fullmatch(provider_id):
            sentence = _("Use up to 32 lowercase letters, numbers, or hyphens.")
            raise Invalid(fields={"name": [sentence]})
        if len(provider_store.list_all()) >= MAX_PROVIDERS:
            raise Conflict(_("You've reached the limit. Remove a provider first."))
    elif known is None:
        raise Absent
    given = str(values["client_secret"])
    is_kept = known is not None and not given
    if is_kept and known is not None and known["issuer"] != values["issuer"]:
        # The secret of one provider is not sent to another.
        raise Invalid(fields={"client_secret": [_("Enter the client secret again for another issuer.")]})
    secret = known["client_secret"] if is_kept and known is not None else _encrypt(given)
    row = ProviderDoc(
        _id=provider_id,
        label=str(values["label"]),
        issuer=str(values["issuer"]),
        client_id=str(values["client_id"]),
        client_secret=secret,
        scopes=list(values["scopes"]),
        may_sign_up=bool(values["may_sign_up"]),
        trusts_email=bool(values["trusts_email"]),
        groups_claim=str(values["groups_claim"]),
        staff_groups=list(values["staff_groups"]),
        quotas=dict(values["quotas"]),
        offers_logout=bool(values["offers_logout"]),
        changed_at=datetime.now(UTC),
    )
    provider = _decode(row)
    _require_metadata(provider)
    provider_store.put(row)
    _added.clear()
    audit.record("provider_saved", actor.pk, request=request, actor=actor)
    return provider


def _encrypt(secret: str) -> bytes:
    return encryption.cipher(PURPOSE).encrypt(secret.encode())


def _require_metadata(provider: OidcProvider) -> None:
    try:
        discovery.forget()
        discovery.load_metadata(provider)
    except OidcFailed as error:
        sentence = _("The provider's metadata couldn't be read: %(reason)s") % {"reason": error.reason}
        raise Invalid(fields={"issuer": [sentence]}) from None


def remove(provider_id: str, *, actor: User, request: HttpRequest) -> None:
    """Delete a provider that was added in the browser: nobody signs in by it any more. Raises ``Absent``."""
    if not provider_store.remove(provider_id):
        raise Absent
    _added.clear()
    audit.record("provider_removed", actor.pk, request=request, actor=actor)


def forget() -> None:
    """Drop what this process remembers."""
    _added.clear()
