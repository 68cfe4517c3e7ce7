"""Pages to find videos: home, search, trending."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from streamsite.view_helpers import is_htmx, render_page_or_part
from videos import categories, mappers, queries, recommendations, tags
from videos.hooks import home_page
from videos.search import finders
from videos.syndication import lists
from videos.views import filters
from videos.watch_marks import add_watch_marks

# Videos of a category or tag are counted up to this number.
MAX_COUNTED = 1_000
EMPTY_PAGE: dict[str, object] = {"next": None, "previous": None, "results": []}


def _render_grid(
    request: HttpRequest, page: Mapping[str, object], template: str, **context: object
) -> HttpResponse:
    shown = add_watch_marks(request.user, {"page": page, **context})
    return render_page_or_part(request, template, "videos/_grid.html", shown)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """List the newest public videos, below the shelves of a signed-in viewer, which have none of them."""
    page = queries.home_page(request).body(mappers.serialize_card)
    sharing = lists.home_metadata(page)
    shown: list[home_page.Shelf] = []
    if isinstance(request.user, User) and not is_htmx(request) and not page["previous"]:
        shown = home_page.shelves_for(request.user)
        taken = home_page.shown_ids(shown)
        page["results"] = [card for card in page["results"] if card["id"] not in taken]
    subscribed = getattr(request.user, "subscription_count", 0)
    return _render_grid(
        request,
        page,
        "videos/home.html",
        subscribed_count=subscribed,
        shelves=shown,
        sharing=sharing,
        category_chips=categories.category_chips(),
    )


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """List the videos of one category."""
    label = str(categories.category_label(slug))
    return _render_listing(
        request,
        "category",
        slug,
        heading=label,
        category_chips=categories.category_chips(slug),
        empty_icon="film",
        empty_text=_("The first video in this category will appear here."),
    )


@require_safe
def tag(request: HttpRequest, tag: str) -> HttpResponse:
    """List the videos with one tag, however it is spelled. Raises ``Absent`` for what can't be a tag."""
    name = tags.require_tag(tag)
    return _render_listing(
        request,
        "tag",
        name,
        heading=f"#{name}",
        category_chips=categories.category_chips(),
        empty_icon="search",
        empty_text=_("No public video has this tag."),
    )


def _render_listing(request: HttpRequest, kind: str, value: str, **context: object) -> HttpResponse:
    """Render the list of the videos whose ``kind``, "category" or "tag", is ``value``."""
    found = queries.page_with(request, kind, value, absolute=False)
    page = found.body(mappers.serialize_card)
    if is_htmx(request):
        return _render_grid(request, page, "videos/_grid.html")
    total = 0 if page["previous"] else queries.count_with(request.user, kind, value, MAX_COUNTED)
    key = value if kind == "category" else tags.tag_key(value)
    path = reverse(kind, args=[key])
    return _render_grid(
        request,
        page,
        "videos/listing.html",
        total=total,
        most_counted=MAX_COUNTED,
        sorts=filters.sort_links(request.GET),
        sharing=lists.listing_metadata(page, str(context["heading"]), path),
        feed=f"{kind}-feed",
        key=key,
        **context,
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """List the videos that match the words, filtered and sorted by the form, below other things of that name.

    With ``show`` list only videos, all channels, or all results of another finder.
    """
    words = request.GET.get("q", "").strip()
    if not words:
        return _render_grid(request, EMPTY_PAGE, "videos/search.html", q="")
    if finder := finders.get_finder(request.GET.get("show", "")):
        return _search_only(request, finder, words)
    page = queries.library_body(request, absolute=False)
    found_words = page.get("corrected") or words
    if is_htmx(request):
        return _render_grid(request, page, "videos/_grid.html", found_words=found_words)
    chosen = filters.active_filters(request.GET)
    has_sections = not chosen and not page["previous"] and request.GET.get("show") != filters.VIDEOS
    context = {
        "q": words,
        "found_words": found_words,
        "tabs": filters.tabs(request.GET),
        "groups": filters.filter_groups(request.GET),
        "chosen": chosen,
        "sections": _sections(request, words, found_words) if has_sections else [],
        "exact_url": filters.exact_search_url(request.GET),
    }
    return _render_grid(request, page, "videos/search.html", **context)


def _sections(request: HttpRequest, *texts: str) -> list[dict[str, object]]:
    """Return each finder's first results, for the first of ``texts`` with any: ``{finder, found, words}``."""
    sections: list[dict[str, object]] = []
    for finder in finders.registered_finders():
        for words in dict.fromkeys(texts):
            found = finder.some(request.user, words)
            if found.rows:
                sections.append({"finder": finder, "found": found, "words": words})
                break
    return sections


def _search_only(request: HttpRequest, finder: finders.AnyFinder, words: str) -> HttpResponse:
    tabs = filters.tabs(request.GET)
    context = {
        "q": words,
        "finder": finder,
        "tabs": tabs,
        "page": finder.page(request, words, absolute=False),
    }
    return render_page_or_part(request, "videos/search_only.html", "videos/_search_rows.html", context)


@require_safe
def trending(request: HttpRequest) -> HttpResponse:
    """List the trending videos."""
    page = recommendations.trending_page(request, absolute=False)
    return _render_grid(request, page, "videos/trending.html", sharing=lists.trending_metadata(page))
