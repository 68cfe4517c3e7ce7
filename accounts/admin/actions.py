"""Account actions in Django admin: the service, description, and confirmation of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import channel_marks, deliverability, sanctions, staff_actions, totp
from accounts.models import User
from accounts.passkeys import store as passkey_store

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


class NewEmailForm(forms.Form):
    """The new email address of an account."""

    address = forms.EmailField(label=_("New email"), max_length=254)


class WarningForm(forms.Form):
    """The message of a warning."""

    text = forms.CharField(
        label=_("Message"),
        max_length=sanctions.MAX_TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
    )


DURATIONS = (
    (1, _("1 day")),
    (3, _("3 days")),
    (7, _("7 days")),
    (14, _("14 days")),
    (30, _("30 days")),
    (90, _("90 days")),
)


class SuspensionForm(forms.Form):
    """The length and the reason of a suspension."""

    days = forms.TypedChoiceField(
        label=_("Ends after"),
        choices=[("", _("Not automatically")), *DURATIONS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The owner reads it by email and when they try to sign in."),
        max_length=staff_actions.MAX_REASON_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
    )


@dataclass(frozen=True)
class AccountAction:
    """An action on accounts.

    ``run`` is a service of ``accounts.staff_actions``, ``accounts.sanctions``, or ``accounts.channel_marks``.

    ``offered`` says whether it makes sense for an account as it is. The form of ``one_account`` asks what differs from
    account to account.
    """

    label: StrOrPromise
    effect: StrOrPromise
    done: StrOrPromise
    unchanged: StrOrPromise
    run: Callable[..., bool]
    offered: Callable[[User], bool]
    form: type[forms.Form] | None = None
    one_account: bool = False


ACTIONS = {
    "warn": AccountAction(
        label=_("Send warning"),
        effect=_(
            "The owner gets your message as a notification and by email, and finds it under "
            "Settings, Account status."
        ),
        done=_("Warning sent"),
        unchanged=_("this warning was just sent."),
        run=sanctions.warn,
        offered=lambda user: user.is_active,
        form=WarningForm,
    ),
    "verify": AccountAction(
        label=_("Mark email as verified"),
        effect=_(
            "The account counts as verified without its confirmation link. Make sure the address belongs to "
            "its owner."
        ),
        done=_("Email marked as verified"),
        unchanged=_("its email is verified already."),
        run=sanctions.mark_email_verified,
        offered=lambda user: user.is_active and bool(user.email) and not user.email_verified,
    ),
    "reset": AccountAction(
        label=_("Send reset link and sign out everywhere"),
        effect=_(
            "The password and passkeys stop working, every session and API token ends, an email change that waits for "
            "confirmation is dropped, and the owner gets an email with a link to choose a new password."
        ),
        done=_("Signed out everywhere, reset link sent"),
        unchanged=_("nothing to reset."),
        run=staff_actions.send_reset_and_sign_out,
        offered=lambda user: user.is_active and bool(user.email),
    ),
    "email": AccountAction(
        label=_("Change email"),
        effect=_(
            "The new address gets a confirmation link, and the old address is told. The email changes when "
            "the link is opened."
        ),
        done=_("Confirmation link sent"),
        unchanged=_("this is the account's confirmed email already."),
        run=staff_actions.change_email,
        offered=lambda user: user.is_active,
        form=NewEmailForm,
        one_account=True,
    ),
    "email-retry": AccountAction(
        label=_("Try the email address again"),
        effect=_(
            "The address gets a confirmation link and notifications again. If its mail server still refuses it, "
            "it is marked again."
        ),
        done=_("Email allowed again"),
        unchanged=_("no mail to this account was refused."),
        run=staff_actions.retry_email,
        offered=lambda user: bool(deliverability.refused_address(user)),
    ),
    "second-factor": AccountAction(
        label=_("Reset two-factor authentication"),
        effect=_(
            "Two-factor authentication is turned off, every session and API token ends, and the owner is "
            "told by email. Make sure you know who is asking."
        ),
        done=_("Two-factor authentication reset"),
        unchanged=_("two-factor authentication is off."),
        run=staff_actions.reset_second_factor,
        offered=lambda user: totp.is_enabled(user.pk),
    ),
    "suspend": AccountAction(
        label=_("Suspend"),
        effect=_(
            "The channel, its videos, and its comments are hidden, every session and API token ends, and the "
            "owner gets an email and can't sign in until the suspension ends or you reinstate the account."
        ),
        done=_("Suspended"),
        unchanged=_("already suspended."),
        run=staff_actions.suspend,
        offered=lambda user: user.is_active,
        form=SuspensionForm,
    ),
    "reinstate": AccountAction(
        label=_("Reinstate"),
        effect=_(
            "The channel, its videos, and its comments are shown again, and the owner is told by email and "
            "can sign in. Ended sessions and API tokens stay ended."
        ),
        done=_("Reinstated"),
        unchanged=_("not suspended."),
        run=staff_actions.reinstate,
        offered=lambda user: not user.is_active and user.erase_at is None and not user.is_waiting,
    ),
    "remove-passkeys": AccountAction(
        label=_("Remove passkeys"),
        effect=_(
            "The owner can't sign in with a passkey until they add one again, and every session and API token ends. "
            "The password keeps working."
        ),
        done=_("Passkeys removed"),
        unchanged=_("it has no passkeys."),
        run=staff_actions.remove_passkeys,
        offered=lambda user: passkey_store.count_for_user(user.pk) > 0,
    ),
    "sensitive": AccountAction(
        label=_("Mark channel as sensitive"),
        effect=_("All its videos count as sensitive, and the owner can't change that."),
        done=_("Marked as sensitive"),
        unchanged=_("already marked as sensitive."),
        run=partial(channel_marks.mark_by_staff, sensitive=True),
        offered=lambda user: not user.is_sensitive_by_staff,
    ),
    "not-sensitive": AccountAction(
        label=_("Remove sensitive mark from channel"),
        effect=_("Videos stay sensitive if they are marked themselves or the owner marked the channel."),
        done=_("Sensitive mark removed"),
        unchanged=_("not marked as sensitive."),
        run=partial(channel_marks.mark_by_staff, sensitive=False),
        offered=lambda user: user.is_sensitive_by_staff,
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
