"""URLs of the pages of exports and imports."""

from django.urls import path

from takeout.views import exports

urlpatterns = [
    path("settings/export", exports.settings_export, name="settings-export"),
    path("settings/export/request", exports.request_export, name="settings-export-request"),
    path("settings/export/<str:export_id>/delete", exports.delete_export, name="settings-export-delete"),
]
