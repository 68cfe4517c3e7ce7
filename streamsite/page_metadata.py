"""What a page says of itself to other programs: OpenGraph, Twitter card, canonical address, schema.org objects.

Sources: https://ogp.me/, https://schema.org and Google's "Structured data". ``components/metadata.html`` renders it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import Truncator

from streamsite import origin
from streamsite.site_files import icons
from streamsite.site_settings.identity import identity

SCHEMA = "https://schema.org"
DESCRIPTION_LENGTH = 200
# A card with a large picture wants one of at least this width.
LARGE_WIDTH = 600
Tags = list[tuple[str, str]]
Thing = dict[str, object]


@dataclass(frozen=True)
class Picture:
    """A picture for link previews. ``url`` is absolute; the size in pixels is 0 when unknown."""

    url: str
    alt: str
    width: int = 0
    height: int = 0

    @property
    def is_large(self) -> bool:
        """Whether it is wide enough for a large card."""
        return self.width >= LARGE_WIDTH


def absolute(path: str) -> str:
    """Return the absolute URL of a path on this site."""
    return f"{origin.current()}{path}"


def shorten(text: str) -> str:
    """Return the start of a text on one line."""
    return Truncator(" ".join(text.split())).chars(DESCRIPTION_LENGTH)


def site_picture() -> Picture:
    """Return the picture of pages without one of their own: the site's social picture, else its icon."""
    site = identity()
    if site.social_url:
        return Picture(absolute(site.social_url), site.name, 1200, 630)
    return Picture(absolute(icons.icon_url(icons.LARGE)), site.name, 512, 512)


def build(
    *,
    title: str,
    description: str,
    path: str,
    kind: str = "website",
    picture: Picture | None = None,
    things: Sequence[Thing] = (),
    indexed: bool = True,
) -> dict[str, object]:
    """Return the metadata of a page: ``open_graph``, ``twitter``, ``description``, ``indexed``.

    Pages that search engines may list have ``canonical`` and ``json_ld``, the schema.org objects ``things``, too.
    """
    short, shown = shorten(description), picture or site_picture()
    graph = [
        ("og:type", kind),
        ("og:site_name", identity().name),
        ("og:title", title),
        ("og:url", absolute(path)),
        ("og:description", short),
        ("og:image", shown.url),
        ("og:image:alt", shown.alt),
    ]
    if shown.width and shown.height:
        graph += [("og:image:width", str(shown.width)), ("og:image:height", str(shown.height))]
    found: dict[str, object] = {
        "open_graph": graph,
        "twitter": [("twitter:card", "summary_large_image" if shown.is_large else "summary")],
        "description": short,
        "indexed": indexed,
    }
    if indexed:
        found |= {"canonical": absolute(path), "json_ld": [{"@context": SCHEMA} | thing for thing in things]}
    return found


def build_hidden(title: str) -> dict[str, object]:
    """Return the metadata of a page that not everybody may open: its title only."""
    return {"open_graph": [("og:title", title)], "indexed": False}


def breadcrumbs(*trail: tuple[str, str]) -> Thing:
    """Return the way from the home page: name and path of each page on it, the page itself last."""
    pages = [(identity().name, reverse("home")), *trail]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": absolute(path)}
            for position, (name, path) in enumerate(pages, 1)
        ],
    }


def item_list(rows: Sequence[tuple[str, str]], **more: object) -> Thing:
    """Return a list of pages in their order: name and path of each; ``more`` are other properties of the list."""
    return {
        "@type": "ItemList",
        **more,
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "url": absolute(path)}
            for position, (name, path) in enumerate(rows, 1)
        ],
    }


def counter(action: str, count: int) -> Thing:
    """Return how often people did something, such as ``LikeAction``."""
    return {
        "@type": "InteractionCounter",
        "interactionType": {"@type": action},
        "userInteractionCount": count,
    }
