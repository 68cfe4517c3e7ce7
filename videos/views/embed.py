"""``/embed/{id}``: the player alone, for other sites. ``docs/embedding.md`` describes it for those who use it.

A frame on another site never carries the viewer's cookies, so only videos that anyone with the link may watch can be
embedded. Others look like videos that do not exist.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from accounts.registration import login_only
from streamsite.errors import Absent, Forbidden, SiteError
from streamsite.view_actions import attempt
from videos import access, mappers, sensitivity
from videos.syndication import urls
from videos.syndication.embed_options import EmbedOptions
from videos.views import framing, sensitive_question


@login_only.checks_login
@require_safe
@xframe_options_exempt
def embed(request: HttpRequest, video_id: str) -> HttpResponse:
    """Show the player, or a page in its size that says why there is none."""
    if login_only.is_closed_to(request):
        return framing.refusal_page(request, framing.ABSENT)
    video = attempt(lambda: access.video_for_embedding(video_id), Absent, Forbidden)
    if isinstance(video, Absent):
        return framing.refusal_page(request, framing.ABSENT)
    if isinstance(video, SiteError):
        return framing.refusal_page(request, framing.OFF, video_id=video_id)
    if framing.is_framed_by_other_site(request, video.embed_domains):
        return framing.refusal_page(request, framing.ELSEWHERE, video_id=video_id)
    options = EmbedOptions.read(request.GET)
    context = {
        "video": mappers.serialize_video(video, access.ANONYMOUS),
        "options": options,
        "domains": " ".join(video.embed_domains),
        "page": urls.watch_url(video),
        **sensitive_question.build_context(request, sensitivity.treatment(access.ANONYMOUS, video)),
        # For ``videos/_player.html``.
        "start": options.start,
        "autoplay_now": options.autoplay,
        "loop": options.loop and not (options.start or options.end),
    }
    return framing.allow_framing(render(request, "videos/embed.html", context), video.embed_domains)
