"""Forms that take what an authenticator said, which a page's script has filled in."""

from __future__ import annotations

import json

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.serializers.passkeys import MAX_CREDENTIAL_LENGTH


class CredentialField(forms.CharField):
    """An authenticator's response as JSON, filled in by a script."""

    def __init__(self) -> None:
        super().__init__(
            max_length=MAX_CREDENTIAL_LENGTH,
            widget=forms.HiddenInput,
            error_messages={"required": _("Your browser didn't send a passkey. Try again.")},
        )

    def clean(self, value: object) -> dict[str, object]:
        """Return the object."""
        try:
            found = json.loads(super().clean(value))
        except (RecursionError, ValueError):
            found = None
        if not isinstance(found, dict):
            raise forms.ValidationError(self.error_messages["required"])
        return found


class PasskeyForm(forms.Form):
    """A passkey to sign in with, or to confirm the identity."""

    credential = CredentialField()
    remember = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @property
    def proof(self) -> dict[str, object]:
        """``{password, otp, passkey}`` of a valid form."""
        return {"password": "", "otp": "", "passkey": self.cleaned_data["credential"]}


class NewPasskeyForm(forms.Form):
    """A new passkey, which the page's script has had made."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Where is this passkey? Example: work laptop")
    )
    credential = CredentialField()
