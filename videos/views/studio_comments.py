"""Studio pages of comments: the list with its filters, changes of many at once, and the filters of new ones."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.current_user import signed_in_user
from accounts.models import User
from streamsite.api.pagination import paginate
from streamsite.view_actions import (
    form_status,
    perform,
    posted_data,
    redirect_back,
    redirect_back_with_message,
    redirect_with_message,
)
from streamsite.view_helpers import allow_get_and_post, render_page_or_part, safe_next
from videos.comments import bulk, filters, owner_queries, queries
from videos.comments.owner_queries import ALL, StudioFilter
from videos.comments.serializers import StudioCommentsQuerySerializer
from videos.forms import CommentRulesForm
from videos.models import Video

MAX_VIDEO_CHOICES = 100


@login_required
@require_safe
def studio_comments(request: HttpRequest) -> HttpResponse:
    """List the comments below the caller's videos and posts that the filters in the address leave."""
    user = signed_in_user(request)
    query = StudioCommentsQuerySerializer.from_query(request)
    chosen = StudioFilter.read(query)
    if not request.GET.get("state"):
        chosen = replace(chosen, state=ALL)
    rows = owner_queries.comments_for_owner(user.pk, chosen)
    page = paginate(request, rows, queries.LATEST, absolute=False)
    context = {
        "page": owner_queries.studio_page(page, user),
        "chosen": chosen,
        "is_filtered": bool(chosen.video or chosen.words),
        "videos": _video_choices(user, chosen.video),
    }
    return render_page_or_part(request, "comments/studio.html", "comments/_studio_rows.html", context)


def _video_choices(user: User, chosen: str) -> list[tuple[str, str]]:
    """Return ids and titles of the account's newest videos, and of the chosen one."""
    own = Video.objects.filter(channel=user)
    rows = list(own.order_by("-created_at", "-id").values_list("pk", "title")[:MAX_VIDEO_CHOICES])
    if chosen and chosen not in dict(rows):
        rows += own.filter(pk=chosen).values_list("pk", "title")
    return rows


@login_required
@require_POST
def bulk_change(request: HttpRequest) -> HttpResponse:
    """Approve or delete the selected comments; ask before deleting."""
    user, ids = signed_in_user(request), request.POST.getlist("ids")[: bulk.MAX_COMMENTS]
    action = request.POST.get("action", "")
    if not ids:
        messages.error(request, _("Select comments first."))
        return redirect_back(request, "studio-comments")
    if action == bulk.DELETE and not request.POST.get("confirmed"):
        context = {"comments": bulk.comments_for_bulk(user, ids), "back": safe_next(request, "")}
        return render(request, "comments/studio_delete.html", context)
    number = len(bulk.change_comments(user, ids, action)["changed"])
    if action == bulk.DELETE:
        text = ngettext("%(number)d comment deleted.", "%(number)d comments deleted.", number)
    else:
        text = ngettext("%(number)d comment approved.", "%(number)d comments approved.", number)
    return redirect_back_with_message(request, text % {"number": number}, "studio-comments")


@login_required
@allow_get_and_post
def comment_filters(request: HttpRequest) -> HttpResponse:
    """Choose which comments are held until the channel's owner has reviewed them."""
    user = signed_in_user(request)
    rules = filters.get_rules(user.pk)
    initial = {
        "words": "\n".join(rules.words),
        "hold_links": rules.hold_links,
        "hold_all": rules.hold_all,
    }
    form = CommentRulesForm(posted_data(request), initial=initial)
    response = perform(
        request,
        form,
        lambda: filters.update_rules(user.pk, form.rules()),
        lambda rules: redirect_with_message(
            request, _("Saved. These rules apply to new comments."), "studio-comment-rules"
        ),
    )
    return response or render(request, "comments/rules.html", {"form": form}, status=form_status(form))
