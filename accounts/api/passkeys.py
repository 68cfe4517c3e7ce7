"""``/api/v1/auth/passkeys``: sign in with passkeys, and manage the caller's."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import sign_in
from accounts.api.base import PersonalView, PublicAuthView, current_session_id, no_store, signed_in_user
from accounts.api.tokens import open_session
from accounts.passkeys import assertions, challenges, services
from accounts.schemas import PasskeyDict, PasskeyOptionsDict, TokenGrantDict
from accounts.serializers.passkeys import (
    PasskeyCreateSerializer,
    PasskeyOptionsSerializer,
    PasskeyRenameSerializer,
    PasskeyTokenSerializer,
)
from streamsite.api.described import described
from streamsite.api.json_types import PageDict


class PasskeyOptionsView(PublicAuthView):
    """Challenges for passkeys. They count in the browser that gets the cookie of the answer, once, for 5 minutes."""

    @extend_schema(
        operation_id="auth_passkeys_options",
        request=PasskeyOptionsSerializer,
        responses={200: described(PasskeyOptionsDict)},
    )
    def post(self, request: Request) -> Response:
        """Get a challenge to sign in with a passkey, or to confirm an identity."""
        purpose = PasskeyOptionsSerializer.from_body(request)["purpose"]
        browser = challenges.browser_of(request._request)
        response = Response({"public_key": assertions.start(request._request, purpose, browser)})
        challenges.set_browser(response, browser)
        return no_store(response)


class PasskeyTokenView(PublicAuthView):
    """Sign-in without a password."""

    @extend_schema(
        operation_id="auth_passkeys_token",
        request=PasskeyTokenSerializer,
        responses={200: described(TokenGrantDict)},
    )
    def post(self, request: Request) -> Response:
        """Sign in with a passkey."""
        data = PasskeyTokenSerializer.from_body(request)
        user, amr = sign_in.authenticate_passkey(request._request, data["credential"])
        return open_session(request._request, user, amr=amr, client=data["client"], remember=data["remember"])


class PasskeyRegistrationView(PersonalView):
    """Challenges for new passkeys. They count in the caller's session, once, for 5 minutes."""

    @extend_schema(
        operation_id="auth_passkeys_registration",
        request=None,
        responses={200: described(PasskeyOptionsDict)},
    )
    def post(self, request: Request) -> Response:
        """Get a challenge to create a passkey."""
        options = services.start_registration(signed_in_user(request), current_session_id(request))
        return no_store(Response({"public_key": options}))


class PasskeysView(PersonalView):
    """The caller's passkeys."""

    @extend_schema(operation_id="auth_passkeys", responses={200: described(PageDict[PasskeyDict])})
    def get(self, request: Request) -> Response:
        """List the caller's passkeys, oldest first."""
        listed = services.list_passkeys(signed_in_user(request))
        return no_store(Response({"next": None, "previous": None, "results": listed}))

    @extend_schema(
        operation_id="auth_passkeys_create",
        request=PasskeyCreateSerializer,
        responses={201: described(PasskeyDict)},
    )
    def post(self, request: Request) -> Response:
        """Add a passkey that answers a challenge of this session."""
        data = PasskeyCreateSerializer.from_body(request)
        made = services.add(
            request._request, signed_in_user(request), session_id=current_session_id(request), **data
        )
        return no_store(Response(made, status=status.HTTP_201_CREATED))


class PasskeyView(PersonalView):
    """One passkey."""

    @extend_schema(
        operation_id="auth_passkey_rename",
        request=PasskeyRenameSerializer,
        responses={200: described(PasskeyDict)},
    )
    def patch(self, request: Request, passkey_id: str) -> Response:
        """Rename a passkey."""
        name = PasskeyRenameSerializer.from_body(request)["name"]
        return no_store(Response(services.rename(signed_in_user(request), passkey_id, name)))

    @extend_schema(
        operation_id="auth_passkey_remove", responses={204: OpenApiResponse(description="Removed")}
    )
    def delete(self, request: Request, passkey_id: str) -> Response:
        """Remove a passkey. Other sessions and API tokens end."""
        user = signed_in_user(request)
        services.remove(request._request, user, passkey_id, session_id=current_session_id(request))
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
