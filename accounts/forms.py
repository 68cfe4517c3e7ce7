"""Forms of the account pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts import api_tokens, preferences, terms
from accounts.models import User
from accounts.profile import MAX_LINK_LENGTH, MAX_LINKS
from accounts.registration.invitations import MAX_TOKEN_LENGTH
from streamsite import formats
from streamsite.sensitive_content import SensitiveContent

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

# What binds a form, such as the fields of a POST.
Data = Mapping[str, object] | None


class LoginForm(forms.Form):
    """The sign-in form: name and password."""

    login = forms.CharField(
        label=_("Username or email"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username webauthn", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    remember = forms.BooleanField(required=False, label=_("Keep me signed in on this device"))


class RegisterForm(forms.Form):
    """The sign-up form."""

    invitation = forms.CharField(required=False, max_length=MAX_TOKEN_LENGTH, widget=forms.HiddenInput)

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
    full_name = forms.CharField(
        label=_("Display name"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 10 characters. A phrase of several words works well."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    accept_terms = forms.BooleanField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if label := terms.acceptance_label():
            self.fields["accept_terms"].label = label
        else:
            del self.fields["accept_terms"]


def _picture(label: StrOrPromise, help_text: StrOrPromise) -> forms.FileField:
    return forms.FileField(
        label=label,
        required=False,
        allow_empty_file=True,
        help_text=help_text,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )


class ProfileForm(forms.Form):
    """The public profile of a channel."""

    full_name = forms.CharField(label=_("Display name"), max_length=80, required=False)
    bio = forms.CharField(
        label=_("Description"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    links = forms.CharField(
        required=False,
        max_length=MAX_LINKS * (MAX_LINK_LENGTH + 2),
        label=_("Links"),
        help_text=format_lazy(
            _("One link per line ({limit} max). Shown on your channel's About tab."), limit=MAX_LINKS
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "placeholder": "https://"}),
    )
    is_sensitive = forms.BooleanField(
        required=False,
        label=_("Mark all my videos as sensitive"),
        help_text=_("For content that isn't suitable for everyone. Viewers choose what they see of it."),
    )
    avatar = _picture(
        _("Avatar"),
        _("Shown next to your name and cropped to a square. JPEG, PNG, WebP, or GIF, up to 10 MB."),
    )
    cover = _picture(
        _("Banner"),
        _(
            "Shown at the top of your channel. Recommended: 1600 × 270 px, JPEG, PNG, WebP, or GIF, up to 10 MB."
        ),
    )

    def clean_links(self) -> list[str]:
        """Return the lines that are not blank, stripped."""
        lines = str(self.cleaned_data["links"]).splitlines()
        return [line.strip() for line in lines if line.strip()]


def _languages() -> list[tuple[str, object]]:
    return [("", _("Browser default")), *settings.LANGUAGES]


def _time_zones() -> list[tuple[str, object]]:
    named = ((name, formats.zone_label(name, ZoneInfo(name))) for name in preferences.time_zones())
    return [("", _("Browser default")), *named]


class PreferencesForm(forms.Form):
    """An account's preferences."""

    theme = forms.ChoiceField(
        label=_("Theme"),
        choices=[("auto", _("System default")), ("light", _("Light")), ("dark", _("Dark"))],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(label=_("Language"), choices=_languages, required=False)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=_time_zones,
        required=False,
        help_text=_("Dates and times use this zone, also in emails."),
    )
    autoplay_open = forms.BooleanField(
        required=False,
        label=_("Autoplay on open"),
        help_text=_("Start playing as soon as you open a video."),
    )
    autoplay = forms.BooleanField(
        required=False,
        label=_("Autoplay next video"),
        help_text=_("Play the next or a related video when one ends."),
    )
    hover_previews = forms.BooleanField(
        required=False,
        label=_("Preview on hover"),
        help_text=_("Play a short silent preview when you point at a video."),
    )
    history_paused = forms.BooleanField(
        required=False,
        label=_("Pause watch history"),
        help_text=_("New videos won't be added to your history."),
    )
    personalised = forms.BooleanField(
        required=False,
        label=_("Personalized recommendations"),
        help_text=_("Use your history and subscriptions to suggest videos."),
    )
    sensitive_content = forms.ChoiceField(
        label=_("Sensitive videos"),
        choices=[("", _("Site default")), *SensitiveContent.choices],
        required=False,
    )
    subscriptions_private = forms.BooleanField(
        required=False,
        label=_("Keep my subscriptions private"),
        help_text=_("Hide the channels you subscribe to from others."),
    )
    subscribers_private = forms.BooleanField(
        required=False,
        label=_("Keep my subscribers private"),
        help_text=_("Hide the list from others. Your subscriber count stays visible."),
    )


def _otp(**attrs: bool) -> forms.CharField:
    return forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Six digits from your authenticator app, or a recovery code."),
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
        label=_("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


def _current_password(label: StrOrPromise = "") -> forms.CharField:
    return forms.CharField(
        label=label or _("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def _new_password() -> forms.CharField:
    return forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 10 characters. A phrase of several words works well."),
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
        label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    current_password = _current_password()


def ask_no_missing_password(form: forms.Form, user: User) -> None:
    """Drop the field for the current password where the account has none: a recent proof is needed in its place."""
    if not user.has_usable_password():
        form.fields.pop("current_password", None)


class PasswordForm(forms.Form):
    """The password, to confirm the identity."""

    current_password = _current_password(_("Your password"))


class SecondFactorForm(forms.Form):
    """A code that confirms the identity, on a page with other forms: it does not take the focus."""

    otp = _otp()


class IdentityForm(forms.Form):
    """The password, or a code for accounts with a second factor, to confirm the identity within a session."""

    current_password = _current_password(_("Your password"))
    otp = forms.CharField(
        label=_("Or a code"),
        max_length=40,
        required=False,
        help_text=_("Six digits from your authenticator app, or a recovery code."),
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
        label=_("Username or email"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = _current_password(_("Password"))
    otp = forms.CharField(
        label=_("Code"),
        max_length=40,
        required=False,
        help_text=_("Only if your account uses two-factor authentication."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


class ApiTokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What's this token for? Example: backup script")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Permissions"),
        choices=list(api_tokens.SCOPES.items()),
        initial=["read"],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.ChoiceField(
        label=_("Expires after"),
        choices=[("7", _("7 days")), ("30", _("30 days")), ("90", _("90 days")), ("365", _("1 year"))],
        initial="90",
    )


class DeleteAccountForm(forms.Form):
    """The username, typed as a confirmation, and the password."""

    username = forms.CharField(
        label=_("Type your username to confirm"),
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
            raise forms.ValidationError(_("That doesn't match your username."))
        return typed
