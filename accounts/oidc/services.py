"""Accounts of people at identity providers: find, sign up, link, unlink, and what their groups give them.

An account is found by issuer and subject alone. An email address never links anything, verified or not: whoever has an
account signs in to it first, and connects the provider there.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from pymongo.errors import DuplicateKeyError

from accounts import audit, reauthentication, services, sessions, staff_actions, tasks, user_store
from accounts.models import User
from accounts.oidc import providers, store
from accounts.oidc.id_token import Claims
from accounts.oidc.store import IdentityDoc
from accounts.passkeys import store as passkey_store
from accounts.registration.admission import RegistrationClosed
from accounts.security_epoch import CHANGED_MEANWHILE, raise_epoch
from streamsite.errors import Absent, Conflict, Forbidden
from streamsite.mongo.retry import run_in_transaction
from streamsite.oidc_provider import OidcProvider
from streamsite.sanitize import clean_line

MAX_NAME_LENGTH = 120
# How long ago the provider may have asked for the password where a proof of identity is needed.
PROOF_AGE = timedelta(minutes=2)


class AlreadyLinked(Conflict):
    """The person at the provider has another account here, or the account somebody else at the provider."""

    code = "identity_linked"
    detail = _("This sign-in is already connected to an account.")


class ProofRefused(Forbidden):
    """The provider did not ask for a password, or the person there is somebody else."""

    code = "proof_refused"
    detail = _("Your identity couldn't be confirmed this way. Sign out and sign in again.")


class LastWayIn(Conflict):
    """Without this identity nobody could sign in to the account."""

    code = "last_way_in"
    detail = _("This is the only way to sign in to your account. Set a password or add a passkey first.")


def display_name(claims: Claims) -> str:
    """Return what the provider calls the person, for lists."""
    for name in ("email", "preferred_username", "name"):
        if value := clean_line(claims.text(name)):
            return value[:MAX_NAME_LENGTH]
    return clean_line(claims.subject)[:MAX_NAME_LENGTH]


def find_user(claims: Claims) -> User | None:
    """Return the account of a person, active or not, and record the use; ``None`` for somebody unknown."""
    row = store.find(store.identity_id(claims.issuer, claims.subject))
    user = User.objects.filter(pk=row["user_id"]).first() if row is not None else None
    if row is None or user is None:
        return None
    # The account is read first: if it is disconnected in between, there is nothing to mark as used, and later that
    # raises the epoch beyond this account's.
    is_linked = store.record_use(row, display_name(claims), datetime.now(UTC))
    return user if is_linked else None


def require_sign_up(provider: OidcProvider) -> None:
    """Raise ``RegistrationClosed`` where the provider's people get no account by themselves."""
    if not provider.may_sign_up:
        raise RegistrationClosed


def sign_up(
    request: HttpRequest,
    provider: OidcProvider,
    claims: Claims,
    *,
    username: str,
    email: str,
    full_name: str = "",
    invitation: str = "",
    accept_terms: bool = False,
) -> User:
    """Create an account without a password for a person, and return it; it may have to wait for approval.

    Raises what ``services.create_account`` raises, or ``AlreadyLinked``.
    """
    require_sign_up(provider)
    try:
        user = services.create_account(
            request,
            username=username,
            email=email,
            password=None,
            full_name=full_name,
            invitation=invitation,
            accept_terms=accept_terms,
            then=lambda made: store.insert(_new_row(made, provider, claims)),
        )
    except DuplicateKeyError:
        raise AlreadyLinked from None
    if provider.trusts_email and claims.values.get("email_verified") is True:
        _mark_verified(user, claims.text("email"))
    return user


def _mark_verified(user: User, address: str) -> None:
    """Take the provider's word for the address, unless another account has proved it."""
    if user.email.casefold() != address.strip().casefold():
        return
    try:
        User.objects.filter(pk=user.pk, email=user.email).update(email_verified=True)
    except IntegrityError:
        return


def _new_row(user: User, provider: OidcProvider, claims: Claims) -> IdentityDoc:
    now = datetime.now(UTC)
    return {
        "_id": store.identity_id(claims.issuer, claims.subject),
        "user_id": user.pk,
        "provider": provider.id,
        "issuer": claims.issuer,
        "subject": claims.subject,
        "name": display_name(claims),
        "created_at": now,
        "last_used_at": now,
    }


