"""URLs of pages about videos, and of their files."""

from django.urls import path

from videos import media, views

urlpatterns = [
    path("", views.home, name="home"),
    path("watch/<str:video_id>", views.watch, name="watch"),
    path("search", views.search, name="search"),
    path("upload", views.upload, name="upload"),
    path("studio/videos", views.studio, name="studio-videos"),
    path("studio/videos/<str:video_id>", views.edit, name="studio-video"),
    path("studio/videos/<str:video_id>/delete", views.delete, name="studio-video-delete"),
    path("studio/videos/<str:video_id>/retry", views.retry, name="studio-video-retry"),
    path("media/v/<str:token>/<str:video_id>/<str:generation>/<path:name>", media.serve, name="media"),
]
