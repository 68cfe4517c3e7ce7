"""Metadata of a post's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from streamsite import page_metadata
from streamsite.page_metadata import Picture, Thing
from subscriptions.channel_page.metadata import channel_picture, person
from videos.syndication.lists import card_picture

TITLE_LENGTH = 60


def post_metadata(post: Mapping[str, Any], *, is_open: bool) -> dict[str, object]:
    """Return the metadata of a post, which everyone may read if it ``is_open``."""
    channel, path = post["channel"], reverse("post", args=[post["id"]])
    name = channel["full_name"] or channel["username"]
    by = _("Post by %(name)s") % {"name": name}
    if not is_open:
        return page_metadata.build_hidden(by)
    start = Truncator(" ".join(post["text"].split())).chars(TITLE_LENGTH)
    picture = _picture(post, by)
    about: Thing = {
        "@type": "SocialMediaPosting",
        "headline": start or by,
        "text": post["text"],
        "url": page_metadata.absolute(path),
        "datePublished": post["created_at"],
        "author": person(channel),
        "interactionStatistic": [
            page_metadata.counter("LikeAction", post["counts"]["likes"]),
            page_metadata.counter("CommentAction", post["counts"]["comments"]),
        ],
    }
    if post["edited_at"]:
        about["dateModified"] = post["edited_at"]
    if picture:
        about["image"] = picture.url
    trail = page_metadata.breadcrumbs((name, reverse("channel", args=[channel["username"]])), (by, path))
    return page_metadata.build(
        title=f"{name}: {start}" if start else by,
        description=post["text"] or by,
        path=path,
        kind="article",
        picture=picture or channel_picture(channel),
        things=[about, trail],
    )


def _picture(post: Mapping[str, Any], alt: str) -> Picture | None:
    """Return the post's image, else the thumbnail of its video."""
    image = post["picture"]
    if image:
        return Picture(page_metadata.absolute(image["url"]), alt, image["width"], image["height"])
    return card_picture(post["video"])
