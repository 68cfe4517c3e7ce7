"""The events that webhooks get, and the limits of webhooks."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

VIDEO_READY = "video.ready"
VIDEO_FAILED = "video.failed"
VIDEO_PUBLISHED = "video.published"
VIDEO_DELETED = "video.deleted"
COMMENT_CREATED = "comment.created"
SUBSCRIPTION_CREATED = "subscription.created"
SUBSCRIPTION_DELETED = "subscription.deleted"
EVENTS = {
    VIDEO_READY: _("A video is processed"),
    VIDEO_FAILED: _("A video can't be processed"),
    VIDEO_PUBLISHED: _("A video is published"),
    VIDEO_DELETED: _("A video is deleted"),
    COMMENT_CREATED: _("A comment is posted"),
    SUBSCRIPTION_CREATED: _("Someone subscribes"),
    SUBSCRIPTION_DELETED: _("Someone unsubscribes"),
}
# Sent on request only.
TEST = "webhook.test"
# Names that will be events once the site has live streams.
RESERVED_PREFIX = "live."

# Seconds after each failed try, in all a day; after the last one the delivery has failed.
PAUSES = (60, 300, 1_800, 7_200, 18_000, 28_800, 30_240)
MAX_TRIES = len(PAUSES) + 1
MAX_WEBHOOKS = 10
# Events that wait for one webhook; further ones are not kept.
MAX_WAITING = 1_000
# How long deliveries can be looked up and sent again.
RETENTION = timedelta(days=7)
# How long a replaced secret goes on signing.
OVERLAP = timedelta(hours=24)
