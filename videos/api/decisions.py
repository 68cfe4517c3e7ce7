"""``/api/v1/me/decisions``: moderation decisions and appeals."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.conditional import conditional_response
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from videos.moderation import access, cases
from videos.moderation.schemas import DecisionDict
from videos.moderation.serializers import AppealSerializer


class DecisionsView(APIView):
    """Moderation decisions on what the caller owns."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_decisions",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[DecisionDict])},
    )
    def get(self, request: Request) -> Response:
        """List moderation decisions on what the caller owns, latest first."""
        page = paginate(request, cases.cases_against(signed_in_user(request).pk), cases.NEWEST)
        return conditional_response(request, page.body(cases.owner_body))


class AppealView(APIView):
    """Appeal of a decision."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_decision_appeal",
        request=AppealSerializer,
        responses={201: described(DecisionDict)},
    )
    @idempotent()
    def post(self, request: Request, case_id: str) -> Response:
        """Appeal a decision, once."""
        case = access.case_for_appealing(signed_in_user(request), case_id)
        case = cases.appeal(case, AppealSerializer.from_body(request)["text"])
        return no_store(Response(cases.owner_body(case), status=status.HTTP_201_CREATED))
