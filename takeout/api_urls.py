"""URLs of exports and imports, below ``/api/v1/``."""

from django.urls import path

from takeout.api import exports, imports

urlpatterns = [
    path("me/export", exports.ExportsView.as_view(), name="api-exports"),
    path("me/export/<str:export_id>", exports.ExportView.as_view(), name="api-export"),
    path("me/export/<str:export_id>/archive", exports.ArchiveView.as_view(), name="api-export-archive"),
    path("me/import", imports.ImportsView.as_view(), name="api-imports"),
    path("me/import/<str:import_id>", imports.ImportView.as_view(), name="api-import"),
    path("me/import/<str:import_id>/start", imports.ImportStartView.as_view(), name="api-import-start"),
    path("me/import/<str:import_id>/rows", imports.ImportRowsView.as_view(), name="api-import-rows"),
]
