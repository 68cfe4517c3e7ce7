"""Pages of comments and parts of them. Everything works by forms; scripts call the API and ask here for rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.current_user import signed_in_user
from streamsite.api.json_types import PageDict
from streamsite.errors import Absent, Forbidden, Invalid, SiteError
from streamsite.view_actions import (
    attempt,
    found_or_none,
    redirect_back,
    redirect_back_with_message,
)
from streamsite.view_helpers import allow_get_and_post, render_page_or_part
from videos import access as videos
from videos.comments import access, following, mappers, queries, reactions, services, targets
from videos.comments.access import CommentWithTarget
from videos.comments.mappers import PageCommentDict
from videos.comments.queries import CommentPage
from videos.comments.serializers import CommentsQuerySerializer
from videos.comments.targets import CommentTarget
from videos.models import Comment
from videos.views._shared import toggle_reaction

Context = dict[str, object]


@allow_get_and_post
def video_comments(request: HttpRequest, video_id: str) -> HttpResponse:
    """Show the comments below a video; add one."""
    return comments_page(request, targets.video_target(videos.get_watchable(request, video_id).video))


def comments_page(request: HttpRequest, subject: CommentTarget) -> HttpResponse:
    """Show the comments below any target, as a page, as a page's section or as further rows; add one by form."""
    problem, text = "", ""
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(f"{subject.url}#comments")
        text = request.POST.get("text", "")
        created = attempt(lambda: services.create(signed_in_user(request), subject, text), Invalid, Forbidden)
        if not isinstance(created, SiteError):
            return redirect(_comment_page_url(subject, created))
        problem = str(created.detail)
    linked, is_gone = _linked_thread(request, subject)
    sort = CommentsQuerySerializer.from_query(request)["sort"]
    listing = queries.list_threads(request, subject, sort=sort, absolute=False)
    linked_id = linked.comment.pk if linked is not None else ""
    context = {
        "subject": subject,
        "page": _serialize_page(request, listing, subject, leave_out=linked_id),
        "sort": sort,
        "linked": _serialize(request, linked) if linked is not None else None,
        "is_linked_gone": is_gone,
        "count": max(0, subject.comments - listing.viewer_state.hidden_total),
        "problem": problem,
        "text": text,
    }
    part = "comments/_rows.html" if request.GET.get("cursor") else "comments/_section.html"
    return render_page_or_part(request, "comments/page.html", part, context, 400 if problem else 200)


@allow_get_and_post
def thread(request: HttpRequest, comment_id: str) -> HttpResponse:
    """Show a comment and its replies, as a part of a page only the replies; add a reply by form."""
    found = access.thread_for_reading(request, comment_id)
    problem, text = "", ""
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        text = request.POST.get("text", "")
        created = attempt(
            lambda: services.create(signed_in_user(request), found.subject, text, thread=found.comment),
            Invalid,
            Forbidden,
        )
        if not isinstance(created, SiteError):
            return redirect_back(request, _comment_page_url(found.subject, created))
        problem = str(created.detail)
    listing = queries.list_replies(request, found.subject, found.comment, absolute=False)
    linked = _linked_reply(request, found)
    linked_id = linked.comment.pk if linked is not None else ""
    context = {
        "subject": found.subject,
        "page": _serialize_page(request, listing, found.subject, leave_out=linked_id),
        "comment": _serialize(request, found),
        "linked_reply": _serialize(request, linked) if linked is not None else None,
        "problem": problem,
        "text": text,
        "is_thread": True,
    }
    return render_page_or_part(
        request, "comments/thread.html", "comments/_rows.html", context, 400 if problem else 200
    )


@require_safe
def comment_row(request: HttpRequest, comment_id: str) -> HttpResponse:
    """Render one comment as lists show it."""
    found = access.comment_for_reading(request, comment_id)
    context = {"comment": _serialize(request, found), "subject": found.subject}
    return render(request, "comments/_comment.html", context)


@login_required
@allow_get_and_post
def edit(request: HttpRequest, comment_id: str) -> HttpResponse:
    """Change one's own comment."""
    found = access.comment_for_editing(request, comment_id)
    problem, text = "", found.comment.text
    if request.method == "POST":
        text = request.POST.get("text", "")
        refusal = attempt(lambda: services.edit(found.comment, text))
        if not isinstance(refusal, SiteError):
            return redirect(_comment_page_url(found.subject, found.comment))
        problem = str(refusal.detail)
    context = {
        "comment": _serialize(request, found),
        "subject": found.subject,
        "problem": problem,
        "text": text,
    }
    return render(request, "comments/edit.html", context, status=400 if problem else 200)


