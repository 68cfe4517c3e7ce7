"""Pages of posts: the channel's tab, the feed's tab, one post with its comments."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import channel_for_viewing
from accounts.current_user import signed_in_user
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import Page, paginate
from streamsite.errors import Forbidden
from streamsite.view_actions import (
    form_status,
    perform,
    posted_data,
    redirect_back,
    redirect_with_message,
)
from streamsite.view_helpers import allow_get_and_post, render_page_or_part
from streamsite.visibility import Viewer, is_owner
from subscriptions.channel_page.metadata import channel_metadata
from subscriptions.channel_page.queries import load_channel
from subscriptions.forms import PostForm
from subscriptions.models import Post
from subscriptions.posts import access, mappers, queries, services
from subscriptions.posts.integrations import comment_target
from subscriptions.posts.metadata import post_metadata
from subscriptions.posts.reactions import POST_REACTIONS
from videos.comments import text
from videos.comments.queries import hidden_comment_count
from videos.views._shared import toggle_reaction
from videos.views.comments import comments_page
from videos.watch_marks import add_watch_marks

Context = dict[str, object]


def _serialize_for_page(
    post: Post, viewer: Viewer, reaction: str | None, *, hidden_comments: int = 0
) -> Context:
    """Serialize a post for a template: also its text in ``pieces``."""
    return mappers.serialize_post(post, viewer, reaction, hidden_comments=hidden_comments) | {
        "pieces": text.split_text(post.text, text.ANY_NAME, 0)
    }


def _serialize_page(request: HttpRequest, page: Page[Post]) -> PageDict[Context]:
    reactions = queries.viewer_reactions(request.user, page.rows)
    body = page.body(lambda post: _serialize_for_page(post, request.user, reactions.get(post.pk)))
    return add_watch_marks(request.user, body)


@allow_get_and_post
def channel_posts(request: HttpRequest, username: str) -> HttpResponse:
    """List a channel's posts; its owner publishes here."""
    owner = channel_for_viewing(username)
    is_own = is_owner(request.user, owner.pk)
    if request.method == "POST" and not is_own:
        raise Forbidden
    form = PostForm(posted_data(request), request.FILES or None)
    response = perform(
        request,
        form,
        lambda: services.create(
            signed_in_user(request), form.cleaned_data, picture=form.cleaned_data["picture"]
        ),
        lambda _done: redirect_with_message(request, _("Post published."), "channel-posts", owner.username),
    )
    if response is not None:
        return response
    rows = paginate(request, queries.posts_of_channel(owner.pk), queries.NEWEST, absolute=False)
    channel = load_channel(request.user, owner)[0]
    context = {
        "channel": channel,
        "sharing": channel_metadata(request, channel),
        "tab": "posts",
        "page": _serialize_page(request, rows),
        "is_own": is_own,
        "form": form,
    }
    return render_page_or_part(
        request, "subscriptions/channel.html", "posts/_posts.html", context, form_status(form)
    )


@login_required
@require_safe
def feed_posts(request: HttpRequest) -> HttpResponse:
    """List the posts of the subscribed channels."""
    rows = queries.posts_feed(request, signed_in_user(request).pk, absolute=False)
    context = {"page": _serialize_page(request, rows)}
    return render_page_or_part(request, "posts/feed.html", "posts/_posts.html", context)


@require_safe
def detail(request: HttpRequest, post_id: str) -> HttpResponse:
    """Show one post with its comments."""
    post = access.post_for_reading(request.user, post_id)
    reaction = queries.viewer_reactions(request.user, [post]).get(post.pk)
    linked, reply = request.GET.get("comment", ""), request.GET.get("reply", "")
    hidden = hidden_comment_count(request.user, post.pk)
    body = _serialize_for_page(post, request.user, reaction, hidden_comments=hidden)
    context = {
        "post": body,
        "sharing": post_metadata(body, is_open=access.may_anyone_read(post)),
        "subject": comment_target(post),
        "linked_comment": linked if access.POST_ID.match(linked) else "",
        "linked_reply": reply if access.POST_ID.match(reply) else "",
    }
    return render(request, "posts/detail.html", add_watch_marks(request.user, context))


@allow_get_and_post
def comments(request: HttpRequest, post_id: str) -> HttpResponse:
    """Show the comments below a post; add one."""
    return comments_page(request, comment_target(access.post_for_reading(request.user, post_id)))


@login_required
@allow_get_and_post
def edit(request: HttpRequest, post_id: str) -> HttpResponse:
    """Change the text of one's own post."""
    post = access.post_for_editing(request.user, post_id)
    initial = {"text": post.text, "allow_comments": post.allow_comments}
    form = PostForm(posted_data(request), initial=initial, is_edit=True)
    response = perform(
        request,
        form,
        lambda: services.update(post, form.cleaned_data),
        lambda _done: redirect_with_message(request, _("Saved."), "post", post_id),
    )
    if response is not None:
        return response
    context = {"form": form, "post": mappers.serialize_post(post, request.user)}
    return render(request, "posts/edit.html", context, status=form_status(form))


@login_required
@allow_get_and_post
def delete(request: HttpRequest, post_id: str) -> HttpResponse:
    """Delete one's own post, after a confirmation."""
    post = access.post_for_editing(request.user, post_id)
    if request.method == "POST":
        services.delete(post)
        return redirect_with_message(request, _("Post deleted."), "channel-posts", post.channel.username)
    return render(request, "posts/delete.html", {"post": mappers.serialize_post(post, request.user)})


@login_required
@require_POST
def react(request: HttpRequest, post_id: str) -> HttpResponse:
    """Like or dislike a post; sending the same again withdraws it."""
    post, user_id = access.post_for_reading(request.user, post_id), signed_in_user(request).pk
    toggle_reaction(
        request,
        queries.viewer_reactions(request.user, [post]).get(post_id),
        lambda value: POST_REACTIONS.set_reaction(user_id, post_id, value),
        lambda: POST_REACTIONS.remove_reaction(user_id, post_id),
    )
    return redirect_back(request, post)
