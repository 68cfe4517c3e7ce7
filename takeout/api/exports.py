"""``/api/v1/me/export``: archives of the caller's data."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import audit
from accounts.api.base import PersonalView, current_session_id, no_store, signed_in_user
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent, planned_id
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate_latest
from streamsite.cache_headers import PRIVATE_NEVER_STORED
from streamsite.files import CHUNK_BYTES, ContentFacts, send_pieces
from takeout import mappers, store, tasks
from takeout.exports import services
from takeout.schemas import ExportDict
from takeout.serializers import ExportCreateSerializer


def _recover_export(view: ExportsView, request: Request) -> Response | None:
    export = store.find_export(planned_id(request))
    return _accepted(export) if export is not None else None


def _accepted(export: store.ExportDoc) -> Response:
    return no_store(Response(mappers.serialize_export(export), status=status.HTTP_202_ACCEPTED))


class ExportsView(PersonalView):
    """Archives of the caller's data.

    Requesting one requires a sign-in or ``POST /auth/proof`` within the last 10 minutes, else 403 ``proof_required``.
    """

    @extend_schema(
        operation_id="me_exports",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ExportDict])},
    )
    def get(self, request: Request) -> Response:
        """List the caller's exports, latest first."""
        user = signed_in_user(request)
        entries, following = paginate_latest(
            request, lambda before, size: services.list_exports(user, before, size)
        )
        rows = [mappers.serialize_export(entry.document) for entry in entries]
        return no_store(Response({"next": following, "previous": None, "results": rows}))

    @extend_schema(
        operation_id="me_exports_create",
        request=ExportCreateSerializer,
        responses={202: described(ExportDict)},
    )
    @idempotent(recover=_recover_export)
    def post(self, request: Request) -> Response:
        """Request an archive of everything that the account has; the present one while one is being made."""
        data = ExportCreateSerializer.from_body(request)
        user = signed_in_user(request)
        requested = services.request_export(
            user,
            session_id=current_session_id(request),
            enqueue=tasks.enqueue_export,
            with_media=data["with_media"],
            export_id=planned_id(request),
        )
        if requested.is_new:
            audit.record("export_requested", user.pk, request=request._request)
        return _accepted(requested.export)


class ExportView(PersonalView):
    """One export."""

    @extend_schema(operation_id="me_export", responses={200: described(ExportDict)})
    def get(self, request: Request, export_id: str) -> Response:
        """Read the state of an export."""
        export = services.get_export(signed_in_user(request), export_id)
        return no_store(Response(mappers.serialize_export(export)))

    @extend_schema(
        operation_id="me_export_cancel",
        responses={204: OpenApiResponse(description="Canceled, and its archive deleted")},
    )
    def delete(self, request: Request, export_id: str) -> Response:
        """Cancel an export, or delete its archive."""
        services.cancel_export(signed_in_user(request), export_id)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class ArchiveView(PersonalView):
    """The archive of an export."""

    @extend_schema(
        operation_id="me_export_archive",
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            (206, "application/zip"): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request, export_id: str) -> HttpResponseBase:
        """Download an archive. Byte ranges are supported, so that a download can be resumed."""
        export, archive = services.open_archive(signed_in_user(request), export_id)
        response = send_pieces(
            request._request,
            ContentFacts(archive.size, f'"{export_id}-{archive.size:x}"', archive.modified),
            lambda first, length: archive.read(first, length, CHUNK_BYTES),
            content_type="application/zip",
            cache=PRIVATE_NEVER_STORED,
        )
        day = export["created_at"].date().isoformat()
        response["Content-Disposition"] = f'attachment; filename="takeout-{day}.zip"'
        return response
