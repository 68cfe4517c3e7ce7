"""Input: registration."""

from __future__ import annotations

from django.conf import settings
from rest_framework import serializers

from accounts.registration.invitations import MAX_TOKEN_LENGTH
from streamsite.api.fields import StrictCharField
from streamsite.api.inputs import InputSerializer


class RegisterSerializer(InputSerializer):
    """``POST /auth/register``."""

    username = StrictCharField(max_length=200, trim_whitespace=False)
    email = StrictCharField(max_length=254)
    full_name = StrictCharField(max_length=80, required=False, allow_blank=True, default="")
    password = StrictCharField(trim_whitespace=False, max_length=settings.PASSWORD_MAX_LENGTH)
    invitation = StrictCharField(
        max_length=MAX_TOKEN_LENGTH,
        required=False,
        allow_blank=True,
        default="",
        help_text="The token of an invitation link, where people sign up by invitation.",
    )
    accept_terms = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Whether the person accepts the site's rules and terms. Needed where the site has such pages.",
    )


class RegisterFormSerializer(RegisterSerializer):
    """The same as a form, with images."""

    avatar = serializers.FileField(required=False, allow_empty_file=True)
    cover = serializers.FileField(required=False, allow_empty_file=True)
