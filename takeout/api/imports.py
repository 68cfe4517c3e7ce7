"""``/api/v1/me/import``: archives from here and elsewhere."""

from __future__ import annotations

from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store, signed_in_user
from streamsite.api.described import described
from streamsite.api.idempotency import idempotent, planned_id
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import PAGINATION_PARAMETERS, paginate_keys, paginate_latest
from streamsite.api.parsing import StrictJSONParser
from takeout import mappers, store, tasks
from takeout.imports import services
from takeout.schemas import ImportDict, ImportRowDict
from takeout.serializers import ImportCreateSerializer, RowsQuerySerializer


def _recover_import(view: ImportsView, request: Request) -> Response | None:
    document = store.find_import(planned_id(request))
    return _accepted(document) if document is not None else None


def _accepted(document: store.ImportDoc) -> Response:
    return no_store(Response(mappers.serialize_import(document), status=status.HTTP_202_ACCEPTED))


class ImportsView(APIView):
    """Imports of the caller."""

    permission_classes = [IsAuthenticated]
    parser_classes = [MultiPartParser, StrictJSONParser]

    @extend_schema(
        operation_id="me_imports",
        parameters=PAGINATION_PARAMETERS,
        responses={200: described(PageDict[ImportDict])},
    )
    def get(self, request: Request) -> Response:
        """List the caller's imports, latest first."""
        user = signed_in_user(request)
        entries, following = paginate_latest(
            request, lambda before, size: services.list_imports(user, before, size)
        )
        rows = [mappers.serialize_import(entry.document) for entry in entries]
        return no_store(Response({"next": following, "previous": None, "results": rows}))

    @extend_schema(
        operation_id="me_imports_create",
        request={
            "multipart/form-data": ImportCreateSerializer,
            "application/json": ImportCreateSerializer,
        },
        responses={202: described(ImportDict)},
    )
    @idempotent(recover=_recover_import)
    def post(self, request: Request) -> Response:
        """Import an archive, or with `dry_run` report what would come over.

        Importing an archive again creates nothing twice. One import of an account runs at a time, else 409
        `import_running`.
        """
        data = ImportCreateSerializer.from_body(request)
        file: TemporaryUploadedFile | None = data.get("file")
        sent = services.Sent(upload=data["upload"])
        if file is not None:
            path = Path(file.temporary_file_path())
            sent = services.Sent(path=path, name=file.name or "", upload=data["upload"])
        document = services.begin(
            signed_in_user(request),
            sent,
            source=data["source"],
            is_dry=data["dry_run"],
            enqueue=tasks.enqueue_import,
            import_id=planned_id(request),
        )
        return _accepted(document)


class ImportView(APIView):
    """One import."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_import", responses={200: described(ImportDict)})
    def get(self, request: Request, import_id: str) -> Response:
        """Read the state of an import, and its report by kind."""
        document = services.get_import(signed_in_user(request), import_id)
        return no_store(Response(mappers.serialize_import(document)))

    @extend_schema(
        operation_id="me_import_cancel",
        responses={204: OpenApiResponse(description="Canceled, and its archive and report deleted")},
    )
    def delete(self, request: Request, import_id: str) -> Response:
        """Cancel an import, or delete its archive and report. What came over already stays."""
        services.cancel_import(signed_in_user(request), import_id)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


class ImportStartView(APIView):
    """The start of an import after its dry run."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_import_start", request=None, responses={202: described(ImportDict)})
    def post(self, request: Request, import_id: str) -> Response:
        """Import the archive of a dry run. Its report is replaced."""
        user = signed_in_user(request)
        return _accepted(services.start_rehearsed(user, import_id, enqueue=tasks.enqueue_import))


class ImportRowsView(APIView):
    """The entries of an import's report."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="me_import_rows",
        parameters=[*PAGINATION_PARAMETERS, RowsQuerySerializer],
        responses={200: described(PageDict[ImportRowDict])},
    )
    def get(self, request: Request, import_id: str) -> Response:
        """List what did not come over, or not as it was, with reasons."""
        document = services.get_import(signed_in_user(request), import_id)
        kind = RowsQuerySerializer.from_query(request)["kind"]
        found: dict[int, store.RowDoc] = {}

        def load(after: list[object] | None, size: int) -> list[list[object]]:
            rows = store.list_rows(document["_id"], int(str(after[0])) if after else 0, size, kind=kind)
            found.update({row["number"]: row for row in rows})
            return [[row["number"]] for row in rows]

        keys, following = paginate_keys(request, load, parts=1)
        rows = [mappers.serialize_row(found[int(str(key[0]))]) for key in keys]
        return no_store(Response({"next": following, "previous": None, "results": rows}))
