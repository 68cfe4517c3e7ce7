"""The signals that the videos app sends: when, and with which arguments. Its own handlers are in ``receivers``."""

from __future__ import annotations

from django.dispatch import Signal

# Before a video's row is deleted, so that apps that refer to it can clean up. Sent with ``video_id``.
video_deleted = Signal()
# Within the transaction that deletes a video's row. Sent with ``video_id`` and ``video``, as it was.
video_row_deleted = Signal()
# When a video may have another title, or be visible again after it was given one. Sent with ``video_id``.
video_retitled = Signal()
# When what lists and search show of a video may have changed. Sent with ``video_id``.
listing_refreshed = Signal()
# When a video appears in lists for the first time. Sent with ``video_id`` and ``channel_id``.
video_published = Signal()
# Within the transaction that dates its first appearance in lists. Sent with ``video``, with its channel.
video_first_listed = Signal()
# Within the transaction that makes a video ready, or marks it as failed. Sent with ``video_id``.
video_completed = Signal()
video_failed = Signal()
# When a video cannot be processed. Sent with ``video_id``.
processing_failed = Signal()
# When a change of visibility is scheduled. Sent with ``video_id`` and ``at``.
visibility_scheduled = Signal()
# When a finished video lacks the file for download that its owner offers. Sent with ``video_id``.
download_offered = Signal()
# When all files of a generation exist and no more will be added. Sent with ``video_id``.
generation_completed = Signal()
# When a video no longer names a generation that it had: within the transaction that deletes its row, or after another
# generation was published. Sent with ``video_id``.
files_abandoned = Signal()
# When the caption tracks of a video change. Sent with ``video_id``.
tracks_changed = Signal()

# When one account blocks another, so that what connects them is removed. Sent with ``blocker_id`` and ``blocked_id``.
channel_blocked = Signal()

# When a comment becomes visible, or its text changes. Sent with ``comment``, ``is_new`` (it became visible),
# ``mentioned`` and ``unmentioned`` (ids of accounts it newly mentions, or no longer does), and ``approved`` (the
# owner of its target has just approved it).
comment_posted = Signal()
# When the owner of its target gives a comment a heart, or takes it back. Sent with ``comment``.
comment_hearted = Signal()
comment_unhearted = Signal()
# When the state of comments becomes ``now``, ``None`` for deleted ones. Sent with ``rows`` and ``now``: each row has
# the fields ``comments.states.SIGNAL_FIELDS`` as they were before, with "" as the ``state`` of a new comment.
comment_state_changed = Signal()

# When the number of likes of a video grows. Sent with ``video_id`` and ``likes``.
like_count_changed = Signal()
# When the number of views of a video grows. Sent with ``video_id`` and ``views``.
views_counted = Signal()

# When staff decided a case, or its appeal. Sent with ``case``.
case_decided = Signal()
