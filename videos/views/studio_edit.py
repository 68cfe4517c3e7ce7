"""The editor of a video, and the forms and fragments that belong to it.

Everything works without scripts; the rules are those of the services, which the API calls as well.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from streamsite.errors import SiteError
from streamsite.page_limits import count_writes_as
from streamsite.rate_limits import PREVIEW
from streamsite.view_actions import attempt, redirect_with_message
from streamsite.view_helpers import View, allow_get_and_post, is_htmx
from videos import access, forms, mappers, schedules, share_links, tasks
from videos.captions import services as caption_services
from videos.chapters import services as chapter_services
from videos.editor.page import editor_context
from videos.editor.submission import Submission
from videos.editor.track_forms import TrackForm
from videos.metadata import clean_metadata
from videos.models import Video

SECTIONS = frozenset({"details", "thumbnail", "subtitles", "chapters", "visibility", "sharing"})


@login_required
@allow_get_and_post
def edit(request: HttpRequest, video_id: str) -> HttpResponse:
    """Show the editor, and save everything that was changed in it."""
    video = access.video_for_editing(request.user, video_id)
    if request.method != "POST":
        return _page(request, video, Submission(video, open_ids=request.GET.getlist("track")))
    submission = Submission(video, request.POST, request.FILES)
    saved = submission.save()
    if saved is None:
        fresh = access.video_for_editing(request.user, video_id)
        submission.video = fresh
        return _page(request, fresh, submission, status=400)
    messages.success(request, saved.message())
    return redirect(_address(video_id, request.POST))


def _page(
    request: HttpRequest, video: Video, submission: Submission, *, status: int = 200, **sharing: object
) -> HttpResponse:
    waits_for = tasks.queue_place(video).waits_for
    context = editor_context(request, video, submission, waits_for=waits_for, **sharing)
    return render(request, "videos/edit/editor.html", context, status=status)


def _address(video_id: str, sent: QueryDict) -> str:
    """Return the address of the page after a save: the same tracks are open, at the section that was worked in."""
    query = QueryDict(mutable=True)
    query.setlist("track", [one for one in sent.getlist("track") if f"track-{one}-delete" not in sent])
    section = sent.get("section", "")
    anchor = f"#{section}" if section in SECTIONS else ""
    address = reverse("studio-video", args=[video_id])
    return f"{address}?{query.urlencode()}{anchor}" if query.getlist("track") else f"{address}{anchor}"


def section_redirect(section: str) -> View:
    """Return a view that leads the address of a section, which was a page once, to it."""

    @require_safe
    def redirect_to_section(request: HttpRequest, video_id: str) -> HttpResponse:
        query = request.GET.urlencode()
        address = reverse("studio-video", args=[video_id])
        return redirect(f"{address}?{query}#{section}" if query else f"{address}#{section}")

    return redirect_to_section


@login_required
@require_safe
def caption_panel(request: HttpRequest, video_id: str, caption_id: str) -> HttpResponse:
    """Return the fields of one track for the editor's script; otherwise the editor with the track open."""
    video = access.video_for_editing(request.user, video_id)
    track = caption_services.get_track(video, caption_id)
    if not is_htmx(request):
        return redirect(f"{reverse('studio-video', args=[video_id])}?track={caption_id}#subtitles")
    context = {"panel": TrackForm(track), "track": mappers.serialize_caption(video, track)}
    return render(request, "videos/edit/_track.html", context)


@count_writes_as(PREVIEW)
@login_required
@require_POST
def chapters_preview(request: HttpRequest, video_id: str) -> HttpResponse:
    """Show which chapters the ``description`` or the ``chapters`` of the editor's form would give the video."""
    video = access.video_for_editing(request.user, video_id)
    sent = request.POST
    found = chapter_services.preview_chapters(
        video, description=sent.get("description"), lines=sent.get("chapters")
    )
    context = {"found": found, "video": {"url": video.get_absolute_url()}}
    return render(request, "videos/edit/_chapters.html", context)


@count_writes_as(PREVIEW)
@login_required
@require_POST
def visibility_preview(request: HttpRequest, video_id: str) -> HttpResponse:
    """Say who could watch the video, or when that will change, if the form's visibility were saved."""
    video = access.video_for_editing(request.user, video_id)
    form = forms.VisibilityForm(request.POST)
    problem = ""
    outlook = schedules.outlook(video, {})
    if form.is_valid():
        changes = attempt(lambda: clean_metadata(form.visibility_changes()))
        if isinstance(changes, SiteError):
            problem = changes.sentence
        else:
            outlook = schedules.outlook(video, changes)
    return render(request, "videos/edit/_outlook.html", {"outlook": outlook, "problem": problem})


@login_required
@allow_get_and_post
def share_links_page(request: HttpRequest, video_id: str) -> HttpResponse:
    """Create and revoke the links to a private video, which the editor lists."""
    if request.method != "POST":
        return section_redirect("sharing")(request, video_id)
    video = access.video_for_editing(request.user, video_id)
    revoked_id = request.POST.get("revoke", "")
    if revoked_id:
        done, message = attempt(lambda: share_links.revoke_link(video, revoked_id)), _("Link revoked.")
    else:
        created = attempt(lambda: share_links.create_link(video, request.POST.dict()))
        done, message = (created if isinstance(created, SiteError) else None), _("Link created.")
    if not isinstance(done, SiteError):
        address = f"{reverse('studio-video', args=[video_id])}#sharing"
        return redirect_with_message(request, message, address)
    typed = {} if revoked_id else request.POST
    return _page(
        request, video, Submission(video), status=400, sharing_problem=done.sentence, sharing_typed=typed
    )
