"""The studio's pages about one part of a video: its thumbnail, chapters, captions, share links.

Each works without scripts; the rules are those of the services, which the API calls as well.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from streamsite.api.pagination import paginate
from streamsite.errors import SiteError
from streamsite.page_limits import count_writes_as
from streamsite.rate_limits import PREVIEW
from streamsite.view_actions import (
    attempt,
    perform,
    posted_data,
    redirect_with_message,
    refusal_of,
)
from streamsite.view_helpers import allow_get_and_post
from videos import access, forms, mappers, queries, services, share_links, thumbnails
from videos.captions import services as caption_services
from videos.captions import webvtt
from videos.chapters import description_parser
from videos.chapters import services as chapter_services
from videos.models import Video


def _page(
    request: HttpRequest, video: Video, name: str, *, problem: str = "", **context: object
) -> HttpResponse:
    found = {"video": mappers.serialize_video(video, request.user), "problem": problem, **context}
    return render(request, f"videos/edit/{name}.html", found, status=400 if problem else 200)


@login_required
@allow_get_and_post
def thumbnail_page(request: HttpRequest, video_id: str) -> HttpResponse:
    """Choose the video's thumbnail."""
    video = access.video_for_editing(request.user, video_id)
    problem = ""
    if request.method == "POST":
        refusal = attempt(lambda: _change_thumbnail(request, video))
        if not isinstance(refusal, SiteError):
            return redirect_with_message(request, _("Thumbnail updated."), "studio-picture", video_id)
        problem = refusal.sentence
    return _page(request, video, "picture", problem=problem, choices=thumbnails.thumbnail_choices(video))


def _change_thumbnail(request: HttpRequest, video: Video) -> None:
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
@allow_get_and_post
def chapters_page(request: HttpRequest, video_id: str) -> HttpResponse:
    """Edit the chapters as lines of a time and a title."""
    video = access.video_for_editing(request.user, video_id)
    chapters, problem = chapter_services.get_chapters(video), ""
    text = chapter_services.format_chapters(chapters)
    if request.method == "POST":
        text = request.POST.get("text", "")
        refusal = attempt(
            lambda: services.update(
                video, {"chapters": chapter_services.parse_chapters(text, known=chapters)}
            )
        )
        if not isinstance(refusal, SiteError):
            return redirect_with_message(request, _("Chapters saved."), "studio-chapters", video_id)
        problem = refusal.sentence
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
@allow_get_and_post
def captions_page(request: HttpRequest, video_id: str) -> HttpResponse:
    """List the caption tracks and add another from a file."""
    video = access.video_for_editing(request.user, video_id)
    chosen = video.language or queries.last_language(video.channel_id)
    form = forms.CaptionForm(posted_data(request), request.FILES or None, initial={"language": chosen})

    def add() -> webvtt.CaptionFile:
        file = form.read()
        caption_services.add_track(video, file.cues, **form.track_fields())
        return file

    def done(file: webvtt.CaptionFile) -> HttpResponse:
        return redirect_with_message(request, _describe_added(file), "studio-captions", video_id)

    response = perform(request, form, add, done)
    if response is not None:
        return response
    problem = _problem(form, _("Select a file and a language."))
    return _page(request, video, "captions", problem=problem, form=form)


def _problem(form: forms.CaptionDescriptionForm, invalid: str) -> str:
    """Return why the form was not accepted: the service's sentences, otherwise ``invalid``; "" when it was not sent."""
    refusal = refusal_of(form)
    if refusal is not None:
        return refusal.sentence
    return invalid if form.is_bound else ""


def _describe_added(file: webvtt.CaptionFile) -> str:
    """Return what was read, for the uploader to see that it is right."""
    number = len(file.cues)
    sentence = ngettext(
        "Subtitles added: %(number)d cue, read as %(format)s, %(encoding)s.",
        "Subtitles added: %(number)d cues, read as %(format)s, %(encoding)s.",
        number,
    ) % {
        "number": number,
        "format": webvtt.FORMAT_NAMES[file.format],
        "encoding": webvtt.ENCODINGS[file.encoding],
    }
    if not file.left_out:
        return sentence
    lost = ngettext(
        "%(number)d cue couldn't be read and was left out.",
        "%(number)d cues couldn't be read and were left out.",
        file.left_out,
    ) % {"number": file.left_out}
    return f"{sentence} {lost}"


@login_required
@allow_get_and_post
def caption_page(request: HttpRequest, video_id: str, caption_id: str) -> HttpResponse:
    """Edit or delete one caption track."""
    video = access.video_for_editing(request.user, video_id)
    track = caption_services.get_track(video, caption_id)
    if request.method == "POST" and "delete" in request.POST:
        caption_services.delete_track(track)
        return redirect_with_message(request, _("Subtitles deleted."), "studio-captions", video_id)
    text = webvtt.write([webvtt.Cue(*row) for row in track.cues])
    form = forms.CaptionTextForm(
        posted_data(request),
        initial={"language": track.language, "label": track.label, "kind": track.kind, "text": text},
    )
    response = perform(
        request,
        form,
        lambda: caption_services.update_track(track, cues=form.cues(), **form.track_fields()),
        lambda track: redirect_with_message(
            request, _("Subtitles saved."), "studio-caption", video_id, caption_id
        ),
    )
    if response is not None:
        return response
    problem = _problem(form, _("Please fix the errors below."))
    track_dict = mappers.serialize_caption(video, track)
    return _page(request, video, "caption", problem=problem, form=form, track=track_dict)


@login_required
@allow_get_and_post
def share_links_page(request: HttpRequest, video_id: str) -> HttpResponse:
    """List the links to a private video; create and revoke them."""
    video = access.video_for_editing(request.user, video_id)
    problem, revoked_id = "", request.POST.get("revoke", "")
    if request.method == "POST" and revoked_id:
        refusal = attempt(lambda: share_links.revoke_link(video, revoked_id))
        if not isinstance(refusal, SiteError):
            return redirect_with_message(request, _("Link revoked."), "studio-sharing", video_id)
        problem = refusal.sentence
    elif request.method == "POST":
        link = attempt(lambda: share_links.create_link(video, request.POST.dict()))
        if not isinstance(link, SiteError):
            return redirect_with_message(request, _("Link created."), "studio-sharing", video_id)
        problem = link.sentence
    page = paginate(request, share_links.links_of_video(video), share_links.NEWEST, absolute=False)
    return _page(request, video, "sharing", problem=problem, page=page.body(mappers.serialize_share_link))
