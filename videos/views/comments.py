"""Pages and fragments of comments. Everything works by forms; scripts call the API and ask here for rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from streamsite.api.pagination import paginate
from streamsite.errors import Absent, Forbidden, Invalid, NotSignedIn, SiteError
from streamsite.view_helpers import add_form_errors, is_htmx, safe_next
from videos import access as videos
from videos.comments import access, filters, following, mappers, queries, reactions, services, targets
from videos.comments.access import CommentWithTarget
from videos.comments.queries import CommentPage
from videos.comments.targets import CommentTarget
from videos.forms import CommentRulesForm
from videos.models import Comment
from videos.models.comment import CommentState

METHODS = ("GET", "HEAD", "POST")


@require_http_methods(METHODS)
def video_comments(request: HttpRequest, video_id: str) -> HttpResponse:
    """The comments below a video; saying something."""
    return comments_page(request, targets.video_target(videos.get_watchable(request, video_id).video))


def comments_page(request: HttpRequest, subject: CommentTarget) -> HttpResponse:
    """The comments below any subject, as a page, as the section of one, or as further rows; a new one by form."""
    problem, text = "", ""
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(f"{subject.url}#comments")
        text = request.POST.get("text", "")
        try:
            made = services.create(_signed_in(request), subject, text)
        except (Invalid, Forbidden) as error:
            problem = error.detail
        else:
            return redirect(_address(subject, made))
    linked, is_gone = _linked(request, subject)
    listing = queries.list_threads(request, subject, absolute=False)
    page = _shown(request, listing, subject)
    if linked is not None:
        page["results"] = [row for row in page["results"] if row["id"] != linked["id"]]
    context = {
        "subject": subject,
        "page": page,
        "sort": queries.parse_sort(request.GET),
        "linked": linked,
        "is_linked_gone": is_gone,
        "count": max(0, subject.comments - listing.known.hidden_total),
        "problem": problem,
        "text": text,
    }
    if not is_htmx(request):
        return render(request, "comments/page.html", context, status=400 if problem else 200)
    template = "comments/_rows.html" if request.GET.get("cursor") else "comments/_section.html"
    return render(request, template, context)


@require_http_methods(METHODS)
def thread(request: HttpRequest, comment_id: str) -> HttpResponse:
    """A comment and its answers; answering it by form. As a fragment: the answers."""
    found = access.thread_for_reading(request, comment_id)
    problem, text = "", ""
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        text = request.POST.get("text", "")
        try:
            services.create(_signed_in(request), found.subject, text, thread=found.comment)
        except (Invalid, Forbidden) as error:
            problem = error.detail
        else:
            return redirect("comment", comment_id)
    listing = queries.list_replies(request, found.subject, found.comment, absolute=False)
    context = {
        "subject": found.subject,
        "page": _shown(request, listing, found.subject),
        "comment": _one(request, found),
        "problem": problem,
        "text": text,
        "is_thread": True,
    }
    template = "comments/_rows.html" if is_htmx(request) else "comments/thread.html"
    return render(request, template, context, status=400 if problem else 200)


@require_safe
def comment_row(request: HttpRequest, comment_id: str) -> HttpResponse:
    """One comment as it is in a list now."""
    found = access.comment_for_reading(request, comment_id)
    context = {"comment": _one(request, found), "subject": found.subject}
    return render(request, "comments/_comment.html", context)


@login_required
@require_http_methods(METHODS)
def edit(request: HttpRequest, comment_id: str) -> HttpResponse:
    """Change one's own comment."""
    found = access.comment_for_editing(request, comment_id)
    problem, text = "", found.comment.text
    if request.method == "POST":
        text = request.POST.get("text", "")
        try:
            services.edit(found.comment, text)
        except SiteError as error:
            problem = error.detail
        else:
            return redirect(_address(found.subject, found.comment))
    context = {"comment": _one(request, found), "subject": found.subject, "problem": problem, "text": text}
    return render(request, "comments/edit.html", context, status=400 if problem else 200)


