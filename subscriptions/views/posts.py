"""Pages of posts: the channel's tab, the feed's tab, one post with its comments."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import channel_for_viewing
from accounts.models import User
from streamsite.api.pagination import Page, paginate
from streamsite.errors import Forbidden, SiteError
from streamsite.view_helpers import add_form_errors, is_htmx, safe_next
from streamsite.visibility import is_owner
from subscriptions.channel_page.queries import load_channel
from subscriptions.forms import PostForm
from subscriptions.models import Post
from subscriptions.posts import access, mappers, queries, services
from subscriptions.posts.integrations import comment_target
from subscriptions.posts.reactions import POST_REACTIONS
from videos.comments import text
from videos.comments.queries import hidden_comment_count
from videos.views.comments import comments_page
from videos.watch_marks import add_watch_marks

METHODS = ("GET", "HEAD", "POST")


def _shown(post: Post, viewer: Any, reaction: str | None, *, unheard: int = 0) -> dict[str, Any]:
    """A post for a template: also its text in pieces."""
    return mappers.serialize_post(post, viewer, reaction, unheard=unheard) | {
        "pieces": text.split_text(post.text, text.ANY_NAME, 0)
    }


def _page(request: HttpRequest, page: Page[Post]) -> dict[str, Any]:
    opinions = queries.viewer_reactions(request.user, page.rows)
    body = page.body(lambda post: _shown(post, request.user, opinions.get(post.pk)))
    return add_watch_marks(request.user, body)


@require_http_methods(METHODS)
def channel_posts(request: HttpRequest, username: str) -> HttpResponse:
    """What a channel posted; its owner posts here."""
    owner = channel_for_viewing(username)
    is_own = is_owner(request.user, owner.pk)
    form = PostForm(request.POST, request.FILES) if request.method == "POST" else PostForm()
    if request.method == "POST":
        if not is_own:
            raise Forbidden
        if form.is_valid() and _create(cast(User, request.user), form):
            messages.success(request, "Posted.")
            return redirect("channel-posts", owner.username)
    page = _page(
        request, paginate(request, queries.posts_of_channel(owner.pk), queries.NEWEST, absolute=False)
    )
    if is_htmx(request):
        return render(request, "posts/_posts.html", {"page": page})
    context = {
        "channel": load_channel(request.user, owner)[0],
        "tab": "posts",
        "page": page,
        "is_own": is_own,
    }
    status = 400 if form.is_bound else 200
    return render(request, "accounts/channel.html", context | {"form": form}, status=status)


def _create(user: User, form: PostForm) -> bool:
    """Whether the form could be posted; otherwise it says why not."""
    try:
        services.create(user, form.cleaned_data, picture=form.cleaned_data["picture"])
    except SiteError as error:
        add_form_errors(form, error)
        return False
    return True


@login_required
@require_safe
def feed_posts(request: HttpRequest) -> HttpResponse:
    """What the subscribed channels posted."""
    page = _page(request, queries.posts_feed(request, str(request.user.pk), absolute=False))
    template = "posts/_posts.html" if is_htmx(request) else "posts/feed.html"
    return render(request, template, {"page": page})


@require_safe
def detail(request: HttpRequest, post_id: str) -> HttpResponse:
    """One post with what people say about it."""
    post = access.post_for_reading(request.user, post_id)
    opinion = queries.viewer_reactions(request.user, [post]).get(post.pk)
    linked, reply = request.GET.get("comment", ""), request.GET.get("reply", "")
    context = {
        "post": _shown(post, request.user, opinion, unheard=hidden_comment_count(request.user, post.pk)),
        "subject": comment_target(post),
        "linked_comment": linked if access.POST_ID.match(linked) else "",
        "linked_reply": reply if access.POST_ID.match(reply) else "",
    }
    return render(request, "posts/detail.html", add_watch_marks(request.user, context))


@require_http_methods(METHODS)
def comments(request: HttpRequest, post_id: str) -> HttpResponse:
    """The comments below a post."""
    return comments_page(request, comment_target(access.post_for_reading(request.user, post_id)))


@login_required
@require_http_methods(METHODS)
def edit(request: HttpRequest, post_id: str) -> HttpResponse:
    """Change the text of one's own post."""
    post = access.post_for_editing(request.user, post_id)
    first = {"text": post.text, "allow_comments": post.allow_comments}
    form = PostForm(request.POST if request.method == "POST" else None, initial=first, is_edit=True)
    if form.is_bound and form.is_valid():
        try:
            services.update(post, form.cleaned_data)
        except SiteError as error:
            add_form_errors(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("post", post_id)
    context = {"form": form, "post": mappers.serialize_post(post, request.user)}
    return render(request, "posts/edit.html", context, status=400 if form.is_bound else 200)


@login_required
@require_http_methods(METHODS)
def delete(request: HttpRequest, post_id: str) -> HttpResponse:
    """Remove one's own post, once that was confirmed."""
    post = access.post_for_editing(request.user, post_id)
    if request.method == "POST":
        services.delete(post)
        messages.success(request, "The post was deleted.")
        return redirect("channel-posts", post.channel.username)
    return render(request, "posts/delete.html", {"post": mappers.serialize_post(post, request.user)})


@login_required
@require_POST
def react(request: HttpRequest, post_id: str) -> HttpResponse:
    """Like or dislike a post; the same once more takes it back."""
    post = access.post_for_reading(request.user, post_id)
    user_id, value = str(request.user.pk), request.POST.get("value", "")
    if queries.viewer_reactions(request.user, [post]).get(post_id) == value:
        POST_REACTIONS.withdraw(user_id, post_id)
    else:
        POST_REACTIONS.give(user_id, post_id, value)
    return redirect(safe_next(request, post.get_absolute_url()))
