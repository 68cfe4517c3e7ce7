"""Account actions in Django admin: the service, description, and confirmation of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import deliverability, staff_actions, totp
from accounts.models import User

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


class NewEmailForm(forms.Form):
    """The new email address of an account."""

    address = forms.EmailField(label="New email", max_length=254)


@dataclass(frozen=True)
class AccountAction:
    """An action on one account. ``run`` is a service of ``accounts.staff_actions``.

    ``offered`` says whether it makes sense for an account as it is.
    """

    label: StrOrPromise
    effect: StrOrPromise
    done: StrOrPromise
    unchanged: StrOrPromise
    run: Callable[..., bool]
    offered: Callable[[User], bool]
    form: type[forms.Form] | None = None


ACTIONS = {
    "reset": AccountAction(
        label="Send reset link and sign out everywhere",
        effect="The password stops working, every session and API token ends, an email change that waits for "
        "confirmation is dropped, and the owner gets an email with a link to choose a new password.",
        done="Signed out everywhere, reset link sent",
        unchanged="nothing to reset.",
        run=staff_actions.send_reset_and_sign_out,
        offered=lambda user: user.is_active and bool(user.email),
    ),
    "email": AccountAction(
        label="Change email",
        effect="The new address gets a confirmation link, and the old address is told. The email changes when "
        "the link is opened.",
        done="Confirmation link sent",
        unchanged="this is the account's confirmed email already.",
        run=staff_actions.change_email,
        offered=lambda user: user.is_active,
        form=NewEmailForm,
    ),
    "email-retry": AccountAction(
        label="Try the email address again",
        effect="The address gets a confirmation link and notifications again. If its mail server still refuses it, "
        "it is marked again.",
        done="Email allowed again",
        unchanged="no mail to this account was refused.",
        run=staff_actions.retry_email,
        offered=lambda user: bool(deliverability.refused_address(user)),
    ),
    "second-factor": AccountAction(
        label="Reset two-factor authentication",
        effect="Two-factor authentication is turned off, every session and API token ends, and the owner is "
        "told by email. Make sure you know who is asking.",
        done="Two-factor authentication reset",
        unchanged="two-factor authentication is off.",
        run=staff_actions.reset_second_factor,
        offered=lambda user: totp.is_enabled(user.pk),
    ),
    "suspend": AccountAction(
        label="Suspend",
        effect="The channel, its videos, and its comments are hidden, every session and API token ends, and the "
        "owner is told by email and can't sign in. You can reinstate the account later.",
        done="Suspended",
        unchanged="already suspended.",
        run=staff_actions.suspend,
        offered=lambda user: user.is_active,
    ),
    "reinstate": AccountAction(
        label="Reinstate",
        effect="The channel, its videos, and its comments are shown again, and the owner is told by email and "
        "can sign in. Ended sessions and API tokens stay ended.",
        done="Reinstated",
        unchanged="not suspended.",
        run=staff_actions.reinstate,
        offered=lambda user: not user.is_active and user.erase_at is None and not user.is_waiting,
    ),
    "creator": AccountAction(
        label=_("Approve as creator"),
        effect=_("The owner can upload videos where only approved creators can."),
        done=_("Approved as creator"),
        unchanged=_("already an approved creator."),
        run=partial(staff_actions.set_creator, approved=True),
        offered=lambda user: user.is_active and not user.is_creator,
    ),
    "no-creator": AccountAction(
        label=_("Withdraw creator approval"),
        effect=_("The owner can't upload videos where only approved creators can. Published videos stay."),
        done=_("Creator approval withdrawn"),
        unchanged=_("not an approved creator."),
        run=partial(staff_actions.set_creator, approved=False),
        offered=lambda user: user.is_creator,
    ),
}
