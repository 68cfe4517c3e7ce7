"""URLs of pages about videos, and of their files."""

from django.urls import path

from videos import media
from videos.views import comments, embed, moderation, own, parts, studio, watching

urlpatterns = [
    path("", watching.home, name="home"),
    path("watch/<str:video_id>", watching.watch, name="watch"),
    path("watch/<str:video_id>/reaction", own.react, name="react"),
    path("watch/<str:video_id>/comments", comments.video_comments, name="video-comments"),
    path("comments/<str:comment_id>", comments.thread, name="comment"),
    path("comments/<str:comment_id>/row", comments.row, name="comment-row"),
    path("comments/<str:comment_id>/edit", comments.edit, name="comment-edit"),
    path("comments/<str:comment_id>/delete", comments.delete, name="comment-delete"),
    path("comments/<str:comment_id>/curate", comments.curate, name="comment-curate"),
    path("comments/<str:comment_id>/react", comments.react, name="comment-react"),
    path("report/<str:about>/<str:name>", moderation.report, name="report"),
    path("block/<str:username>", moderation.block, name="block"),
    path("settings/blocked", moderation.settings_blocked, name="settings-blocked"),
    path("settings/decisions", moderation.settings_decisions, name="settings-decisions"),
    path("decisions/<str:token>", moderation.decision, name="decision"),
    path("studio/comments", comments.studio, name="studio-comments"),
    path("studio/comments/rules", comments.studio_rules, name="studio-comment-rules"),
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
