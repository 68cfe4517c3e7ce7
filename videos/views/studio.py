"""The studio: uploads and the details of a video."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import email_verification
from accounts.models import User
from streamsite.errors import Invalid, SiteError
from streamsite.page_limits import count_writes_as
from streamsite.rate_limits import UPLOAD
from streamsite.view_helpers import add_form_errors
from streamsite.visibility import Visibility, is_private
from videos import access, forms, mappers, quota, schedules, services, tasks
from videos.files import duplicates
from videos.uploads import services as uploads

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
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose files; without JavaScript, one file by form."""
    user: Any = request.user
    form = forms.UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            video = _keep(request, form)
        except SiteError as error:
            add_form_errors(form, error)
        else:
            messages.success(request, "Uploaded. It is being processed.")
            return redirect("studio-video", video.pk)
    context = {
        "form": form,
        "max_bytes": settings.MAX_UPLOAD_BYTES,
        "accept": ACCEPTED_SUFFIXES,
        "visibility_choices": _choices_of_visibility(user),
        "unfinished": uploads.unfinished_uploads(user),
        "quota": quota.quota_bytes_of(user),
        "used": quota.used_bytes(user),
    }
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "videos/upload.html", context, status=status)


def _choices_of_visibility(user: User) -> list[tuple[str, str]]:
    """What a new video of ``user`` can be."""
    is_private_only = email_verification.needs_verified_email(user)
    return [choice for choice in Visibility.choices if not is_private_only or is_private(choice[0])]


def _keep(request: HttpRequest, form: forms.UploadForm) -> Any:
    sent = form.cleaned_data["file"]
    if not isinstance(sent, TemporaryUploadedFile):
        raise Invalid("No file was sent.", fields={"file": ["No file was sent."]})
    data = {name: form.cleaned_data[name] for name in ("title", "visibility") if form.cleaned_data[name]}
    return services.create_from_upload(
        request.user,  # type: ignore[arg-type]
        Path(sent.temporary_file_path()),
        filename=sent.name or "",
        size=sent.size or 0,
        data=data,
        enqueue=tasks.enqueue_processing,
        sha256=getattr(sent, "sha256", ""),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, video_id: str) -> HttpResponse:
    """Change a video's metadata."""
    video = access.video_for_editing(request.user, video_id)
    form = forms.VideoForm(request.POST) if request.method == "POST" else forms.VideoForm.of(video)
    form.explain(video)
    if request.method == "POST" and form.is_valid():
        try:
            changed = services.update(video, form.changes())
        except SiteError as error:
            add_form_errors(form, error)
        else:
            messages.success(request, f"Saved. {schedules.cancellation_notice(video, changed)}".strip())
            return redirect("studio-video", video.pk)
    status = 400 if form.is_bound else 200
    return render(
        request,
        "videos/edit/details.html",
        {
            "form": form,
            "video": mappers.serialize_video(video, request.user),
            "report": video.report,
            "waits": schedules.overdue_reason(video),
            "duplicate_of": duplicates.original_body(video),
        },
        status=status,
    )


@login_required
@require_POST
def delete(request: HttpRequest, video_id: str) -> HttpResponse:
    """Remove a video and its files."""
    services.delete(access.video_for_editing(request.user, video_id))
    messages.success(request, "The video and its files were deleted.")
    return redirect("studio-videos")


@login_required
@require_POST
def retry(request: HttpRequest, video_id: str) -> HttpResponse:
    """Process a failed video again."""
    video = access.video_for_editing(request.user, video_id)
    try:
        services.retry(video, enqueue=tasks.enqueue_processing)
        messages.success(request, "It is being processed again.")
    except SiteError as error:
        messages.error(request, error.detail)
    return redirect("studio-video", video_id)