def link(
    request: HttpRequest, user: User, provider: OidcProvider, claims: Claims, *, session_id: str | None
) -> None:
    """Connect a person at a provider to the account, and notify the owner. Idempotent.

    Raises ``ProofRequired``, ``AlreadyLinked``, or ``Conflict`` if the account was changed meanwhile.
    """
    reauthentication.require_recent_proof(user, session_id)
    known = store.find(store.identity_id(claims.issuer, claims.subject))
    if known is not None and known["user_id"] == user.pk:
        return

    def insert() -> None:
        if not user_store.claim_epoch(user.pk, user.security_epoch):
            raise Conflict(CHANGED_MEANWHILE)
        if any(row["issuer"] == claims.issuer for row in store.list_for_user(user.pk)):
            raise AlreadyLinked
        store.insert(_new_row(user, provider, claims))

    try:
        run_in_transaction(insert)
    except DuplicateKeyError:
        raise AlreadyLinked from None
    audit.record("identity_linked", user.pk, request=request)
    tasks.enqueue_mail("identity_linked", user, provider_name=provider.label)


def unlink(request: HttpRequest, user: User, identity: str, *, session_id: str | None) -> None:
    """Disconnect an identity, end the account's other sessions and its API tokens, and notify the owner.

    Raises ``Absent``, ``ProofRequired``, ``LastWayIn``, or ``Conflict`` if the account was changed meanwhile.
    """
    known = store.find(identity)
    if known is None or known["user_id"] != user.pk:
        raise Absent
    reauthentication.require_recent_proof(user, session_id)

    def change() -> None:
        if store.remove(user.pk, identity) is None:
            raise Absent
        if not _has_other_way_in(user):
            raise LastWayIn
        raise_epoch(user, keep=session_id, reason="identity_unlinked")

    run_in_transaction(change)
    audit.record("identity_unlinked", user.pk, request=request)
    tasks.enqueue_mail("identity_unlinked", user, provider_name=provider_label(known))


def _has_other_way_in(user: User) -> bool:
    if store.list_for_user(user.pk):
        return True
    if not settings.PASSWORD_SIGN_IN:
        return False
    return user.has_usable_password() or passkey_store.count_for_user(user.pk) > 0


def provider_label(row: IdentityDoc) -> str:
    """Return what pages call the provider of an identity, also after it was removed from the settings."""
    return next(
        (one.label for one in providers.all_providers() if one.id == row["provider"]), row["provider"]
    )


def is_fresh(claims: Claims) -> bool:
    """Return whether the provider says that it asked for the password, or its like, a moment ago."""
    if claims.auth_time is None:
        return False
    return abs(datetime.now(UTC).timestamp() - claims.auth_time) < PROOF_AGE.total_seconds()


def prove(request: HttpRequest, user: User, claims: Claims, *, session_id: str | None) -> None:
    """Accept that the account's owner has just given their password to the provider as a proof in this session.

    Raises ``ProofRefused``, or ``Conflict`` if the session has ended meanwhile.
    """
    row = store.find(store.identity_id(claims.issuer, claims.subject))
    if row is None or row["user_id"] != user.pk or not is_fresh(claims):
        raise ProofRefused
    if not sessions.record_proof(session_id or "", user):
        raise Conflict(CHANGED_MEANWHILE)
    audit.record("identity_confirmed", user.pk, request=request, session_id=session_id or "")


def apply_groups(request: HttpRequest, user: User, provider: OidcProvider, claims: Claims) -> None:
    """Set the account's staff status and quota by the person's groups at the provider. Superusers stay as they are."""
    if user.is_superuser:
        return
    groups = _groups(provider, claims)
    if provider.staff_groups:
        is_staff = not groups.isdisjoint(provider.staff_groups)
        if is_staff != user.is_staff:
            staff_actions.set_rights(user, actor=None, request=request, is_staff=is_staff)
    given = [size for group, size in provider.quotas.items() if group in groups]
    if provider.quotas:
        quota = None if not given else 0 if 0 in given else max(given)
        if quota != user.quota_bytes:
            staff_actions.edit_account(user, {"quota_bytes": quota}, actor=None, request=request)


def _groups(provider: OidcProvider, claims: Claims) -> set[str]:
    found = claims.values.get(provider.groups_claim)
    listed = found if isinstance(found, list) else [found]
    return {one for one in listed if isinstance(one, str)}
