"""Feeds of videos: of a channel, of the whole site, of a category or tag, and of lists that other apps make.

Every feed has what a visitor may see in lists, as RSS, Atom, and JSON Feed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import linebreaks
from django.utils.translation import gettext as _

from accounts.models import User
from streamsite import cors, xml
from streamsite.site_settings.identity import identity
from videos import access, categories, queries, tags
from videos.captions import services as captions
from videos.library_filters import NEWEST
from videos.models import Caption, Video
from videos.syndication import atom, enclosures, json_feed, rss, urls
from videos.syndication.feed_entries import (
    ATOM,
    CONTENT_TYPES,
    JSON,
    RSS,
    Attachment,
    Entry,
    FeedHeader,
    FeedPage,
    FeedRequest,
)
from videos.syndication.metadata import upload_time

# Of the addresses that were there before the other formats.
CONTENT_TYPE = CONTENT_TYPES[RSS]
NAMESPACES = rss.NAMESPACES
# Apple asks for a category of its own list. "Other" is none of them.
PODCAST_CATEGORIES = {
    "film": "TV & Film",
    "music": "Music",
    "gaming": "Leisure",
    "education": "Education",
    "science": "Science",
    "howto": "Education",
    "news": "News",
    "sports": "Sports",
    "travel": "Society & Culture",
    "comedy": "Comedy",
    "people": "Society & Culture",
}
WRITERS = {RSS: rss.write, ATOM: atom.write, JSON: json_feed.write}
AS_RSS = FeedRequest()
# What an entry says of a video besides what a card shows.
ENTRY_FIELDS = (
    *("description", "tags", "category", "language", "width", "height", "updated_at"),
    *("allow_download", "allow_embed", "embed_domains", "has_captions", "chapters", "chapters_edited"),
)


@dataclass(frozen=True)
class Feed:
    """A serialized page of a feed, the time of its last change, and its neighbors by relation."""

    content: bytes
    modified: datetime | None
    content_type: str = CONTENT_TYPE
    links: tuple[tuple[str, str], ...] = ()


def respond(request: HttpRequest, feed: Feed) -> HttpResponse:
    """Return a feed, which pages of every origin may read; 304 to those who have it."""
    response = xml.respond(request, feed.content, feed.content_type, feed.modified)
    links = [f'<{address}>; rel="{relation}"' for relation, address in feed.links]
    if len(links) > 1:
        response["Link"] = ", ".join(links)
    cors.allow_any_origin(response)
    return response


def build_channel_feed(owner: User, asked: FeedRequest = AS_RSS) -> Feed:
    """Return the feed of a channel's newest listed videos."""
    header = FeedHeader(
        title=owner.get_full_name(),
        description=owner.bio or f"Videos of {owner.get_full_name()}",
        author=owner.get_full_name(),
        page=urls.channel_url(owner),
        address=urls.channel_feed_url(owner),
        channel=owner,
        artwork=urls.artwork_url(owner),
        hub=urls.absolute_url(reverse("websub")),
    )
    return _build_newest(header, queries.videos_of_channel(access.ANONYMOUS, owner.pk), asked)


def build_site_feed(asked: FeedRequest) -> Feed:
    """Return the feed of the site's newest listed videos."""
    site = identity()
    header = FeedHeader(
        title=site.name,
        description=site.description or _("The newest videos on %(site)s") % {"site": site.name},
        author=site.name,
        page=urls.absolute_url(reverse("home")),
        address=urls.absolute_url(reverse("site-feed")),
    )
    return _build_newest(header, queries.newest_with(access.ANONYMOUS), asked)


def build_category_feed(slug: str, asked: FeedRequest) -> Feed:
    """Return the feed of a category's newest listed videos. Raise ``Absent`` for a category that is none."""
    label = str(categories.category_label(slug))
    return _build_listing(label, "category", slug, slug, "category-feed", asked)


def build_tag_feed(tag: str, asked: FeedRequest) -> Feed:
    """Return the feed of the newest listed videos with a tag. Raise ``Absent`` for what cannot be a tag."""
    name = tags.require_tag(tag)
    return _build_listing(f"#{name}", "tag", name, tags.tag_key(name), "tag-feed", asked)


def _build_listing(label: str, kind: str, value: str, key: str, route: str, asked: FeedRequest) -> Feed:
    site = identity().name
    header = FeedHeader(
        title=f"{label} - {site}",
        description=_("The newest videos on %(site)s: %(label)s") % {"site": site, "label": label},
        author=site,
        page=urls.absolute_url(reverse(kind, args=[key])),
        address=urls.absolute_url(reverse(route, args=[key])),
    )
    return _build_newest(header, queries.newest_with(access.ANONYMOUS, kind, value), asked)


def _build_newest(header: FeedHeader, rows: QuerySet[Video], asked: FeedRequest) -> Feed:
    found, has_more = asked.slice_of(rows.order_by(*NEWEST))
    return build_feed(header, found, asked, has_more=has_more)


def build_feed(
    header: FeedHeader, videos: Iterable[Video], asked: FeedRequest = AS_RSS, *, has_more: bool = False
) -> Feed:
    """Return a feed of those of ``videos``, channels loaded, that are listed and can be opened by anyone."""
    shown = [video for video in videos if video.listed and access.may_anyone_watch(video)]
    tracks = captions.tracks_of([video.pk for video in shown if video.has_captions])
    page = FeedPage(
        header,
        tuple(_entry(video, tuple(tracks.get(video.pk, ()))) for video in shown),
        asked,
        has_more=has_more,
        language=_common_language(shown),
        category=_podcast_category(shown),
        is_sensitive=any(video.shown_as_sensitive for video in shown),
    )
    return write(page)


def write(page: FeedPage) -> Feed:
    """Return a page of a feed in the format that was asked for."""
    ending = page.asked.format
    return Feed(WRITERS[ending](page), page.modified, CONTENT_TYPES[ending], tuple(page.links()))


def _common_language(videos: Sequence[Video]) -> str | None:
    """Return the language of all videos, ``None`` when they differ or one has none."""
    languages = {video.language for video in videos}
    return languages.pop() or None if len(languages) == 1 else None


def _podcast_category(videos: Sequence[Video]) -> str | None:
    """Return Apple's name for the most frequent category, ``None`` when no video has one that Apple knows."""
    known = Counter(video.category for video in videos if video.category in PODCAST_CATEGORIES)
    return PODCAST_CATEGORIES[known.most_common(1)[0][0]] if known else None


def _entry(video: Video, tracks: tuple[Caption, ...]) -> Entry:
    page, text = urls.watch_url(video), video.description or video.title
    return Entry(
        id=page,
        link=page,
        title=video.title,
        content=linebreaks(text, autoescape=True),
        text=text,
        author=video.channel,
        published=upload_time(video),
        updated=video.updated_at,
        image=urls.thumbnail_url(video),
        categories=(str(video.get_category_display()),),
        tags=tuple(map(str, video.tags)),
        attachment=_attachment(video),
        video=video,
        tracks=tracks,
    )


def _attachment(video: Video) -> Attachment | None:
    """Return the file for download; ``None`` without one."""
    media = enclosures.get_shared_media(video)
    size = enclosures.get_file_size(video) if media.is_file else 0
    return Attachment(media.url, media.content_type, size) if size else None
