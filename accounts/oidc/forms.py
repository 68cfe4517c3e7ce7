"""The sign-up form of somebody whom a provider has named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import terms
from accounts.oidc.id_token import Claims
from accounts.registration.invitations import MAX_TOKEN_LENGTH


class ProviderSignUpForm(forms.Form):
    """A username, and what the provider did not say."""

    username = forms.CharField(
        label=_("Username"),
        max_length=30,
        help_text=_("3–30 letters, numbers, dots, hyphens, or underscores. This becomes your channel URL."),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    email = forms.EmailField(
        label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    full_name = forms.CharField(label=_("Display name"), max_length=80, required=False)
    invitation = forms.CharField(
        label=_("Invitation code"),
        required=False,
        max_length=MAX_TOKEN_LENGTH,
        help_text=_("If you were sent an invitation link: what follows invitation= in it."),
    )
    accept_terms = forms.BooleanField()

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, claims: Claims, needs_invitation: bool = False
    ) -> None:
        wanted = claims.text("preferred_username").partition("@")[0].lower()
        initial = {
            "username": re.sub(r"[^a-z0-9._-]", "", wanted)[:30].strip("._-"),
            "email": claims.text("email")[:254],
            "full_name": claims.text("name")[:80],
        }
        super().__init__(data, initial=initial)
        if not needs_invitation:
            del self.fields["invitation"]
        if label := terms.acceptance_label():
            self.fields["accept_terms"].label = label
        else:
            del self.fields["accept_terms"]
