"""The details of a video whose file is being uploaded: the form in the upload dialog."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.current_user import signed_in_user
from streamsite.view_helpers import is_htmx
from videos import access, duplicate_uploads, forms, mappers
from videos.views.studio import default_visibility, visibility_choices


@login_required
@require_safe
def upload_details(request: HttpRequest, video_id: str) -> HttpResponse:
    """Return the form of the upload dialog; without its script, go to the video's editor."""
    video = access.video_for_editing(request.user, video_id)
    if not is_htmx(request):
        return redirect("studio-video", video_id)
    form = forms.VideoForm.for_video(video)
    # The page around the dialog may have a form of its own.
    form.auto_id = "upload-details-%s"
    form.explain_marks(video)
    user = signed_in_user(request)
    context = {
        "form": form,
        "video": mappers.serialize_video(video, request.user),
        "choices": visibility_choices(user),
        "visibility": default_visibility(user),
        "duplicate_of": duplicate_uploads.original_body(video),
    }
    return render(request, "videos/upload/_details.html", context)
