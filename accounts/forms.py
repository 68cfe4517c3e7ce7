"""Forms of the account pages."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from accounts import api_tokens
from accounts.profile import MAX_LINK_LENGTH, MAX_LINKS
from accounts.registration.invitations import MAX_TOKEN_LENGTH

# What binds a form, such as the fields of a POST.
Data = Mapping[str, object] | None


class LoginForm(forms.Form):
    """The sign-in form: name and password."""

    login = forms.CharField(
        label="Username or email",
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
    """The sign-up form."""

    invitation = forms.CharField(required=False, max_length=MAX_TOKEN_LENGTH, widget=forms.HiddenInput)

    username = forms.CharField(
        max_length=30,
        help_text="3 to 30 characters: a-z, 0-9 and . _ - between them. It is part of your channel's address.",
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    email = forms.EmailField(
        label="Email", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
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


def _picture(label: str, help_text: str) -> forms.FileField:
    return forms.FileField(
        label=label,
        required=False,
        allow_empty_file=True,
        help_text=f"{help_text} JPEG, PNG, WebP or GIF, at most 10 MB.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )


class ProfileForm(forms.Form):
    """The public profile of a channel."""

    full_name = forms.CharField(label="Display name", max_length=80, required=False)
    bio = forms.CharField(
        label="About the channel", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    links = forms.CharField(
        required=False,
        max_length=MAX_LINKS * (MAX_LINK_LENGTH + 2),
        help_text=f"One address a line, at most {MAX_LINKS}. They are shown on your channel's About page.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "placeholder": "https://"}),
    )
    avatar = _picture("Avatar", "Square; it is shown beside your name.")
    cover = _picture("Cover", "Wide, 1600 by 270; its middle is shown at the top of your channel.")

    def clean_links(self) -> list[str]:
        """Return the lines that are not blank, stripped."""
        lines = str(self.cleaned_data["links"]).splitlines()
        return [line.strip() for line in lines if line.strip()]


class PreferencesForm(forms.Form):
    """An account's preferences."""

    theme = forms.ChoiceField(
        choices=[("auto", "Like the system"), ("light", "Light"), ("dark", "Dark")], widget=forms.RadioSelect
    )
    language = forms.ChoiceField(
        choices=[("", "Like the browser"), ("en", "English")], required=False, widget=forms.RadioSelect
    )
    autoplay_open = forms.BooleanField(
        required=False,
        label="Autoplay on open",
        help_text="Start playing when you open a video.",
    )
    autoplay = forms.BooleanField(
        required=False,
        label="Autoplay next video",
        help_text="Play the next or a related video when one ends.",
    )
    history_paused = forms.BooleanField(
        required=False,
        label="Pause the watch history",
        help_text="What you watch is not remembered while this is on.",
    )
    personalised = forms.BooleanField(
        required=False,
        label="Personal recommendations",
        help_text="Suggest videos by what you have watched and whom you follow.",
    )
    subscriptions_private = forms.BooleanField(
        required=False,
        label="Keep my subscriptions private",
        help_text="Nobody else sees whom you are subscribed to.",
    )
    subscribers_private = forms.BooleanField(
        required=False,
        label="Keep my subscribers private",
        help_text="Nobody else sees the list. Their number is still shown.",
    )


def _otp(**attrs: bool) -> forms.CharField:
    return forms.CharField(
        label="Code",
        max_length=40,
        help_text="Six digits from your authenticator app, or one of your recovery codes.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "text",
                "autocapitalize": "none",
                "spellcheck": "false",
                **attrs,
            }
        ),
    )


class OtpForm(forms.Form):
    """A code of the second factor, or a recovery code."""

    otp = _otp(autofocus=True)


class ForgotPasswordForm(forms.Form):
    """The address for a password-reset link."""

    email = forms.EmailField(
        label="Email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


def _current_password(label: str = "Current password") -> forms.CharField:
    return forms.CharField(
        label=label, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


def _new_password() -> forms.CharField:
    return forms.CharField(
        label="New password",
        strip=False,
        help_text="At least 10 characters. A few words are better than one clever one.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class NewPasswordForm(forms.Form):
    """A new password, set by a mailed link."""

    new_password = _new_password()


class ChangePasswordForm(forms.Form):
    """A new password, authorized by the current one."""

    current_password = _current_password()
    new_password = _new_password()


class ChangeEmailForm(forms.Form):
    """A new email address, authorized by the password."""

    email = forms.EmailField(
        label="Email", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    current_password = _current_password()


class PasswordForm(forms.Form):
    """The password, to confirm the identity."""

    current_password = _current_password("Your password")


class SecondFactorForm(forms.Form):
    """A code that confirms the identity, on a page with other forms: it does not take the focus."""

    otp = _otp()


class IdentityForm(forms.Form):
    """The password, or a code for accounts with a second factor, to confirm the identity within a session."""

    current_password = _current_password("Your password")
    otp = forms.CharField(
        label="Or a code",
        max_length=40,
        required=False,
        help_text="Six digits from your authenticator app, or one of your recovery codes.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none"}),
    )

    def __init__(self, data: Data = None, *, has_factor: bool) -> None:
        super().__init__(data)
        self.fields["current_password"].widget.attrs["autofocus"] = True
        self.fields["current_password"].required = not has_factor
        if not has_factor:
            del self.fields["otp"]
        for field in self.fields.values():
            field.is_alternative = True  # type: ignore[attr-defined]  # one of them is enough, none is optional

    @property
    def proof(self) -> dict[str, str]:
        """``{password, otp}`` of a valid form."""
        return {"password": self.cleaned_data["current_password"], "otp": self.cleaned_data.get("otp", "")}


class RestoreForm(forms.Form):
    """Name and password of a closed account that is not yet erased."""

    login = forms.CharField(
        label="Username or email",
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = _current_password("Password")
    otp = forms.CharField(
        label="Code",
        max_length=40,
        required=False,
        help_text="Only if your account uses two-factor authentication.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


class ApiTokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(max_length=80, help_text="What it is for, such as “backup script”.")
    scopes = forms.MultipleChoiceField(
        label="May",
        choices=[(scope, f"{scope}: {text}") for scope, text in api_tokens.SCOPES.items()],
        initial=["read"],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.ChoiceField(
        label="Ends after",
        choices=[("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "A year")],
        initial="90",
    )


class DeleteAccountForm(forms.Form):
    """The username, typed as a confirmation, and the password."""

    username = forms.CharField(
        label="Type your username to confirm",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    current_password = _current_password()

    def __init__(self, data: Data = None, *, username: str) -> None:
        super().__init__(data)
        self.owner = username

    def clean_username(self) -> str:
        """Return the username, which must be the account's own."""
        typed = str(self.cleaned_data["username"]).strip().lower()
        if typed != self.owner:
            raise forms.ValidationError("This is not your username.")
        return typed
