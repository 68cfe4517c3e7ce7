"""The studio's table of videos, and one change for many of them. Both work by forms alone."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from streamsite.errors import Invalid, NotSignedIn
from streamsite.view_helpers import is_htmx, safe_next
from streamsite.visibility import Visibility
from videos import mappers
from videos.access import own_videos
from videos.models import CATEGORIES, Status
from videos.studio import bulk_actions, videos_table

MAX_REASONS = 5


@login_required
@require_safe
def studio_videos(request: HttpRequest) -> HttpResponse:
    """The caller's videos in every state, filtered and ordered as the query says."""
    user, wanted = _signed_in(request), videos_table.parse_filters(request.GET)
    page = videos_table.own_videos_page(request, user.pk, wanted, absolute=False).body(
        mappers.serialize_studio_video
    )
    if is_htmx(request):
        return render(request, "videos/_studio_rows.html", {"page": page})
    context = {
        "page": page,
        "wanted": wanted,
        "is_filtered": any(value for name, value in wanted.items() if name != "sort"),
        "filters": [
            ("visibility", "Visibility", Visibility.choices),
            ("status", "State", Status.choices),
            ("category", "Category", CATEGORIES),
        ],
        "sorts": videos_table.SORT_NAMES,
        "changes": _offered(user),
    }
    return render(request, "videos/studio.html", context)


def _offered(user: User) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Changes with a value to choose: name, label, values. One without values, such as no playlist, is left out."""
    found = [
        (name, action.label, action.choices(user))
        for name, action in bulk_actions.registered_actions().items()
    ]
    return [(name, label, choices) for name, label, choices in found if choices]


@login_required
@require_POST
def bulk_change(request: HttpRequest) -> HttpResponse:
    """Make one change to the chosen videos; deleting asks first."""
    user = _signed_in(request)
    back, action = safe_next(request, "/studio/videos"), request.POST.get("action", "")
    # Without scripts "all on this page" ticks nothing: the page says which videos it showed.
    chosen = request.POST.getlist("listed" if request.POST.get("all") else "video_ids")
    try:
        ids = bulk_actions.parse_video_ids(chosen)
        rows = {row.pk: row for row in own_videos(user.pk).filter(pk__in=ids)}
        if action == bulk_actions.DELETE and not request.POST.get("confirmed"):
            going = [rows[one] for one in ids if one in rows]
            context = {"videos": going, "comments": sum(one.comment_count for one in going), "back": back}
            return render(request, "videos/studio_delete.html", context)
        outcomes = bulk_actions.apply_action(user, ids, action, _value(request, action))
    except Invalid as error:
        messages.error(request, _in_words(error))
        return redirect(back)
    _tell(request, outcomes, {video_id: row.title for video_id, row in rows.items()}, action)
    return redirect(back)


def _value(request: HttpRequest, action: str) -> str | None:
    """The value chosen for a change. ``Invalid`` for the empty one that each list of values begins with."""
    value, offered = request.POST.get(f"value_{action}"), bulk_actions.registered_actions().get(action)
    if value == "" and offered:
        sentence = f"Choose a value for “{offered.label}” first."
        raise Invalid(sentence, fields={"value": [sentence]})
    return value


def _tell(
    request: HttpRequest, outcomes: list[bulk_actions.BulkOutcome], titles: dict[str, str], action: str
) -> None:
    counts = Counter(one.outcome for one in outcomes)
    done = "deleted" if action == bulk_actions.DELETE else "changed"
    if counts[bulk_actions.CHANGED] or not counts[bulk_actions.REFUSED]:
        sentence = f"{_videos(counts[bulk_actions.CHANGED])} {done}."
        if counts[bulk_actions.UNCHANGED]:
            sentence += f" {counts[bulk_actions.UNCHANGED]} had nothing to change."
        canceled = sum(one.outcome == bulk_actions.CHANGED and one.detail is not None for one in outcomes)
        if canceled:
            sentence += f" {canceled} scheduled change{' was' if canceled == 1 else 's were'} canceled."
        messages.success(request, sentence)
    refused = [one for one in outcomes if one.outcome == bulk_actions.REFUSED]
    if refused:
        reasons = [
            f"“\u2068{titles[one.video_id]}\u2069”: {one.detail}"
            if one.video_id in titles
            else f"{one.detail}"
            for one in refused[:MAX_REASONS]
        ]
        more = f" And {len(refused) - MAX_REASONS} more." if len(refused) > MAX_REASONS else ""
        messages.error(request, f"{_videos(len(refused))} not {done}. {' '.join(reasons)}{more}")


def _videos(number: int) -> str:
    return f"{number} video{'' if number == 1 else 's'} {'was' if number == 1 else 'were'}"


def _in_words(error: Invalid) -> str:
    if error.fields and "video_ids" in error.fields:
        return f"Choose 1 to {bulk_actions.MAX_VIDEOS} videos first."
    return " ".join(sentence for sentences in (error.fields or {}).values() for sentence in sentences)


def _signed_in(request: HttpRequest) -> User:
    user: Any = request.user
    if not user.is_authenticated:
        raise NotSignedIn
    return user  # type: ignore[no-any-return]
