"""URLs of pages about videos, and of their files."""

from django.urls import path

from videos import media
from videos.views import embed, own, parts, studio, watching

urlpatterns = [
    path("", watching.home, name="home"),
    path("watch/<str:video_id>", watching.watch, name="watch"),
    path("watch/<str:video_id>/reaction", own.react, name="react"),
    path("history", own.history, name="history"),
    path("history/clear", own.history_clear, name="history-clear"),
    path("history/pause", own.history_pause, name="history-pause"),
    path("history/<str:video_id>/forget", own.history_forget, name="history-forget"),
    path("liked", own.liked, name="liked"),
    path("embed/<str:video_id>", embed.embed, name="embed"),
    path("search", watching.search, name="search"),
    path("trending", watching.trending, name="trending"),
    path("upload", studio.upload, name="upload"),
    path("studio/videos", studio.studio, name="studio-videos"),
    path("studio/videos/<str:video_id>", studio.edit, name="studio-video"),
    path("studio/videos/<str:video_id>/delete", studio.delete, name="studio-video-delete"),
    path("studio/videos/<str:video_id>/retry", studio.retry, name="studio-video-retry"),
    path("studio/videos/<str:video_id>/picture", parts.picture, name="studio-picture"),
    path("studio/videos/<str:video_id>/chapters", parts.chapters_page, name="studio-chapters"),
    path("studio/videos/<str:video_id>/captions", parts.captions_page, name="studio-captions"),
    path("studio/videos/<str:video_id>/captions/<str:caption_id>", parts.caption_page, name="studio-caption"),
    path("studio/videos/<str:video_id>/sharing", parts.sharing, name="studio-sharing"),
    path("media/v/<str:token>/<str:video_id>/<str:generation>/<path:name>", media.serve, name="media"),
]
