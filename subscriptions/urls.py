"""URLs of channel pages, subscriptions and the feed."""

from django.urls import path

from subscriptions.views import channel_settings, channels, import_export, notifications, posts, push

urlpatterns = [
    path("@<str:username>", channels.channel, name="channel"),
    path("@<str:username>/videos", channels.channel_videos, name="channel-videos"),
    path("@<str:username>/about", channels.channel_about, name="channel-about"),
    path("@<str:username>/subscribe", channels.channel_subscribe, name="channel-subscribe"),
    path("c/<str:name>", channels.channel_by_name),
    path("user/<str:name>", channels.channel_by_name),
    path("channel/<str:name>", channels.channel_by_name),
    path("feed", channels.feed, name="feed"),
    path("feeds/private/<str:token>.rss", import_export.serve_private_feed, name="private-feed"),
    path("subscriptions/programs", import_export.import_export_page, name="subscriptions-programs"),
    path("subscriptions/export.opml", import_export.export_subscriptions, name="subscriptions-export"),
    path("subscriptions/import", import_export.import_subscriptions, name="subscriptions-import"),
    path("subscriptions/feed", import_export.change_private_feed, name="subscriptions-feed"),
    path("settings/channel", channel_settings.settings_channel, name="settings-channel"),
    path("settings/channel/preview", channel_settings.channel_preview, name="settings-channel-preview"),
    path("subscriptions", channels.subscriptions, name="subscriptions"),
    path("subscriptions/sidebar", channels.sidebar_channels, name="sidebar-channels"),
    path("notifications", notifications.notifications, name="notifications"),
    path("notifications/panel", notifications.notification_panel, name="notifications-panel"),
    path("notifications/mute", notifications.mute, name="notifications-mute"),
    path("notifications/read", notifications.mark_all_read, name="notifications-read"),
    path("notifications/stop", notifications.unfollow_thread, name="thread-stop"),
    path("settings/notifications", notifications.settings_notifications, name="settings-notifications"),
    path("settings/notifications/browsers", push.settings_browsers, name="settings-push"),
    path("push/worker.js", push.worker, name="push-worker"),
    path("@<str:username>/posts", posts.channel_posts, name="channel-posts"),
    path("feed/posts", posts.feed_posts, name="feed-posts"),
    path("posts/<str:post_id>", posts.detail, name="post"),
    path("posts/<str:post_id>/comments", posts.comments, name="post-comments"),
    path("posts/<str:post_id>/edit", posts.edit, name="post-edit"),
    path("posts/<str:post_id>/delete", posts.delete, name="post-delete"),
    path("posts/<str:post_id>/reaction", posts.react, name="post-react"),
]
