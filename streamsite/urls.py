"""Every URL of the site."""

from django.contrib import admin
from django.urls import include, path, re_path

from accounts.views.sign_in import staff_login
from streamsite import health
from streamsite.api.views import ApiDocs, SchemaView, api_not_found
from streamsite.site_settings import pages
from streamsite.site_settings.views import appearance, dismiss_banner, help_page, site_page
from streamsite.url_index import indexed
from streamsite.view_helpers import redirect_view

urlpatterns = indexed(
    "videos.urls",
    "accounts.urls",
    "playlists.urls",
    "subscriptions.urls",
    "takeout.urls",
    path(
        "api/v1/",
        include(
            indexed(
                "accounts.api_urls",
                "videos.api_urls",
                "playlists.api_urls",
                "subscriptions.api_urls",
                "takeout.api_urls",
            )
        ),
    ),
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/docs", ApiDocs.as_view(), name="api-docs"),
    path("api", redirect_view("api-docs")),
    re_path(r"^api/.", api_not_found),
    "streamsite.site_files.urls",
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin", redirect_view("admin:index")),
    path("admin/login/", staff_login, name="staff-login"),
    # Django's own form leaves sessions and API tokens alive.
    path("admin/password_change/", redirect_view("settings-security")),
    path("admin/", include("accounts.registration.admin_urls")),
    re_path(
        r"^appearance/(?P<light>[0-9a-f]{6})-(?P<dark>[0-9a-f]{6})\.css$", appearance, name="site-appearance"
    ),
    *(path(name, site_page, {"name": name}, name=f"page-{name}") for name in pages.TITLES),
    path("help", help_page, name="help"),
    path("banner/dismiss", dismiss_banner, name="dismiss-banner"),
    path("admin/site/", include("streamsite.site_settings.urls")),
    path("admin/", admin.site.urls),
)

handler400 = "streamsite.error_responses.bad_request"
handler403 = "streamsite.error_responses.permission_denied"
handler404 = "streamsite.error_responses.not_found"
handler500 = "streamsite.error_responses.server_error"
