"""The studio: uploads, deletion and retries."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import email_verification
from accounts.current_user import signed_in_user
from accounts.models import User
from accounts.registration import rules, upload_rights
from streamsite.disk import has_space
from streamsite.errors import Invalid, SiteError
from streamsite.page_limits import count_writes_as
from streamsite.rate_limits import UPLOAD
from streamsite.site_settings.features import features
from streamsite.view_actions import (
    attempt,
    form_status,
    perform,
    perform_and_redirect,
    posted_data,
    redirect_with_message,
)
from streamsite.view_helpers import allow_get_and_post
from streamsite.visibility import Visibility, is_private
from videos import access, forms, quota, services, tasks
from videos.models import Video
from videos.uploads.unfinished import unfinished_uploads

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

ACCEPTED_SUFFIXES = (
    ".mp4",
    ".mov",
    ".m4v",
    ".mkv",
    ".webm",
    ".avi",
    ".ts",
    ".m2ts",
    ".mts",
    ".mpg",
    ".mpeg",
    ".m2v",
    ".vob",
    ".mxf",
    ".dv",
    ".nut",
    ".gif",
    ".wmv",
    ".flv",
    ".ogv",
    ".3gp",
    ".mp3",
    ".m4a",
    ".flac",
    ".wav",
    ".aif",
    ".aiff",
    ".aac",
    ".ac3",
    ".eac3",
    ".mp2",
    ".amr",
    ".wma",
    ".mka",
    ".ogg",
    ".opus",
)


@count_writes_as(UPLOAD)
@login_required
@allow_get_and_post
def upload(request: HttpRequest) -> HttpResponse:
    """Show the upload page; without JavaScript, take files by form."""
    user = signed_in_user(request)
    upload_rights.require_may_upload(user)
    form = forms.UploadForm(
        posted_data(request), request.FILES or None, initial={"license": features().license}
    )
    files = request.FILES.getlist("file")
    response = perform(
        request,
        form,
        lambda: _create_videos(user, form, files),
        lambda results: _answer_upload(request, files, results),
    )
    if response is not None:
        return response
    context = {
        "form": form,
        "max_bytes": rules.max_upload_bytes(),
        "accept": ACCEPTED_SUFFIXES,
        "visibility_choices": visibility_choices(user),
        "visibility": form["visibility"].value() or default_visibility(user),
        "unfinished": unfinished_uploads(user),
        "storage": quota.storage_use(user),
        "has_space": has_space(),
    }
    return render(request, "videos/upload.html", context, status=form_status(form))


def visibility_choices(user: User) -> list[tuple[str, StrOrPromise]]:
    """Return the visibilities that a new video of ``user`` may have."""
    is_private_only = email_verification.needs_verified_email(user)
    return [choice for choice in Visibility.choices if not is_private_only or is_private(choice[0])]


def default_visibility(user: User) -> str:
    """Return the visibility that the site suggests for a new video of ``user``."""
    return Visibility.PRIVATE if email_verification.needs_verified_email(user) else features().visibility


def _create_videos(
    user: User, form: forms.UploadForm, files: Sequence[UploadedFile[Any]]
) -> list[Video | SiteError]:
    """Create a video from each of the form's files; return it, or why the file was refused.

    Raises the error of the first file if no other was accepted either.
    """
    results = [attempt(partial(_create_video, user, form, file, len(files))) for file in files]
    first = results[0]
    if isinstance(first, SiteError) and all(isinstance(one, SiteError) for one in results):
        raise first
    return results


def _create_video(user: User, form: forms.UploadForm, sent: UploadedFile[Any], count: int) -> Video:
    """Create the video from one of ``count`` files of the form. Raises ``Invalid`` without one."""
    if not isinstance(sent, TemporaryUploadedFile):
        raise Invalid(_("Select a file."), fields={"file": [_("Select a file.")]})
    data = {
        name: form.cleaned_data[name]
        for name in ("title", "description", "visibility", "license", "is_sensitive")
        # Several files are named after their names.
        if form.cleaned_data[name] and (name != "title" or count == 1)
    }
    return services.create_from_upload(
        user,
        Path(sent.temporary_file_path()),
        filename=sent.name or "",
        size=sent.size or 0,
        data=data,
        enqueue=tasks.enqueue_processing,
        sha256=getattr(sent, "sha256", ""),
    )


def _answer_upload(
    request: HttpRequest, files: Sequence[UploadedFile[Any]], results: Sequence[Video | SiteError]
) -> HttpResponse:
    """Redirect to the new video, or to the table of videos with a message for each refused file."""
    videos = [one for one in results if not isinstance(one, SiteError)]
    if len(results) == 1:
        return redirect_with_message(
            request, _("Upload complete. Processing started."), "studio-video", videos[0].pk
        )
    done = ngettext(
        "%(number)d video uploaded. Processing started.",
        "%(number)d videos uploaded. Processing started.",
        len(videos),
    )
    messages.success(request, done % {"number": len(videos)})
    for file, one in zip(files, results, strict=True):
        if isinstance(one, SiteError):
            # Isolated, because a name may be written right to left.
            messages.error(request, f"“\u2068{file.name}\u2069”: {one.sentence}")
    return redirect("studio-videos")


@login_required
@require_POST
def delete(request: HttpRequest, video_id: str) -> HttpResponse:
    """Delete a video and its files."""
    services.delete(access.video_for_editing(request.user, video_id))
    return redirect_with_message(request, _("Video deleted."), "studio-videos")


@login_required
@require_POST
def retry(request: HttpRequest, video_id: str) -> HttpResponse:
    """Process a failed video again."""
    video = access.video_for_editing(request.user, video_id)
    return perform_and_redirect(
        request,
        lambda: services.retry(video, enqueue=tasks.enqueue_processing),
        _("Reprocessing started."),
        reverse("studio-video", args=[video_id]),
    )
