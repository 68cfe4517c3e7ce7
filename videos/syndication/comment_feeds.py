"""The feed of the comments on a video: those of active authors that everyone sees, newest first, without replies."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import linebreaks
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from streamsite.errors import Absent
from videos import access
from videos.comments import queries, targets
from videos.models import Comment, Video
from videos.syndication import feeds, urls
from videos.syndication.feed_entries import Entry, FeedHeader, FeedPage, FeedRequest

MAX_TITLE_LENGTH = 80


def build_comments_feed(video: Video, asked: FeedRequest) -> feeds.Feed:
    """Return the feed of the comments on a video that anyone may open. Raise ``Absent`` where comments are off."""
    if not access.may_comment(video):
        raise Absent
    found, has_more = asked.slice_of(queries.newest_shown(targets.video_target(video)))
    header = FeedHeader(
        title=_("Comments on %(title)s") % {"title": video.title},
        description=_("The newest comments on %(title)s") % {"title": video.title},
        author=video.channel.get_full_name(),
        page=urls.watch_url(video),
        address=urls.absolute_url(reverse("comments-feed", args=[video.pk])),
        channel=video.channel,
        artwork=urls.artwork_url(video.channel),
        medium="blog",
    )
    entries = tuple(_entry(video, comment) for comment in found if comment.author.is_active)
    return feeds.write(FeedPage(header, entries, asked, has_more=has_more))


def _entry(video: Video, comment: Comment) -> Entry:
    address = f"{urls.watch_url(video)}?comment={comment.pk}"
    name = comment.author.get_full_name()
    return Entry(
        id=address,
        link=address,
        title=f"{name}: {Truncator(comment.text).chars(MAX_TITLE_LENGTH)}",
        content=linebreaks(comment.text, autoescape=True),
        text=comment.text,
        author=comment.author,
        published=comment.created_at,
        updated=comment.edited_at or comment.created_at,
    )
