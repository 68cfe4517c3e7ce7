"""``/api/v1/auth/api-tokens``: personal tokens for scripts."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import api_tokens, audit, tasks
from accounts.api.base import PersonalView, current_session_id, no_store, signed_in_user
from accounts.schemas import ApiTokenDict, NewApiTokenDict
from accounts.serializers.api_tokens import ApiTokenCreateSerializer
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from streamsite.errors import Absent


class ApiTokensView(PersonalView):
    """The caller's API tokens."""

    @extend_schema(
        operation_id="auth_api_tokens",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ApiTokenDict])},
    )
    def get(self, request: Request) -> Response:
        """List the caller's API tokens."""
        rows = api_tokens.current_tokens(signed_in_user(request))
        return no_store(Response(paginate(request, rows, api_tokens.NEWEST).body(api_tokens.serialize)))

    @extend_schema(
        operation_id="auth_api_tokens_create",
        request=ApiTokenCreateSerializer,
        responses={201: described(NewApiTokenDict)},
    )
    @idempotent(conceal=("token",))
    def post(self, request: Request) -> Response:
        """Create an API token; the response is the only one with its secret."""
        data = ApiTokenCreateSerializer.from_body(request)
        user = signed_in_user(request)
        token, text = api_tokens.create(user, session_id=current_session_id(request), **data)
        audit.record("api_token_created", user.pk, request=request._request)
        tasks.enqueue_mail("api_token_created", user, token_name=token.name)
        body = api_tokens.serialize(token) | {"token": text}
        return no_store(Response(body, status=status.HTTP_201_CREATED))


class ApiTokenView(PersonalView):
    """One API token."""

    @extend_schema(
        operation_id="auth_api_token_revoke", responses={204: OpenApiResponse(description="Deleted")}
    )
    def delete(self, request: Request, token_id: str) -> Response:
        """Revoke an API token."""
        user = signed_in_user(request)
        if not api_tokens.revoke(user.pk, token_id):
            raise Absent
        audit.record("api_token_revoked", user.pk, request=request._request)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
