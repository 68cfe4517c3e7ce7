"""Account creation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import audit, image_storage, locale, password_sign_in, passwords, tasks, terms
from accounts.models import RegistrationState, User
from accounts.registration import admission, domains, invitations
from accounts.registration.admission import Admission
from accounts.usernames import normalize_username, validate_username
from streamsite.errors import Invalid
from streamsite.mongo.retry import run_in_transaction
from streamsite.sanitize import clean_line


def create_account(
    request: HttpRequest,
    *,
    username: str,
    email: str,
    password: str | None,
    full_name: str = "",
    prepared: Mapping[str, Mapping[str, bytes]] | None = None,
    invitation: str = "",
    accept_terms: bool = False,
    then: Callable[[User], object] | None = None,
) -> User:
    """Create and return an account, which may have to wait for approval (``User.is_waiting``).

    Raises ``Invalid`` with field errors, or what ``admission.admit`` raises; ``invitation`` is the token of a link.
    ``accept_terms`` is needed where the site has rules or terms.

    Without a ``password`` the account has none and signs in by an identity provider. ``then`` runs in the transaction
    that stores the account.

    ``prepared`` holds images by type from ``image_processing.prepare_images``; their files are deleted if no account is
    created.
    """
    if password is not None:
        password_sign_in.require_open()
    admitted = admission.admit(invitation)
    username = normalize_username(username)
    user = User(
        username=username,
        email=User.objects.normalize_email(email.strip()),
        full_name=clean_line(full_name),
        preferences=locale.first_preferences(),
    )
    if problems := account_problems(user, password):
        raise Invalid(_("Please fix the errors below."), fields=problems)
    terms.accept(user, accepted=accept_terms)
    user.set_password(password)
    if admitted.must_wait:
        user.is_active, user.registration_state = False, RegistrationState.WAITING
    try:
        with image_storage.stored_images(prepared or {}) as folders:
            user.avatar, user.cover = folders.get("avatar", ""), folders.get("cover", "")
            _store(user, admitted, then)
    except IntegrityError:  # the name was taken since the check above
        raise Invalid(
            _("Please fix the errors below."), fields={"username": [_("That username is taken.")]}
        ) from None
    audit.record("register", user.pk, request=request)
    if user.is_waiting:
        tasks.enqueue_mail("registration_waiting", user)
        tasks.enqueue_review_reminder()
    else:
        tasks.enqueue_mail("verify", user)
    return user


def _store(user: User, admitted: Admission, then: Callable[[User], object] | None) -> None:
    """Save a new account; one that was invited together with the use of its invitation."""
    invitation = admitted.invitation
    if invitation is None and then is None:
        user.save(force_insert=True)
        return

    def store() -> None:
        if invitation is not None:
            invitations.use(invitation)
        user.save(force_insert=True)
        if then is not None:
            then(user)

    run_in_transaction(store)


def account_problems(user: User, password: str | None) -> dict[str, list[str]]:
    """Return what is wrong with a new account and its password, by field."""
    problems: dict[str, list[str]] = {}
    try:
        validate_username(user.username)
    except ValidationError as error:
        problems["username"] = list(error.messages)
    try:
        validate_email(user.email)
    except ValidationError as error:
        problems["email"] = list(error.messages)
    else:
        if refused := domains.domain_problems(user.email):
            problems["email"] = refused
    if password is not None and (weak := passwords.password_problems(password, user)):
        problems["password"] = weak
    if "username" not in problems and User.objects.filter(username=user.username).exists():
        problems["username"] = [_("That username is taken.")]
    return problems
