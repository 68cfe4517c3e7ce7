"""Translated names of models and their fields in Django admin.

They are set on the loaded models and not in their ``Meta``, where each would need a migration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

# By model: one, and many.
NAMES: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    "accounts.user": (pgettext_lazy("model", "user"), pgettext_lazy("model", "users")),
    "videos.comment": (pgettext_lazy("model", "comment"), pgettext_lazy("model", "comments")),
    "videos.commentreaction": (
        pgettext_lazy("model", "comment reaction"),
        pgettext_lazy("model", "comment reactions"),
    ),
    "videos.block": (pgettext_lazy("model", "block"), pgettext_lazy("model", "blocks")),
    "videos.case": (pgettext_lazy("model", "case"), pgettext_lazy("model", "cases")),
    "videos.report": (pgettext_lazy("model", "report"), pgettext_lazy("model", "reports")),
    "videos.strike": (pgettext_lazy("model", "strike"), pgettext_lazy("model", "strikes")),
    "videos.video": (pgettext_lazy("model", "video"), pgettext_lazy("model", "videos")),
    "videos.reaction": (pgettext_lazy("model", "reaction"), pgettext_lazy("model", "reactions")),
    "playlists.playlist": (pgettext_lazy("model", "playlist"), pgettext_lazy("model", "playlists")),
    "playlists.playlistitem": (
        pgettext_lazy("model", "playlist item"),
        pgettext_lazy("model", "playlist items"),
    ),
    "playlists.savedplaylist": (
        pgettext_lazy("model", "saved playlist"),
        pgettext_lazy("model", "saved playlists"),
    ),
    "subscriptions.subscription": (
        pgettext_lazy("model", "subscription"),
        pgettext_lazy("model", "subscriptions"),
    ),
    "subscriptions.notification": (
        pgettext_lazy("model", "notification"),
        pgettext_lazy("model", "notifications"),
    ),
    "subscriptions.broadcast": (pgettext_lazy("model", "broadcast"), pgettext_lazy("model", "broadcasts")),
    "subscriptions.post": (pgettext_lazy("model", "post"), pgettext_lazy("model", "posts")),
    "subscriptions.webhook": (pgettext_lazy("model", "webhook"), pgettext_lazy("model", "webhooks")),
    "subscriptions.webhookdelivery": (
        pgettext_lazy("model", "webhook delivery"),
        pgettext_lazy("model", "webhook deliveries"),
    ),
    "streamsite.job": (pgettext_lazy("model", "job"), pgettext_lazy("model", "jobs")),
}
# Fields in lists and filters, by their names in every model.
FIELDS: dict[str, StrOrPromise] = {
    "created_at": pgettext_lazy("model", "created at"),
    "email_verified": pgettext_lazy("model", "email verified"),
    "queue": pgettext_lazy("model", "queue"),
    "priority": pgettext_lazy("model", "priority"),
    "view_count": pgettext_lazy("model", "view count"),
    "like_count": pgettext_lazy("model", "like count"),
    "comment_count": pgettext_lazy("model", "comment count"),
    "video_count": pgettext_lazy("model", "video count"),
    "subscriber_count": pgettext_lazy("model", "subscriber count"),
    "subscription_count": pgettext_lazy("model", "subscription count"),
}


def apply() -> None:
    """Give the loaded models and their fields these names."""
    for label, (one, many) in NAMES.items():
        options = apps.get_model(label)._meta
        options.verbose_name, options.verbose_name_plural = one, many
        for field in options.local_fields:
            if name := FIELDS.get(field.name):
                field.verbose_name = name
