"""``POST /uploads/titles``: the titles that videos get from the names of their files, before anything is sent."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store
from streamsite.api.described import described
from streamsite.errors import Invalid
from streamsite.rate_limits import PREVIEW
from videos.file_titles import title_from_filename
from videos.schemas.videos import FileTitlesDict
from videos.serializers.file_titles import FileNamesSerializer

MAX_NAMES = 100


class FileTitlesView(APIView):
    """First titles for files."""

    permission_classes = [IsAuthenticated]
    throttle_limit = PREVIEW
    token_scopes: ClassVar[dict[str, str]] = {"POST": "upload"}

    @extend_schema(
        operation_id="upload_titles",
        request=FileNamesSerializer,
        responses={200: described(FileTitlesDict)},
    )
    def post(self, request: Request) -> Response:
        sent: Any = request.data
        names = sent.get("filenames")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise Invalid(fields={"filenames": ["Send a list of file names."]})
        if len(names) > MAX_NAMES:
            raise Invalid(fields={"filenames": [f"Send up to {MAX_NAMES} file names."]})
        return no_store(Response({"titles": [title_from_filename(name) for name in names]}))
