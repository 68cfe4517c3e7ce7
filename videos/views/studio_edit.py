"""The studio's pages about one part of a video: its picture, chapters, captions, share links.

Each works without scripts; the rules are those of the services, which the API calls as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from streamsite.api.pagination import paginate
from streamsite.errors import SiteError
from streamsite.page_limits import count_writes_as
from streamsite.rate_limits import PREVIEW
from streamsite.view_helpers import add_form_errors
from videos import access, forms, languages, mappers, services, share_links, thumbnails
from videos.captions import services as caption_services
from videos.captions import webvtt
from videos.chapters import description_parser
from videos.chapters import services as chapter_services
from videos.models import Video

METHODS = ("GET", "HEAD", "POST")


def _page(
    request: HttpRequest, video: Video, name: str, *, problem: str = "", **context: Any
) -> HttpResponse:
    found = {"video": mappers.serialize_video(video, request.user), "problem": problem, **context}
    return render(request, f"videos/edit/{name}.html", found, status=400 if problem else 200)


def _in_words(error: SiteError) -> str:
    return (
        " ".join(sentence for sentences in (error.fields or {}).values() for sentence in sentences)
        or error.detail
    )


@login_required
@require_http_methods(METHODS)
def thumbnail_page(request: HttpRequest, video_id: str) -> HttpResponse:
    """Choose the picture that stands for the video."""
    video = access.video_for_editing(request.user, video_id)
    problem = ""
    if request.method == "POST":
        try:
            _change_picture(request, video)
        except SiteError as error:
            problem = _in_words(error)
        else:
            messages.success(request, "The picture was changed.")
            return redirect("studio-picture", video_id)
    return _page(request, video, "picture", problem=problem, choices=thumbnails.thumbnail_choices(video))


def _change_picture(request: HttpRequest, video: Video) -> None:
    sent = request.FILES.get("file")
    at, choice = request.POST.get("at", ""), request.POST.get("choice", "")
    if sent is not None and not isinstance(sent, list):
        thumbnails.set_image(video, sent)
    elif at:
        thumbnails.set_frame(video, forms.parse_number(at, field="at"))
    elif choice:
        thumbnails.choose_automatic(video, int(forms.parse_number(choice, field="choice")))
    else:
        thumbnails.reset_thumbnail(video)


@login_required
@require_http_methods(METHODS)
def chapters_page(request: HttpRequest, video_id: str) -> HttpResponse:
    """Edit the chapters as lines of a time and a title."""
    video = access.video_for_editing(request.user, video_id)
    text, problem = chapter_services.format_chapters(chapter_services.get_chapters(video)), ""
    if request.method == "POST":
        text = request.POST.get("text", "")
        try:
            known = chapter_services.get_chapters(video)
            services.update(video, {"chapters": chapter_services.parse_chapters(text, known=known)})
        except SiteError as error:
            problem = _in_words(error)
        else:
            messages.success(request, "The chapters were saved.")
            return redirect("studio-chapters", video_id)
    shown = {"text": text, "is_edited": video.chapters_edited, "found": _shown_chapters(video)}
    return _page(request, video, "chapters", problem=problem, **shown)


def _shown_chapters(video: Video) -> description_parser.ParsedChapters:
    """Return the chapters of the video, and without any why its description has none."""
    found = chapter_services.preview_chapters(video)
    shown = chapter_services.chapters_within(chapter_services.get_chapters(video), video.duration)
    return description_parser.ParsedChapters(shown) if shown and shown != found.chapters else found


@count_writes_as(PREVIEW)
@login_required
@require_POST
def chapters_preview(request: HttpRequest, video_id: str) -> HttpResponse:
    """Show which chapters the ``description`` or the ``text`` of the editor's form would give the video."""
    video = access.video_for_editing(request.user, video_id)
    sent = request.POST
    found = chapter_services.preview_chapters(
        video, description=sent.get("description"), lines=sent.get("text")
    )
    context = {"found": found, "video": {"url": video.get_absolute_url()}}
    return render(request, "videos/edit/_chapters.html", context)


@login_required
@require_http_methods(METHODS)
def captions_page(request: HttpRequest, video_id: str) -> HttpResponse:
    """The text tracks, and a form for another."""
    video = access.video_for_editing(request.user, video_id)
    form = forms.CaptionForm(request.POST or None, request.FILES or None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            file = form.read()
            caption_services.add_track(video, file.cues, **form.described())
        except SiteError as error:
            add_form_errors(form, error)
            problem = _in_words(error)
        else:
            messages.success(request, _added(file))
            return redirect("studio-captions", video_id)
    elif request.method == "POST":
        problem = "Select a file and a language."
    return _page(
        request, video, "captions", problem=problem, form=form, languages=languages.language_choices()
    )


def _added(file: webvtt.CaptionFile) -> str:
    """Return what was read, for the uploader to see that it is right."""
    count = f"{len(file.cues)} cue" + ("" if len(file.cues) == 1 else "s")
    names = f"{webvtt.FORMAT_NAMES[file.format]}, {webvtt.ENCODINGS[file.encoding]}"
    said = f"Subtitles added: {count}, read as {names}."
    if not file.left_out:
        return said
    lost = "1 cue" if file.left_out == 1 else f"{file.left_out} cues"
    return f"{said} {lost} couldn't be read and {'was' if file.left_out == 1 else 'were'} left out."


@login_required
@require_http_methods(METHODS)
def caption_page(request: HttpRequest, video_id: str, caption_id: str) -> HttpResponse:
    """Edit or delete one text track."""
    video = access.video_for_editing(request.user, video_id)
    track = caption_services.get_track(video, caption_id)
    if request.method == "POST" and "delete" in request.POST:
        caption_services.delete_track(track)
        messages.success(request, "Subtitles deleted.")
        return redirect("studio-captions", video_id)
    text = webvtt.write([webvtt.Cue(*row) for row in track.cues])
    form = forms.CaptionTextForm(
        request.POST or None,
        initial={"language": track.language, "label": track.label, "kind": track.kind, "text": text},
    )
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            caption_services.update_track(track, cues=form.cues(), **form.described())
        except SiteError as error:
            problem = _in_words(error)
        else:
            messages.success(request, "Subtitles saved.")
            return redirect("studio-caption", video_id, caption_id)
    elif request.method == "POST":
        problem = "Please fix the errors below."
    shown = {"track": mappers.serialize_caption(video, track), "languages": languages.language_choices()}
    return _page(request, video, "caption", problem=problem, form=form, **shown)


@login_required
@require_http_methods(METHODS)
def share_links_page(request: HttpRequest, video_id: str) -> HttpResponse:
    """Links to a private video."""
    video = access.video_for_editing(request.user, video_id)
    problem = ""
    if request.method == "POST":
        act: Callable[[], object] = (
            (lambda: share_links.revoke_link(video, request.POST["revoke"]))
            if request.POST.get("revoke")
            else (lambda: share_links.create_link(video, request.POST.dict()))
        )
        try:
            act()
        except SiteError as error:
            problem = _in_words(error)
        else:
            done = (
                "The link was revoked." if request.POST.get("revoke") else "The link is ready to be copied."
            )
            messages.success(request, done)
            return redirect("studio-sharing", video_id)
    page = paginate(request, share_links.links_of_video(video), share_links.NEWEST, absolute=False)
    return _page(request, video, "sharing", problem=problem, page=page.body(mappers.serialize_share_link))
