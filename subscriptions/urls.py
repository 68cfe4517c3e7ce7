"""URLs of channel pages, subscriptions and the feed."""

from django.urls import path

from subscriptions import views

urlpatterns = [
    path("@<str:username>", views.channel, name="channel"),
    path("@<str:username>/videos", views.channel, name="channel-videos"),
    path("@<str:username>/about", views.channel_about, name="channel-about"),
    path("@<str:username>/subscribe", views.channel_subscribe, name="channel-subscribe"),
    path("feed", views.feed, name="feed"),
    path("subscriptions", views.subscriptions, name="subscriptions"),
]
