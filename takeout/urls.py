"""URLs of the pages of exports and imports."""

from django.urls import path

from takeout.views import exports, imports

urlpatterns = [
    path("settings/export", exports.settings_export, name="settings-export"),
    path("settings/export/request", exports.request_export, name="settings-export-request"),
    path("settings/export/<str:export_id>/delete", exports.delete_export, name="settings-export-delete"),
    path("settings/import", imports.settings_import, name="settings-import"),
    path("settings/import/<str:import_id>", imports.import_report, name="settings-import-report"),
    path("settings/import/<str:import_id>/start", imports.start_import, name="settings-import-start"),
    path("settings/import/<str:import_id>/delete", imports.delete_import, name="settings-import-delete"),
]
