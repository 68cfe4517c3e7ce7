"""The set-up of a new site by its first administrator, with a link that ``streamsite.setup_link_store`` issued.

It is possible while no account of staff exists, once, whoever else tries at the same time.
"""

from __future__ import annotations

from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, services, tasks
from accounts.models import User
from accounts.registration.rules import RegistrationSettings
from accounts.usernames import normalize_username
from streamsite import setup_link_store
from streamsite.errors import Absent, Forbidden, Invalid
from streamsite.mongo.engine.client import session_for
from streamsite.mongo.retry import run_in_transaction
from streamsite.rate_limits import SETUP, enforce, throttle_key
from streamsite.sanitize import clean_line
from streamsite.site_settings import history
from streamsite.site_settings import services as site_settings
from streamsite.site_settings.identity import Identity
from streamsite.site_settings.sections import section_of


class SetupLinkInvalid(Forbidden):
    """The one error for a wrong, used, or expired link, while the site still waits to be set up."""

    code = "link_invalid"
    detail = gettext_lazy("This set-up link isn't valid anymore.")


def has_staff() -> bool:
    """Return whether the site has been set up: an account of staff exists, active or not."""
    return User.objects.filter(is_staff=True).exists()


def require_link(request: HttpRequest, token: str) -> None:
    """Raise ``Absent`` once the site is set up, ``SetupLinkInvalid`` for a bad link, ``Throttled`` after many."""
    enforce(SETUP, throttle_key(request))
    if has_staff():
        raise Absent
    if not setup_link_store.is_valid(token):
        raise SetupLinkInvalid


def create_administrator(
    request: HttpRequest, *, token: str, username: str, email: str, password: str
) -> User:
    """Create the first administrator and end all links. Raises as ``require_link`` does, or ``Invalid``."""
    require_link(request, token)
    user = User(
        username=normalize_username(username),
        email=User.objects.normalize_email(email.strip()),
        is_staff=True,
        is_superuser=True,
    )
    if problems := services.account_problems(user, password):
        raise Invalid(_("Please fix the errors below."), fields=problems)
    user.set_password(password)

    def create() -> None:
        if not setup_link_store.use(token, session_for("default")):
            raise SetupLinkInvalid
        if has_staff():
            raise Absent
        user.save(force_insert=True)

    try:
        run_in_transaction(create)
    except IntegrityError:  # the name was taken since the check above
        raise Invalid(
            _("Please fix the errors below."), fields={"username": [_("That username is taken.")]}
        ) from None
    audit.record("site_set_up", user.pk, request=request)
    tasks.enqueue_mail("verify", user)
    return user


def save_choices(user: User, *, site_name: str, mode: str) -> None:
    """Save the name of the site and its registration mode, as changes that the administrator made."""
    for section, values in (
        (section_of(Identity), {"name": clean_line(site_name)}),
        (section_of(RegistrationSettings), {"mode": mode}),
    ):
        history.note(user.pk, section, site_settings.save(section, values))
