"""The decision about a sign-up: whether there may be one now, and whether the account must wait for staff."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation
from accounts.registration import invitations, rules
from accounts.registration.rules import Mode
from streamsite.errors import Forbidden


class RegistrationClosed(Forbidden):
    """Nobody can sign up."""

    code = "registration_closed"
    detail = _("This site isn't accepting new accounts.")


class InvitationRequired(Forbidden):
    """People sign up with an invitation only, and the caller sent none."""

    code = "invitation_required"
    detail = _("You need an invitation to sign up.")


@dataclass(frozen=True)
class Admission:
    """Terms of a sign-up: the ``invitation`` that it uses, and whether it must wait for approval by staff."""

    invitation: Invitation | None = None
    must_wait: bool = False


def admit(token: str = "") -> Admission:
    """Return how someone with the invitation ``token`` may sign up now.

    An invitation counts as an approval, and is not used where everyone may sign up. Raises ``RegistrationClosed``,
    ``InvitationRequired``, or ``InvitationInvalid``.
    """
    mode = rules.current().mode
    if mode == Mode.CLOSED:
        raise RegistrationClosed
    if mode == Mode.OPEN:
        return Admission()
    if token:
        return Admission(invitation=invitations.find_valid(token))
    if mode == Mode.INVITATION:
        raise InvitationRequired
    return Admission(must_wait=True)
