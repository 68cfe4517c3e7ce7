"""``/api/v1/me``: the caller's own account."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import closing, cookies, credentials, mappers, services
from accounts import serializers as shapes
from accounts.api.base import no_store, signed_in_user


class MeView(APIView):
    """The caller's own account."""

    permission_classes = [IsAuthenticated]
    token_scopes: ClassVar[dict[str, None]] = {"DELETE": None}

    @extend_schema(operation_id="me", responses={200: shapes.AccountSerializer})
    def get(self, request: Request) -> Response:
        return no_store(Response(mappers.own_account(signed_in_user(request))))

    @extend_schema(
        operation_id="me_update", request=shapes.ProfileSerializer, responses={200: shapes.AccountSerializer}
    )
    def patch(self, request: Request) -> Response:
        form = shapes.ProfileSerializer(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        user = services.update_profile(signed_in_user(request), form.validated_data)
        return no_store(Response(mappers.own_account(user)))

    @extend_schema(
        operation_id="me_erase",
        request=shapes.EraseSerializer,
        responses={204: OpenApiResponse(description="Closed; erased when the waiting time is over")},
    )
    def delete(self, request: Request) -> Response:
        form = shapes.EraseSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        user = signed_in_user(request)
        credentials.confirm_password(request._request, user, form.validated_data["password"])
        closing.ask(request._request, user)
        response = Response(status=status.HTTP_204_NO_CONTENT)
        cookies.delete(response)
        return no_store(response)
