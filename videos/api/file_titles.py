"""``/api/v1/uploads/titles``: titles made from file names, before the upload."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store
from streamsite.api.described import described
from streamsite.rate_limits import PREVIEW
from videos.file_titles import title_from_filename
from videos.schemas.videos import FileTitlesDict
from videos.serializers.file_titles import FileNamesSerializer


class FileTitlesView(APIView):
    """Titles made from file names."""

    permission_classes = [IsAuthenticated]
    throttle_limit = PREVIEW
    token_scopes: ClassVar[dict[str, str]] = {"POST": "upload"}

    @extend_schema(
        operation_id="upload_titles",
        request=FileNamesSerializer,
        responses={200: described(FileTitlesDict)},
    )
    def post(self, request: Request) -> Response:
        """Make titles from file names."""
        names = FileNamesSerializer.from_body(request)["filenames"]
        return no_store(Response({"titles": [title_from_filename(name) for name in names]}))