@login_required
@allow_get_and_post
def delete(request: HttpRequest, comment_id: str) -> HttpResponse:
    """Delete a comment, after a confirmation."""
    found = access.comment_for_deleting(request, comment_id)
    if request.method == "POST":
        services.delete(found.comment)
        return redirect_back_with_message(request, _("Comment deleted."), f"{found.subject.url}#comments")
    context = {"comment": _serialize(request, found), "subject": found.subject}
    return render(request, "comments/delete.html", context)


CURATION_ACTIONS: dict[str, Callable[[Comment], object]] = {
    "pin": services.pin,
    "unpin": services.unpin,
    "heart": lambda comment: services.set_heart(comment, give=True),
    "unheart": lambda comment: services.set_heart(comment, give=False),
    "approve": services.approve,
}


@login_required
@require_POST
def curate(request: HttpRequest, comment_id: str) -> HttpResponse:
    """Pin, heart or approve a comment, or undo it."""
    found = access.comment_for_curating(request, comment_id)
    action = CURATION_ACTIONS.get(request.POST.get("act", ""))
    if action is None:
        raise Absent
    action(found.comment)
    return redirect_back(request, _comment_page_url(found.subject, found.comment))


@login_required
@require_POST
def react(request: HttpRequest, comment_id: str) -> HttpResponse:
    """Like or dislike a comment; sending the same again withdraws it."""
    found, user = access.comment_for_reading(request, comment_id), signed_in_user(request)
    toggle_reaction(
        request,
        queries.load_reactions(user, [found.comment]).get(comment_id),
        lambda value: reactions.react(user, found.comment, value),
        lambda: reactions.withdraw(user, found.comment),
    )
    return redirect(_comment_page_url(found.subject, found.comment))


@login_required
@require_POST
def follow(request: HttpRequest, comment_id: str) -> HttpResponse:
    """Follow a thread, or stop following it (``act=stop``)."""
    found = access.thread_for_reading(request, comment_id)
    is_wanted = request.POST.get("act") != "stop"
    following.set_following(signed_in_user(request), found.comment, follow=is_wanted)
    message = (
        _("You'll be notified about replies.")
        if is_wanted
        else _("You won't be notified about replies anymore.")
    )
    return redirect_back_with_message(request, message, _comment_page_url(found.subject, found.comment))


def _comment_page_url(subject: CommentTarget, comment: Comment) -> str:
    """Return the path of a page that shows the comment without scripts, first in its list and scrolled to.

    Scripts call the API instead, so that only those without them come here.
    """
    if comment.parent:
        return f"{reverse('comment', args=[comment.parent])}?reply={comment.pk}#comment-{comment.pk}"
    return f"{subject.page}?comment={comment.pk}#comment-{comment.pk}"


def _linked_reply(request: HttpRequest, thread: CommentWithTarget) -> CommentWithTarget | None:
    """Return the reply in this thread that ``?reply=`` names, which leads the first page of its list."""
    wanted = request.GET.get("reply", "")
    if not wanted or request.GET.get("cursor"):
        return None
    found = _readable(request, wanted)
    return found if found is not None and found.comment.parent == thread.comment.pk else None


def _serialize(request: HttpRequest, found: CommentWithTarget) -> PageCommentDict:
    known = queries.load_viewer_state(request.user, found.comment)
    return mappers.serialize_comment_for_page(found.comment, request.user, known, found.subject.seconds)


def _serialize_page(
    request: HttpRequest, listing: CommentPage, subject: CommentTarget, *, leave_out: str = ""
) -> PageDict[PageCommentDict]:
    """Serialize a page of comments for a template, without the comment whose id is ``leave_out``."""
    rows = [comment for comment in listing.page.rows if comment.pk != leave_out]
    return replace(listing.page, rows=rows).body(
        lambda comment: mappers.serialize_comment_for_page(
            comment, request.user, listing.viewer_state, subject.seconds
        )
    )


def _linked_thread(request: HttpRequest, subject: CommentTarget) -> tuple[CommentWithTarget | None, bool]:
    """Return the thread that ``?comment=`` names, which leads the list, and whether what was linked is gone.

    A reply leads to its thread. Gone is a comment that the caller cannot read, or the reply that ``&reply=`` names in
    its thread: it may be deleted, hidden, or never have been there.
    """
    wanted, reply = request.GET.get("comment", ""), request.GET.get("reply", "")
    if not wanted or request.GET.get("cursor"):
        return None, False
    found = _readable(request, wanted)
    if found is not None and found.comment.is_reply:
        reply, found = wanted, _readable(request, found.comment.parent)
    if found is None or found.comment.subject != subject.id:
        return None, True
    answer = _readable(request, reply) if reply else None
    is_gone = bool(reply) and (answer is None or answer.comment.parent != found.comment.pk)
    return found, is_gone


def _readable(request: HttpRequest, comment_id: str) -> CommentWithTarget | None:
    return found_or_none(lambda: access.comment_for_reading(request, comment_id))
