"""The studio's table of videos, and one change for many of them. Both work by forms alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.current_user import signed_in_user
from accounts.models import User
from streamsite.errors import Invalid, SiteError
from streamsite.view_actions import attempt
from streamsite.view_helpers import is_htmx, safe_next
from streamsite.visibility import Visibility
from videos import mappers, quota
from videos.access import own_videos
from videos.models import CATEGORIES, Status, Video
from videos.studio import bulk_actions, videos_table
from videos.studio.serializers import StudioVideosQuerySerializer

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

MAX_REASONS = 5


@login_required
@require_safe
def studio_videos(request: HttpRequest) -> HttpResponse:
    """List the caller's videos in every state, filtered and sorted by the query."""
    user, chosen = signed_in_user(request), StudioVideosQuerySerializer.from_query(request)
    page = videos_table.own_videos_page(request, user.pk, chosen, absolute=False).body(
        mappers.serialize_studio_video
    )
    if is_htmx(request):
        return render(request, "videos/_studio_rows.html", {"page": page})
    context = {
        "page": page,
        "chosen": chosen,
        "is_filtered": any(value for name, value in chosen.items() if name != "sort"),
        "filters": [
            ("visibility", _("Visibility"), _("Any visibility"), Visibility.choices),
            ("status", _("Status"), _("Any status"), Status.choices),
            ("category", _("Category"), _("Any category"), CATEGORIES),
        ],
        "sorts": videos_table.SORT_NAMES,
        "actions": _actions_with_values(user),
        "storage": quota.storage_use(user),
    }
    return render(request, "videos/studio.html", context)


def _actions_with_values(user: User) -> list[tuple[str, StrOrPromise, Sequence[tuple[str, StrOrPromise]]]]:
    """Return name, label and values of each action that takes a value. Those without a value to choose are left out."""
    found = [
        (name, action.label, action.choices(user))
        for name, action in bulk_actions.registered_actions().items()
    ]
    return [(name, label, choices) for name, label, choices in found if choices]


@login_required
@require_POST
def bulk_change(request: HttpRequest) -> HttpResponse:
    """Apply one action to the chosen videos; deleting asks first."""
    user = signed_in_user(request)
    back, action = safe_next(request, "/studio/videos"), request.POST.get("action", "")
    # Without scripts "all on this page" ticks nothing: the page says which videos it showed.
    chosen = request.POST.getlist("listed" if request.POST.get("all") else "video_ids")
    ids = attempt(lambda: bulk_actions.parse_video_ids(chosen), Invalid)
    if isinstance(ids, SiteError):
        return _refuse(request, ids, back)
    rows = {row.pk: row for row in own_videos(user.pk).filter(pk__in=ids)}
    if action == bulk_actions.DELETE and not request.POST.get("confirmed"):
        return _confirm_deletion(request, [rows[video_id] for video_id in ids if video_id in rows], back)
    outcomes = attempt(lambda: bulk_actions.apply_action(user, ids, action, _value(request, action)), Invalid)
    if isinstance(outcomes, SiteError):
        return _refuse(request, outcomes, back)
    _add_messages(request, outcomes, {video_id: row.title for video_id, row in rows.items()}, action)
    return redirect(back)


def _confirm_deletion(request: HttpRequest, videos: list[Video], back: str) -> HttpResponse:
    comments = sum(video.comment_count for video in videos)
    context = {"videos": videos, "comments": comments, "back": back}
    return render(request, "videos/studio_delete.html", context)


def _refuse(request: HttpRequest, error: SiteError, back: str) -> HttpResponse:
    is_selection = "video_ids" in (error.fields or {})
    selection = _("Select 1 to %(limit)d videos.") % {"limit": bulk_actions.MAX_VIDEOS}
    messages.error(request, selection if is_selection else error.sentence)
    return redirect(back)


def _value(request: HttpRequest, action: str) -> str | None:
    """Return the value chosen for an action. Raises ``Invalid`` for the empty one at the head of each list."""
    value, offered = request.POST.get(f"value_{action}"), bulk_actions.registered_actions().get(action)
    if value == "" and offered:
        sentence = _("Select a value for “%(name)s”.") % {"name": offered.label}
        raise Invalid(sentence, fields={"value": [sentence]})
    return value


def _add_messages(
    request: HttpRequest, outcomes: list[bulk_actions.BulkOutcome], titles: dict[str, str], action: str
) -> None:
    """Say on the next page how many videos were changed, and why others were not."""
    counts = Counter(outcome.outcome for outcome in outcomes)
    is_deletion = action == bulk_actions.DELETE
    if counts[bulk_actions.CHANGED] or not counts[bulk_actions.REFUSED]:
        messages.success(request, _describe_changes(outcomes, counts, is_deletion=is_deletion))
    refused = [outcome for outcome in outcomes if outcome.outcome == bulk_actions.REFUSED]
    if refused:
        reasons = " ".join(_describe_refusal(outcome, titles) for outcome in refused[:MAX_REASONS])
        sentences = [_count_refused(len(refused), is_deletion=is_deletion), reasons]
        if rest := max(0, len(refused) - MAX_REASONS):
            sentences.append(
                ngettext("And %(number)d more.", "And %(number)d more.", rest) % {"number": rest}
            )
        messages.error(request, " ".join(sentences))


def _describe_changes(
    outcomes: list[bulk_actions.BulkOutcome], counts: Counter[str], *, is_deletion: bool
) -> str:
    changed, unchanged = counts[bulk_actions.CHANGED], counts[bulk_actions.UNCHANGED]
    canceled = sum(one.outcome == bulk_actions.CHANGED and one.detail is not None for one in outcomes)
    if is_deletion:
        sentences = [ngettext("%(number)d video deleted.", "%(number)d videos deleted.", changed)]
    else:
        sentences = [ngettext("%(number)d video updated.", "%(number)d videos updated.", changed)]
    sentences[0] %= {"number": changed}
    if unchanged:
        text = ngettext("%(number)d had nothing to change.", "%(number)d had nothing to change.", unchanged)
        sentences.append(text % {"number": unchanged})
    if canceled:
        text = ngettext(
            "%(number)d scheduled change was canceled.",
            "%(number)d scheduled changes were canceled.",
            canceled,
        )
        sentences.append(text % {"number": canceled})
    return " ".join(sentences)


def _describe_refusal(outcome: bulk_actions.BulkOutcome, titles: dict[str, str]) -> str:
    """Return the reason, after the video's title if it is known: isolated, because it may be written right to left."""
    title = titles.get(outcome.video_id)
    return f"{outcome.detail}" if title is None else f"“\u2068{title}\u2069”: {outcome.detail}"


def _count_refused(number: int, *, is_deletion: bool) -> str:
    if is_deletion:
        text = ngettext("%(number)d video wasn't deleted.", "%(number)d videos weren't deleted.", number)
    else:
        text = ngettext("%(number)d video wasn't updated.", "%(number)d videos weren't updated.", number)
    return text % {"number": number}
