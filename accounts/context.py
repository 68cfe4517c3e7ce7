"""The context of every template about the signed-in account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypedDict

from django.http import HttpRequest

from accounts import account_marks, deliverability, email_verification, password_sign_in, preferences
from accounts.mappers import serialize_badge
from accounts.models import User
from accounts.registration import rules, upload_rights
from accounts.registration.rules import Mode, Uploaders


class AccountContext(TypedDict):
    """The names that templates know about the account."""

    # The channel's badge, ``None`` for visitors.
    me: Mapping[str, object] | None
    # ``None`` until the account chooses one: then each browser's own memory decides.
    theme: object
    autoplay: object
    autoplay_open: object
    # Whether to remind the account that publishing needs a verified email.
    must_verify_email: bool
    # Whether to offer an upload, a sign-up, and what visitors of a login-only site cannot open.
    may_upload: bool
    may_sign_up: bool
    is_closed: bool
    # The account's address if a mail server refused it for good, otherwise "".
    refused_address: str
    # See ``account_marks``. A function: a template that calls it marks its page as one that checks the mark.
    account_mark: Callable[[], str] | str


VISITOR = AccountContext(
    me=None,
    theme=None,
    autoplay=True,
    autoplay_open=True,
    must_verify_email=False,
    may_upload=False,
    may_sign_up=True,
    is_closed=False,
    refused_address="",
    account_mark="",
)


def me(request: HttpRequest) -> AccountContext:
    """Return the context about the signed-in account, ``VISITOR`` without one."""
    user = getattr(request, "user", None)
    registration = rules.current()
    may_sign_up = registration.mode in {Mode.OPEN, Mode.APPROVAL} and password_sign_in.is_open()
    if not isinstance(user, User):
        visitor = VISITOR.copy()
        visitor["may_sign_up"], visitor["is_closed"] = may_sign_up, registration.login_required
        visitor["may_upload"] = registration.uploads == Uploaders.EVERYONE
        return visitor
    chosen = preferences.with_defaults(user.preferences)
    return AccountContext(
        me=serialize_badge(user),
        theme=chosen["theme"] if "theme" in user.preferences else None,
        autoplay=chosen["autoplay"],
        autoplay_open=chosen["autoplay_open"],
        may_upload=upload_rights.may_upload(user),
        may_sign_up=may_sign_up,
        is_closed=False,
        must_verify_email=email_verification.needs_verified_email(user),
        refused_address=deliverability.refused_address(user),
        account_mark=partial(account_marks.mark_for_page, request),
    )
