"""URLs of the video API, below ``/api/v1/``."""

from django.urls import path

from videos import api

urlpatterns = [
    path("videos", api.VideosView.as_view(), name="api-videos"),
    path("videos/<str:video_id>", api.VideoView.as_view(), name="api-video"),
    path("videos/<str:video_id>/processing", api.ProcessingView.as_view(), name="api-video-processing"),
    path("videos/<str:video_id>/retry", api.RetryView.as_view(), name="api-video-retry"),
]
