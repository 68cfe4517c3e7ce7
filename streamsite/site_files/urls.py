"""URLs of the files about the site."""

from django.urls import path

from streamsite.site_files import icons, views

urlpatterns = [
    path("favicon.ico", views.icon, {"name": icons.FAVICON}, name="favicon"),
    path("apple-touch-icon.png", views.icon, {"name": icons.TOUCH}, name="touch-icon"),
    path("apple-touch-icon-precomposed.png", views.icon, {"name": icons.TOUCH}, name="touch-icon-ready"),
    path("manifest.webmanifest", views.web_app_manifest, name="manifest"),
    path("opensearch.xml", views.opensearch_description, name="opensearch"),
    path(".well-known/security.txt", views.security_contacts, name="security-txt"),
]
