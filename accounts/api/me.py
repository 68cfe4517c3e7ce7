"""``/api/v1/me``: the caller's own account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import credentials, deactivation, mappers, profile, refresh_cookie
from accounts.api.base import no_store, signed_in_user
from accounts.models import User
from accounts.schemas import AccountDict, PreferencesDict
from accounts.serializers.deletion import AccountDeletionSerializer
from accounts.serializers.profile import PreferencesSerializer, ProfileSerializer
from streamsite.api.conditional import expected_version, version_etag
from streamsite.api.described import described


class MeView(APIView):
    """The caller's own account."""

    permission_classes = [IsAuthenticated]
    token_scopes: ClassVar[dict[str, None]] = {"DELETE": None}

    @extend_schema(operation_id="me", responses={200: described(AccountDict)})
    def get(self, request: Request) -> Response:
        """Read the caller's account."""
        return account_response(signed_in_user(request))

    @extend_schema(
        operation_id="me_update", request=ProfileSerializer, responses={200: described(AccountDict)}
    )
    def patch(self, request: Request) -> Response:
        """Change the caller's profile."""
        data = ProfileSerializer.from_body(request, partial=True)
        user = profile.update(signed_in_user(request), data, expected_version=expected_version(request))
        return account_response(user)

    @extend_schema(
        operation_id="me_erase",
        request=AccountDeletionSerializer,
        responses={
            204: OpenApiResponse(description="Closed, and permanently deleted after the grace period")
        },
    )
    def delete(self, request: Request) -> Response:
        """Delete the caller's account."""
        data = AccountDeletionSerializer.from_body(request)
        user = signed_in_user(request)
        credentials.confirm_password(request._request, user, data["password"])
        deactivation.deactivate(request._request, user)
        response = Response(status=status.HTTP_204_NO_CONTENT)
        refresh_cookie.delete(response)
        return no_store(response)


class PreferencesView(APIView):
    """The caller's preferences."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_preferences_update",
        request=PreferencesSerializer,
        responses={200: described(PreferencesDict)},
    )
    def patch(self, request: Request) -> Response:
        """Change preferences."""
        given = PreferencesSerializer.from_body(request)
        user = profile.update_preferences(
            signed_in_user(request), given, expected_version=expected_version(request)
        )
        return _versioned_response(user, mappers.serialize_preferences(user))


def account_response(user: User) -> Response:
    """Return the account, with the version that ``If-Match`` takes."""
    return _versioned_response(user, mappers.serialize_account(user))


def _versioned_response(user: User, body: Mapping[str, object]) -> Response:
    response = Response(body)
    response["ETag"] = version_etag(user.profile_version)
    return no_store(response)
