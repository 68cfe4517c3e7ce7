"""URLs below ``/admin/site/``."""

from django.urls import path

from streamsite.site_settings import views

urlpatterns = [
    path("", views.for_staff(views.overview), name="site-settings"),
    path("<slug:name>/", views.for_staff(views.section_page), name="site-settings-section"),
]
