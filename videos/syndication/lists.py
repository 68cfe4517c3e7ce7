"""Metadata of pages that list videos: home, trending, and those of other apps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from streamsite import page_metadata
from streamsite.page_metadata import Picture, Thing
from streamsite.site_settings.identity import identity
from streamsite.visibility import is_linkable, is_listed
from videos import sensitivity
from videos.syndication.urls import THUMBNAIL_ROUTES
from videos.thumbnails import LARGE

Card = Mapping[str, Any]


def home_metadata(page: Mapping[str, Any]) -> dict[str, object]:
    """Return the metadata of the home page: the site and its newest videos."""
    site, path = identity(), reverse("home")
    search = page_metadata.absolute(f"{reverse('search')}?q={{search_term_string}}")
    about: Thing = {
        "@type": "WebSite",
        "name": site.name,
        "url": page_metadata.absolute(path),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search},
            "query-input": "required name=search_term_string",
        },
    }
    if site.description:
        about["description"] = site.description
    return page_metadata.build(
        title=site.name,
        description=site.description or _("Watch videos on %(site)s.") % {"site": site.name},
        path=path,
        things=[about, *video_lists(page)],
    )


def trending_metadata(page: Mapping[str, Any]) -> dict[str, object]:
    """Return the metadata of the trending page."""
    path, title = reverse("trending"), _("Trending")
    return page_metadata.build(
        title=title,
        description=_("What people are watching right now"),
        path=path,
        things=[*video_lists(page), page_metadata.breadcrumbs((title, path))],
    )


def listing_metadata(page: Mapping[str, Any], title: str, path: str) -> dict[str, object]:
    """Return the metadata of the page of a category or tag; search engines leave out those without a video."""
    return page_metadata.build(
        title=title,
        description=_("Watch %(title)s videos on %(site)s.") % {"title": title, "site": identity().name},
        path=path,
        things=[*video_lists(page), page_metadata.breadcrumbs((title, path))],
        indexed=bool(page["results"]),
    )


def video_lists(page: Mapping[str, Any], **more: object) -> list[Thing]:
    """Return the first page of a list of videos; [] for others, which begin somewhere in it, and for empty ones."""
    rows = listed_rows(page["results"])
    return [page_metadata.item_list(rows, **more)] if rows and not page.get("previous") else []


def listed_rows(cards: Sequence[Card]) -> list[tuple[str, str]]:
    """Return title and path of each video that may be listed; the viewer may see more."""
    return [(card["title"], card["url"]) for card in cards if is_listed(card["visibility"])]


def card_picture(card: Card | None) -> Picture | None:
    """Return the video's thumbnail at its lasting address if everyone with the link may see it."""
    if card is None or not card["thumbnail_url"] or not is_linkable(card["visibility"]):
        return None
    if not sensitivity.has_public_picture(is_sensitive=card.get("is_sensitive", False)):
        return None
    url = page_metadata.absolute(reverse(THUMBNAIL_ROUTES[LARGE], args=[card["id"]]))
    return Picture(url, card["title"], 1280, 720)
