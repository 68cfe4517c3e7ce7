"""The passkeys of an account: list, add, rename, remove."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pymongo.errors import DuplicateKeyError
from webauthn import generate_registration_options
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts import audit, password_sign_in, reauthentication, tasks, user_store
from accounts.models import User
from accounts.passkeys import challenges, relying_party, store, verification
from accounts.passkeys.assertions import passkey_id_of
from accounts.passkeys.store import PasskeyDoc
from accounts.passkeys.verification import Credential, NewCredential
from accounts.schemas import PasskeyDict
from accounts.security_epoch import CHANGED_MEANWHILE, raise_epoch
from accounts.sessions import aware
from streamsite.errors import Absent, Conflict, Invalid
from streamsite.mongo.retry import run_in_transaction
from streamsite.rate_limits import PASSKEY_CHALLENGES, enforce
from streamsite.sanitize import clean_line
from streamsite.site_settings.identity import site_name

MAX_NAME_LENGTH = 80


class PasskeyNotAccepted(Invalid):
    """A new passkey is not acceptable. 400, since clients would refresh and retry on 401."""

    code = "passkey_invalid"
    detail = gettext_lazy("This passkey wasn't accepted. Try again.")


def can_use(user: User) -> bool:
    """Return whether the account has a passkey and the site's address allows its use."""
    return relying_party.is_available() and store.count_for_user(user.pk) > 0


def list_passkeys(user: User) -> list[PasskeyDict]:
    """Return the account's passkeys as their owner sees them, oldest first."""
    return [serialize(row) for row in store.list_for_user(user.pk)]


def serialize(row: PasskeyDoc) -> PasskeyDict:
    """Return a passkey as its owner sees it."""
    return {
        "id": row["_id"],
        "name": row["name"],
        "is_synced": row["is_synced"],
        "created_at": aware(row["created_at"]),
        "last_used_at": aware(row["last_used_at"]) if row["last_used_at"] is not None else None,
    }


def start_registration(user: User, session_id: str | None) -> dict[str, Any]:
    """Return the options of ``navigator.credentials.create()`` with a challenge that counts in this session only.

    Raises ``ProofRequired`` without a recent proof of identity, ``PasskeysUnavailable``, or ``Throttled``.
    """
    password_sign_in.require_open()
    party = relying_party.current()
    reauthentication.require_recent_proof(user, session_id)
    enforce(PASSKEY_CHALLENGES, user.pk)
    options = generate_registration_options(
        rp_id=party.domain,
        rp_name=site_name(),
        user_id=user.pk.encode(),
        user_name=user.username,
        user_display_name=user.get_full_name() or user.username,
        challenge=challenges.issue(challenges.REGISTRATION, session_id or ""),
        timeout=int(challenges.LIFETIME.total_seconds() * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=row["credential_id"]) for row in store.list_for_user(user.pk)
        ],
    )
    return options_to_json_dict(options)


def add(
    request: HttpRequest, user: User, *, session_id: str | None, name: str, credential: Credential
) -> PasskeyDict:
    """Store a passkey that answers a challenge of this session, and notify the owner. Return it.

    Raises ``ProofRequired``, ``PasskeyNotAccepted``, ``Invalid`` for the name, and ``Conflict`` at the limit or if the
    account was changed meanwhile.
    """
    party = relying_party.current()
    name = _clean_name(name)
    reauthentication.require_recent_proof(user, session_id)
    try:
        challenge = verification.challenge_of_registration(credential)
        if challenges.consume(challenge, challenges.REGISTRATION, session_id or "") is None:
            raise PasskeyNotAccepted
        found = verification.check_registration(credential, challenge, party)
    except verification.Unacceptable:
        raise PasskeyNotAccepted from None
    row = _new_row(user, name, found)
    try:
        run_in_transaction(lambda: _store(user, row))
    except DuplicateKeyError:
        raise PasskeyNotAccepted from None
    audit.record("passkey_added", user.pk, request=request)
    tasks.enqueue_mail("passkey_added", user, passkey_name=name)
    return serialize(row)


def _new_row(user: User, name: str, found: NewCredential) -> PasskeyDoc:
    return {
        "_id": passkey_id_of(found.credential_id),
        "user_id": user.pk,
        "credential_id": found.credential_id,
        "public_key": found.public_key,
        "sign_count": found.sign_count,
        "name": name,
        "transports": found.transports,
        "is_synced": found.is_synced,
        "created_at": datetime.now(UTC),
        "last_used_at": None,
    }


def _store(user: User, row: PasskeyDoc) -> None:
    """Insert the row while the account is as it was when it was checked, below the limit."""
    if not user_store.claim_epoch(user.pk, user.security_epoch):
        raise Conflict(CHANGED_MEANWHILE)
    limit: int = settings.MAX_PASSKEYS_PER_USER
    if store.count_for_user(user.pk) >= limit:
        raise Conflict(
            ngettext(
                "You've reached the limit of %(limit)d passkey. Remove one first.",
                "You've reached the limit of %(limit)d passkeys. Remove one first.",
                limit,
            )
            % {"limit": limit}
        )
    store.insert(row)


def rename(user: User, passkey_id: str, name: str) -> PasskeyDict:
    """Name a passkey of the account and return it. Raises ``Absent`` or ``Invalid``."""
    name = _clean_name(name)
    if not store.rename(user.pk, passkey_id, name):
        raise Absent
    row = store.find(passkey_id)
    if row is None or row["user_id"] != user.pk:
        raise Absent
    return serialize(row)


def remove(request: HttpRequest, user: User, passkey_id: str, *, session_id: str | None) -> None:
    """Remove a passkey of the account, end its other sessions and its API tokens, and notify the owner.

    Raises ``Absent``, ``ProofRequired``, or ``Conflict`` if the account was changed meanwhile.
    """

    def change() -> PasskeyDoc | None:
        removed = store.remove(user.pk, passkey_id)
        if removed is not None:
            raise_epoch(user, keep=session_id, reason="passkey_removed")
        return removed

    known = store.find(passkey_id)
    if known is None or known["user_id"] != user.pk:
        raise Absent
    reauthentication.require_recent_proof(user, session_id)
    removed = run_in_transaction(change)
    if removed is None:
        raise Absent
    audit.record("passkey_removed", user.pk, request=request)
    tasks.enqueue_mail("passkey_removed", user, passkey_name=removed["name"])


def _clean_name(name: str) -> str:
    name = clean_line(name)
    if not name or len(name) > MAX_NAME_LENGTH:
        problem = _("Enter a name of up to %(limit)d characters.") % {"limit": MAX_NAME_LENGTH}
        raise Invalid(_("Please fix the errors below."), fields={"name": [problem]})
    return name
