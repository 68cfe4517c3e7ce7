"""URLs of channels, subscriptions and the feed, below ``/api/v1/``."""

from django.urls import path

from subscriptions.api import (
    channel_page,
    channels,
    feed,
    import_export,
    notifications,
    posts,
    push,
    subscriptions,
    webhooks,
)

urlpatterns = [
    path("channels", channels.ChannelsView.as_view(), name="api-channels"),
    path("channels/<str:username>", channels.ChannelView.as_view(), name="api-channel"),
    path("channels/<str:username>/videos", channels.ChannelVideosView.as_view(), name="api-channel-videos"),
    path(
        "channels/<str:username>/subscribers",
        subscriptions.ChannelSubscribersView.as_view(),
        name="api-channel-subscribers",
    ),
    path(
        "channels/<str:username>/subscriptions",
        subscriptions.ChannelSubscriptionsView.as_view(),
        name="api-channel-subscriptions",
    ),
    path(
        "channels/<str:username>/subscription",
        subscriptions.SubscriptionView.as_view(),
        name="api-subscription",
    ),
    path("channels/<str:username>/seen", feed.ChannelSeenView.as_view(), name="api-channel-seen"),
    path("me/subscriptions", subscriptions.MySubscriptionsView.as_view(), name="api-me-subscriptions"),
    path("channels/<str:username>/front", channel_page.ChannelFrontView.as_view(), name="api-channel-front"),
    path("me/channel-page", channel_page.ChannelPageView.as_view(), name="api-channel-page"),
    path("me/subscriptions/opml", import_export.ExportView.as_view(), name="api-subscriptions-opml"),
    path("me/subscriptions/import", import_export.ImportView.as_view(), name="api-subscriptions-import"),
    path("me/feed/rss", import_export.PrivateFeedView.as_view(), name="api-private-feed"),
    path("me/feed", feed.FeedView.as_view(), name="api-me-feed"),
    path("me/feed/seen", feed.FeedSeenView.as_view(), name="api-feed-seen"),
    path("me/notifications", notifications.NotificationsView.as_view(), name="api-notifications"),
    path("me/notifications/unread", notifications.UnreadView.as_view(), name="api-notifications-unread"),
    path("me/notifications/seen", notifications.MarkSeenView.as_view(), name="api-notifications-seen"),
    path("me/notifications/read", notifications.MarkReadView.as_view(), name="api-notifications-read"),
    path("me/push-subscriptions", push.PushSubscriptionsView.as_view(), name="api-push-subscriptions"),
    path(
        "me/push-subscriptions/<str:subscription_id>",
        push.PushSubscriptionView.as_view(),
        name="api-push-subscription",
    ),
    path("posts", posts.PostsView.as_view(), name="api-posts"),
    path("posts/<str:post_id>", posts.PostView.as_view(), name="api-post"),
    path("posts/<str:post_id>/reaction", posts.PostReactionView.as_view(), name="api-post-reaction"),
    path("posts/<str:post_id>/comments", posts.PostCommentsView.as_view(), name="api-post-comments"),
    path("posts/<str:post_id>/report", posts.PostReportView.as_view(), name="api-post-report"),
    path("channels/<str:username>/posts", posts.ChannelPostsView.as_view(), name="api-channel-posts"),
    path("me/feed/posts", posts.FeedPostsView.as_view(), name="api-me-feed-posts"),
    path("webhooks", webhooks.WebhooksView.as_view(), name="api-webhooks"),
    path("webhooks/<str:webhook_id>", webhooks.WebhookView.as_view(), name="api-webhook"),
    path("webhooks/<str:webhook_id>/secret", webhooks.WebhookSecretView.as_view(), name="api-webhook-secret"),
    path("webhooks/<str:webhook_id>/test", webhooks.WebhookTestView.as_view(), name="api-webhook-test"),
    path(
        "webhooks/<str:webhook_id>/deliveries",
        webhooks.DeliveriesView.as_view(),
        name="api-webhook-deliveries",
    ),
    path(
        "webhooks/<str:webhook_id>/deliveries/<str:delivery_id>/redeliver",
        webhooks.RedeliverView.as_view(),
        name="api-webhook-redeliver",
    ),
]
