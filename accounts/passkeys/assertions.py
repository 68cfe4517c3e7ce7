"""The account behind an assertion: for signing in, as a second factor, and as a new proof of identity."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from webauthn import generate_authentication_options
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import UserVerificationRequirement

from accounts import audit, tasks
from accounts.models import User
from accounts.passkeys import challenges, relying_party, store, verification
from accounts.passkeys.relying_party import RelyingParty
from accounts.passkeys.store import PasskeyDoc
from accounts.passkeys.verification import Assertion, Credential, Signature
from streamsite.errors import SiteError, Throttled
from streamsite.rate_limits import (
    PASSKEY,
    PASSKEY_CHALLENGES,
    address_prefix,
    client_address,
    enforce,
    refund,
    throttle_key,
)


class PasskeyInvalid(SiteError):
    """The one error for unknown passkeys, wrong signatures, and challenges that are used, old, or another browser's."""

    status, code = 401, "passkey_invalid"
    detail = _("This passkey wasn't accepted. Try again, or sign in another way.")


@dataclass(frozen=True)
class Proof:
    """An account and the passkey by which its owner has just proved who they are."""

    user: User
    passkey_id: str


def passkey_id_of(credential_id: bytes) -> str:
    """Return the id under which a credential is stored."""
    return hashlib.sha256(credential_id).hexdigest()[:32]


def start(request: HttpRequest, purpose: str, browser: str) -> dict[str, Any]:
    """Return the options of ``navigator.credentials.get()`` with a new challenge. They are the same for everyone.

    Raises ``PasskeysUnavailable`` or ``Throttled``.
    """
    party = relying_party.current()
    enforce(PASSKEY_CHALLENGES, throttle_key(request))
    need = UserVerificationRequirement
    options = generate_authentication_options(
        rp_id=party.domain,
        challenge=challenges.issue(purpose, browser),
        timeout=int(challenges.LIFETIME.total_seconds() * 1000),
        user_verification=need.PREFERRED if purpose == challenges.SECOND_FACTOR else need.REQUIRED,
    )
    return options_to_json_dict(options)


def prove(request: HttpRequest, credential: Credential, purpose: str, *, user_id: str = "") -> Proof:
    """Return the account that signed a challenge of this browser, active or not. The passkey must be of ``user_id``.

    The authenticator must have verified its user, unless a password was given before. Raises ``PasskeyInvalid``,
    ``PasskeysUnavailable``, or ``Throttled``: failures count per address, and are refunded if there was none.
    """
    party = relying_party.current()
    address = throttle_key(request)
    try:
        enforce(PASSKEY, address)
    except Throttled as error:
        audit.record_throttled("login", user_id or None, error, request=request)
        raise
    try:
        assertion = verification.read_assertion(credential)
    except verification.Unacceptable:
        raise PasskeyInvalid from None
    browser = challenges.read_browser(request)
    is_known = challenges.consume(assertion.challenge, purpose, browser) is not None
    row = store.find(passkey_id_of(assertion.credential_id))
    # Read before the passkey is marked as used: a removal in between makes the mark fail, and a later one raises the
    # epoch beyond this account's.
    user = User.objects.filter(pk=row["user_id"]).first() if row is not None else None
    signature = _check(assertion, row, party, must_verify_user=purpose != challenges.SECOND_FACTOR)
    if row is None or user is None or signature is None or not is_known:
        _refuse(request, user)
    if assertion.user_id != user.pk or user_id not in {"", user.pk}:
        _refuse(request, user)
    if row["sign_count"] and signature.sign_count <= row["sign_count"]:
        _warn_of_copy(request, user, row)
        _refuse(request, user)
    if not store.record_use(row, signature.sign_count, signature.is_synced, datetime.now(UTC)):
        _refuse(request, user)
    refund(PASSKEY, address)
    return Proof(user, row["_id"])


def _check(
    assertion: Assertion, row: PasskeyDoc | None, party: RelyingParty, *, must_verify_user: bool
) -> Signature | None:
    """Return the assertion's signature if it is right. Does the same work for an unknown passkey."""
    key = row["public_key"] if row is not None else verification.nobodys_key()
    try:
        return verification.check_assertion(assertion, key, party, must_verify_user=must_verify_user)
    except verification.Unacceptable:
        return None


def _refuse(request: HttpRequest, user: User | None) -> NoReturn:
    audit.record("login", user.pk if user is not None else None, request=request, result="passkey_invalid")
    raise PasskeyInvalid


def _warn_of_copy(request: HttpRequest, user: User, row: PasskeyDoc) -> None:
    """Tell the owner that the passkey counts backwards: somebody else may have a copy of its private key."""
    audit.record("passkey_copied", user.pk, request=request)
    tasks.enqueue_mail(
        "passkey_copied",
        user,
        passkey_name=row["name"],
        user_agent=request.headers.get("User-Agent", "")[:300],
        ip_prefix=address_prefix(client_address(request)),
    )
