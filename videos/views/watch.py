"""The watch page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from streamsite.errors import Absent
from videos import access, mappers, recommendations, sensitivity, share_links, viewer_state
from videos.comments import text
from videos.comments.access import COMMENT_ID
from videos.hooks import watch_page
from videos.start_times import requested_start_time
from videos.syndication import metadata
from videos.views import sensitive_question
from videos.watch_marks import add_watch_marks

MAX_RELATED = 12


@require_safe
def watch_by_query(request: HttpRequest) -> HttpResponse:
    """Redirect ``/watch?v=ID`` to the video's page, with the rest of the query: the start time, the playlist.

    Whether there is such a video is for its page to say. Raises ``Absent`` for what can't be an id.
    """
    params = request.GET.copy()
    video_id = str((params.pop("v", None) or [""])[-1])
    if not access.VIDEO_ID.match(video_id):
        raise Absent
    query = params.urlencode(safe="/:")
    path = reverse("watch", args=[video_id])
    return redirect(f"{path}?{query}" if query else path, permanent=True)


@require_safe
def watch(request: HttpRequest, video_id: str) -> HttpResponse:
    """Show the player and everything around it; other apps add theirs in ``hooks.watch_page``."""
    visit = access.get_watchable(request, video_id)
    video, linked, reply = visit.video, request.GET.get("comment", ""), request.GET.get("reply", "")
    known = viewer_state.load_viewer_state(request.user, video)
    context: dict[str, object] = {
        "video": mappers.serialize_video(video, request.user, visit.link, known),
        "title_parts": text.split_title(video.title),
        "description": text.split_description(video.description, video.duration),
        "is_description_long": text.is_long(video.description),
        "related": recommendations.related_videos(request.user, video, most=MAX_RELATED),
        "start": requested_start_time(request.GET),
        "linked_comment": linked if COMMENT_ID.match(linked) else "",
        "linked_reply": reply if COMMENT_ID.match(reply) else "",
        "sharing": metadata.build_metadata(video),
        **sensitive_question.build_context(request, sensitivity.treatment(request.user, video)),
    }
    context |= watch_page.build_context(request, video, known.viewer)
    response = render(request, "videos/watch.html", add_watch_marks(request.user, context))
    share_links.remember_admission(response, visit.link)
    return response
