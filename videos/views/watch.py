"""Pages for viewers: home, search, watch."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from streamsite.view_helpers import is_htmx
from videos import access, mappers, queries, recommendations, share_links, viewer_state
from videos.comments import text
from videos.comments.access import COMMENT_ID
from videos.hooks import home_page, watch_page
from videos.search import finders
from videos.start_times import requested_start_time
from videos.syndication import metadata
from videos.views import filters
from videos.watch_marks import add_watch_marks

EMPTY_PAGE: dict[str, Any] = {"next": None, "previous": None, "results": []}
MAX_RELATED = 12


def _grid(request: HttpRequest, page: dict[str, Any], template: str, **context: Any) -> HttpResponse:
    chosen = "videos/_grid.html" if is_htmx(request) else template
    return render(request, chosen, add_watch_marks(request.user, {"page": page, **context}))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The newest listed videos; before them what a signed-in person may want to go on with."""
    page = queries.library_page(request, absolute=False).body(mappers.serialize_card)
    shown: list[home_page.Shelf] = []
    if isinstance(request.user, User) and not is_htmx(request) and not page["previous"]:
        shown = home_page.shelves_for(request.user)
    subscribed = getattr(request.user, "subscription_count", 0)
    return _grid(request, page, "videos/home.html", subscribed_count=subscribed, shelves=shown)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Videos that match the words, filtered and ordered as the form says; before them what else has such a name.

    With ``show`` all channels, or all of another finder's things.
    """
    words = request.GET.get("q", "").strip()
    if not words:
        return _grid(request, EMPTY_PAGE, "videos/search.html", q="")
    if finder := finders.get_finder(request.GET.get("show", "")):
        return _search_only(request, finder, words)
    page = queries.library_body(request, absolute=False)
    if is_htmx(request):
        return _grid(request, page, "videos/_grid.html")
    chips = filters.active_chips(request.GET)
    is_first = not chips and not page["previous"]
    context = {
        "q": words,
        "sort": request.GET.get("sort", ""),
        "sorts": filters.SORTS,
        "fields": filters.filter_fields(request.GET),
        "chips": chips,
        "sections": _sections(request, words, page["corrected"] or words) if is_first else [],
        "instead": filters.exact_search_url(request.GET),
    }
    return _grid(request, page, "videos/search.html", **context)


def _sections(request: HttpRequest, *texts: str) -> list[dict[str, Any]]:
    """What else has such a name, each kind for the first of ``texts`` that finds any, which is its ``words``."""
    sections: list[dict[str, Any]] = []
    for finder in finders.registered_finders():
        for words in dict.fromkeys(texts):
            found = finder.some(request.user, words)
            if found.rows:
                sections.append({"finder": finder, "found": found, "words": words})
                break
    return sections


def _search_only(request: HttpRequest, finder: finders.Finder[Any], words: str) -> HttpResponse:
    context = {"q": words, "finder": finder, "page": finder.page(request, words, absolute=False)}
    template = "videos/_search_rows.html" if is_htmx(request) else "videos/search_only.html"
    return render(request, template, context)


@require_safe
def trending(request: HttpRequest) -> HttpResponse:
    """What is watched of late."""
    return _grid(request, recommendations.trending_page(request, absolute=False), "videos/trending.html")


@require_safe
def watch(request: HttpRequest, video_id: str) -> HttpResponse:
    """The player and what belongs to the video."""
    visit = access.get_watchable(request, video_id)
    video, linked, reply = visit.video, request.GET.get("comment", ""), request.GET.get("reply", "")
    known = viewer_state.load_viewer_state(request.user, video)
    context = {
        "video": mappers.serialize_video(video, request.user, visit.link, known),
        "description": text.split_text(video.description, text.ANY_NAME, video.duration),
        "related": recommendations.related_videos(video, most=MAX_RELATED),
        "start": requested_start_time(request.GET),
        "linked_comment": linked if COMMENT_ID.match(linked) else "",
        "linked_reply": reply if COMMENT_ID.match(reply) else "",
        "sharing": metadata.build_metadata(video),
    }
    context |= watch_page.build_context(request, video, known.relation)
    response = render(request, "videos/watch.html", add_watch_marks(request.user, context))
    share_links.remember_admission(response, visit.link)
    return response
