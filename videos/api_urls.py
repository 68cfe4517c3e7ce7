"""URLs of the video API, below ``/api/v1/``."""

from django.urls import path

from videos.api import (
    captions,
    comments,
    discovery,
    file_titles,
    moderation,
    owner,
    playback,
    studio,
    uploads,
    videos,
)

urlpatterns = [
    path("uploads", uploads.UploadsView.as_view(), name="api-uploads"),
    path("uploads/titles", file_titles.FileTitlesView.as_view(), name="api-upload-titles"),
    path("uploads/<str:upload_id>", uploads.UploadView.as_view(), name="api-upload"),
    path("videos", videos.VideosView.as_view(), name="api-videos"),
    path("videos/<str:video_id>", videos.VideoView.as_view(), name="api-video"),
    path("videos/<str:video_id>/processing", owner.ProcessingView.as_view(), name="api-video-processing"),
    path("videos/<str:video_id>/retry", owner.RetryView.as_view(), name="api-video-retry"),
    path("videos/<str:video_id>/thumbnail", owner.ThumbnailView.as_view(), name="api-video-thumbnail"),
    path("videos/<str:video_id>/captions", captions.CaptionsView.as_view(), name="api-captions"),
    path(
        "videos/<str:video_id>/captions/<str:caption_id>", captions.CaptionView.as_view(), name="api-caption"
    ),
    path("videos/<str:video_id>/transcript", captions.TranscriptView.as_view(), name="api-transcript"),
    path(
        "videos/<str:video_id>/chapters/preview",
        owner.ChapterPreviewView.as_view(),
        name="api-chapters-preview",
    ),
    path("videos/<str:video_id>/playback", playback.PlaybackView.as_view(), name="api-playback"),
    path("videos/<str:video_id>/reaction", playback.ReactionView.as_view(), name="api-reaction"),
    path("videos/<str:video_id>/related", discovery.RelatedView.as_view(), name="api-related"),
    path("trending", discovery.TrendingView.as_view(), name="api-trending"),
    path("search/suggest", discovery.SuggestView.as_view(), name="api-suggest"),
    path("me/likes", playback.LikesView.as_view(), name="api-likes"),
    path("me/history", playback.HistoryView.as_view(), name="api-history"),
    path("me/history/<str:video_id>", playback.HistoryEntryView.as_view(), name="api-history-entry"),
    path("videos/<str:video_id>/share-links", owner.ShareLinksView.as_view(), name="api-share-links"),
    path(
        "videos/<str:video_id>/share-links/<str:link_id>",
        owner.ShareLinkView.as_view(),
        name="api-share-link",
    ),
    path("videos/<str:video_id>/comments", comments.CommentsView.as_view(), name="api-comments"),
    path("comments/<str:comment_id>", comments.CommentView.as_view(), name="api-comment"),
    path("comments/<str:comment_id>/replies", comments.RepliesView.as_view(), name="api-replies"),
    path(
        "comments/<str:comment_id>/reaction",
        comments.CommentReactionView.as_view(),
        name="api-comment-reaction",
    ),
    path("comments/<str:comment_id>/pin", comments.PinView.as_view(), name="api-comment-pin"),
    path("comments/<str:comment_id>/heart", comments.HeartView.as_view(), name="api-comment-heart"),
    path("comments/<str:comment_id>/follow", comments.FollowThreadView.as_view(), name="api-comment-follow"),
    path("comments/<str:comment_id>/approval", comments.ApprovalView.as_view(), name="api-comment-approval"),
    path("studio/stats", studio.StatsView.as_view(), name="api-studio-stats"),
    path("studio/stats.csv", studio.StatsFileView.as_view(), name="api-studio-stats-file"),
    path("studio/videos", studio.StudioVideosView.as_view(), name="api-studio-videos"),
    path("studio/videos/bulk", studio.BulkView.as_view(), name="api-studio-bulk"),
    path(
        "studio/videos/<str:video_id>/stats", studio.VideoStatsView.as_view(), name="api-studio-video-stats"
    ),
    path(
        "studio/videos/<str:video_id>/stats.csv",
        studio.VideoStatsFileView.as_view(),
        name="api-studio-video-stats-file",
    ),
    path("studio/comments", comments.StudioCommentsView.as_view(), name="api-studio-comments"),
    path("studio/comment-rules", comments.CommentFiltersView.as_view(), name="api-comment-rules"),
    path("videos/<str:video_id>/report", moderation.VideoReportView.as_view(), name="api-video-report"),
    path(
        "comments/<str:comment_id>/report", moderation.CommentReportView.as_view(), name="api-comment-report"
    ),
    path("channels/<str:username>/report", moderation.ChannelReportView.as_view(), name="api-channel-report"),
    path("me/decisions", moderation.DecisionsView.as_view(), name="api-decisions"),
    path("me/decisions/<str:case_id>/appeal", moderation.AppealView.as_view(), name="api-decision-appeal"),
    path("me/blocks", moderation.BlocksView.as_view(), name="api-blocks"),
    path("me/blocks/<str:username>", moderation.BlockView.as_view(), name="api-block"),
]
