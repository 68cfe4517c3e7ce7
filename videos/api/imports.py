"""``/api/v1/imports``: videos that the site fetches from an address."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent, planned_id
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate
from streamsite.rate_limits import IMPORT
from videos.imports import mappers, services
from videos.models import AddressImport
from videos.schemas.imports import AddressImportDict
from videos.serializers.imports import ImportInputSerializer
from videos.tasks import enqueue_import


def _recover_import(view: APIView, request: Request) -> Response | None:
    """Return the answer when the import of the request is there already."""
    row = AddressImport.objects.filter(pk=planned_id(request)).first()
    return None if row is None else _created(row)


def _created(row: AddressImport) -> Response:
    response = no_store(Response(mappers.serialize_import(row), status=status.HTTP_202_ACCEPTED))
    response["Location"] = f"/api/v1/imports/{row.pk}"
    return response


class ImportsView(APIView):
    """The caller's imports."""

    permission_classes = [IsAuthenticated]
    token_scopes: ClassVar[dict[str, str]] = {"GET": "upload", "POST": "upload"}

    throttle_limit = IMPORT

    @extend_schema(
        operation_id="address_imports_list",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[AddressImportDict])},
    )
    def get(self, request: Request) -> Response:
        """List the caller's imports, newest first."""
        services.require_enabled()
        page = paginate(request, services.imports_of(signed_in_user(request)), services.NEWEST)
        return no_store(Response(page.body(mappers.serialize_import)))

    @extend_schema(
        operation_id="address_imports_create",
        request=ImportInputSerializer,
        responses={202: described(AddressImportDict)},
    )
    @idempotent(recover=_recover_import)
    def post(self, request: Request) -> Response:
        """Fetch a video from an address."""
        services.require_enabled()
        given = ImportInputSerializer.from_body(request)
        ids = (planned_id(request), planned_id(request, "upload"))
        row = services.start_import(signed_in_user(request), **given, ids=ids, enqueue=enqueue_import)
        return _created(row)


class ImportView(APIView):
    """One import of the caller."""

    permission_classes = [IsAuthenticated]
    token_scopes: ClassVar[dict[str, str]] = {"GET": "upload", "DELETE": "upload"}

    @extend_schema(operation_id="address_imports_retrieve", responses={200: described(AddressImportDict)})
    def get(self, request: Request, address_import_id: str) -> Response:
        """Return an import with its progress."""
        services.require_enabled()
        row = services.get_import(signed_in_user(request), address_import_id)
        return no_store(Response(mappers.serialize_import(row)))

    @extend_schema(
        operation_id="address_imports_delete",
        responses={204: OpenApiResponse(description="Canceled, or removed from the list")},
    )
    def delete(self, request: Request, address_import_id: str) -> Response:
        """Cancel an import, or remove one that has ended from the list. A video that is there stays."""
        services.require_enabled()
        services.delete_import(signed_in_user(request), address_import_id)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))