@login_required
@require_http_methods(METHODS)
def delete(request: HttpRequest, comment_id: str) -> HttpResponse:
    """Remove a comment, once that was confirmed."""
    found = access.comment_for_deleting(request, comment_id)
    if request.method == "POST":
        services.delete(found.comment)
        messages.success(request, "The comment was deleted.")
        return redirect(safe_next(request, f"{found.subject.url}#comments"))
    context = {"comment": _one(request, found), "subject": found.subject}
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
    """Pin, heart or show a comment by form."""
    found = access.comment_for_curating(request, comment_id)
    act = CURATION_ACTIONS.get(request.POST.get("act", ""))
    if act is None:
        raise Absent
    act(found.comment)
    return redirect(safe_next(request, _address(found.subject, found.comment)))


@login_required
@require_POST
def react(request: HttpRequest, comment_id: str) -> HttpResponse:
    """Like or dislike a comment; the same once more takes it back."""
    found = access.comment_for_reading(request, comment_id)
    user, value = _signed_in(request), request.POST.get("value", "")
    if queries.load_reactions(user, [found.comment]).get(comment_id) == value:
        reactions.withdraw(user, found.comment)
    else:
        reactions.react(user, found.comment, value)
    return redirect(_address(found.subject, found.comment))


@login_required
@require_POST
def follow(request: HttpRequest, comment_id: str) -> HttpResponse:
    """Follow a thread by form, or stop following it."""
    found = access.thread_for_reading(request, comment_id)
    wanted = request.POST.get("act") != "stop"
    following.set_following(_signed_in(request), found.comment, follow=wanted)
    told = "You'll be notified about replies."
    messages.success(request, told if wanted else "You won't be notified about replies anymore.")
    return redirect(safe_next(request, _address(found.subject, found.comment)))


@login_required
@require_safe
def studio_comments(request: HttpRequest) -> HttpResponse:
    """What was said about what the caller owns, or waits to be shown."""
    user = _signed_in(request)
    state = CommentState.HELD if request.GET.get("state") == CommentState.HELD else CommentState.SHOWN
    page = paginate(request, queries.comments_for_owner(user.pk, state), queries.LATEST, absolute=False)
    about, known = queries.load_target_titles(page.rows), queries.owner_state(user, page.rows)
    context = {
        "page": page.body(
            lambda row: mappers.serialize_comment_for_owner(row, user, known, about.get(row.subject))
        ),
        "state": state,
        "rules": filters.get_rules(user.pk),
    }
    template = "comments/_studio_rows.html" if is_htmx(request) else "comments/studio.html"
    return render(request, template, context)


@login_required
@require_http_methods(METHODS)
def comment_filters(request: HttpRequest) -> HttpResponse:
    """What the channel has held back until its owner has read it."""
    user = _signed_in(request)
    kept = filters.get_rules(user.pk)
    first = {
        "words": "\n".join(kept.words),
        "hold_links": kept.hold_links,
        "hold_all": kept.hold_all,
    }
    form = CommentRulesForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            filters.update_rules(user.pk, form.rules())
        except SiteError as error:
            add_form_errors(form, error)
        else:
            messages.success(request, "Saved. It holds for comments from now on.")
            return redirect("studio-comment-rules")
    status = 400 if form.is_bound else 200
    return render(request, "comments/rules.html", {"form": form}, status=status)


def _signed_in(request: HttpRequest) -> User:
    if not request.user.is_authenticated:
        raise NotSignedIn
    return request.user


def _address(subject: CommentTarget, comment: Comment) -> str:
    """The page with the comment's thread in view."""
    return f"{subject.url}?comment={comment.parent or comment.pk}#comments"


def _one(request: HttpRequest, found: CommentWithTarget) -> dict[str, Any]:
    known = queries.load_viewer_state(request.user, found.comment)
    return mappers.serialize_comment_for_page(found.comment, request.user, known, found.subject.seconds)


def _shown(request: HttpRequest, listing: CommentPage, subject: CommentTarget) -> dict[str, Any]:
    return listing.page.body(
        lambda comment: mappers.serialize_comment_for_page(
            comment, request.user, listing.known, subject.seconds
        )
    )


def _linked(request: HttpRequest, subject: CommentTarget) -> tuple[dict[str, Any] | None, bool]:
    """The thread that ``?comment=`` names, which then leads the list, whatever its order.

    A reply leads to its thread. Also whether the caller cannot read that comment, or the reply that ``&reply=`` names
    in its thread: it may be gone, hidden, or never have been there.
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
    return _one(request, found), is_gone


def _readable(request: HttpRequest, comment_id: str) -> CommentWithTarget | None:
    try:
        return access.comment_for_reading(request, comment_id)
    except SiteError:
        return None
