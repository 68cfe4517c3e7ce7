"""URLs of exports and imports, below ``/api/v1/``."""

from django.urls import path

from takeout.api import exports

urlpatterns = [
    path("me/export", exports.ExportsView.as_view(), name="api-exports"),
    path("me/export/<str:export_id>", exports.ExportView.as_view(), name="api-export"),
    path("me/export/<str:export_id>/archive", exports.ArchiveView.as_view(), name="api-export-archive"),
]
