"""``/api/v1/me/avatar`` and ``/api/v1/me/cover``: images of the account."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import image_processing, image_storage, mappers
from accounts.api.base import no_store, signed_in_user
from accounts.schemas import AccountDict
from accounts.serializers.images import ImageUploadSerializer
from streamsite.api.described import described
from streamsite.rate_limits import IMAGE_UPLOAD


class ImageView(APIView):
    """One of the account's images."""

    permission_classes = [IsAuthenticated]
    parser_classes = [MultiPartParser]
    throttle_limit = IMAGE_UPLOAD
    kind: image_processing.ImageType

    def put(self, request: Request) -> Response:
        """Replace the image."""
        user = signed_in_user(request)
        file = ImageUploadSerializer.from_body(request)["file"]
        prepared = image_processing.prepare_image(file, self.kind)
        return no_store(
            Response(mappers.serialize_account(image_storage.replace_image(user, self.kind.name, prepared)))
        )

    def delete(self, request: Request) -> Response:
        """Remove the image. Idempotent."""
        image_storage.remove_image(signed_in_user(request), self.kind.name)
        return no_store(Response(status=status.HTTP_204_NO_CONTENT))


View = TypeVar("View", bound=APIView)


def _document_image_view(name: str) -> Callable[[type[View]], type[View]]:
    put = extend_schema(
        operation_id=f"me_{name}_update",
        request={"multipart/form-data": ImageUploadSerializer},
        responses={200: described(AccountDict)},
    )
    delete = extend_schema(
        operation_id=f"me_{name}_delete", responses={204: OpenApiResponse(description="There is none now")}
    )
    return extend_schema_view(put=put, delete=delete)


@_document_image_view("avatar")
class AvatarView(ImageView):
    """The caller's avatar."""

    kind = image_processing.AVATAR


@_document_image_view("cover")
class CoverView(ImageView):
    """The caller's cover image."""

    kind = image_processing.COVER
