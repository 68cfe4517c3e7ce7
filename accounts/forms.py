"""Forms of the account pages."""

from __future__ import annotations

from django import forms


class LoginForm(forms.Form):
    """Name and password."""

    login = forms.CharField(
        label="Username or e-mail",
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    remember = forms.BooleanField(required=False, label="Stay signed in on this device")


class RegisterForm(forms.Form):
    """A new account."""

    username = forms.CharField(
        max_length=30,
        help_text="3 to 30 characters: a-z, 0-9 and . _ - between them. It is part of your channel's address.",
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    email = forms.EmailField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    full_name = forms.CharField(
        label="Display name",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        strip=False,
        help_text="At least 10 characters. A few words are better than one clever one.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ProfileForm(forms.Form):
    """What others see of the channel."""

    full_name = forms.CharField(label="Display name", max_length=80, required=False)
    bio = forms.CharField(
        label="About the channel", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
