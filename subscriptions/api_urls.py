"""URLs of channels, subscriptions and the feed, below ``/api/v1/``."""

from django.urls import path

from subscriptions import api

urlpatterns = [
    path("channels/<str:username>", api.ChannelView.as_view(), name="api-channel"),
    path("channels/<str:username>/videos", api.ChannelVideosView.as_view(), name="api-channel-videos"),
    path(
        "channels/<str:username>/subscribers",
        api.ChannelSubscribersView.as_view(),
        name="api-channel-subscribers",
    ),
    path(
        "channels/<str:username>/subscriptions",
        api.ChannelSubscriptionsView.as_view(),
        name="api-channel-subscriptions",
    ),
    path("channels/<str:username>/subscription", api.SubscriptionView.as_view(), name="api-subscription"),
    path("me/subscriptions", api.MySubscriptionsView.as_view(), name="api-me-subscriptions"),
    path("me/feed", api.FeedView.as_view(), name="api-me-feed"),
]
