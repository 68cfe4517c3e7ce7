"""Videos as API bodies, for the API and for templates alike."""

from __future__ import annotations

from accounts.mappers import serialize_badge
from streamsite.api.renderers import iso
from streamsite.visibility import Viewer, is_owner
from videos import access, duplicate_uploads, share_links, thumbnails, viewer_state
from videos.captions import services
from videos.captions.schemas import CaptionDict, CaptionImportDict
from videos.captions.webvtt import CaptionFile
from videos.chapters import services as chapter_services
from videos.files.urls import DOWNLOAD, MASTER, STORYBOARD, AnyGrant, extra_url, media_url
from videos.models import Caption, ShareLink, Video, Watch
from videos.processing import stored_texts
from videos.schemas.cards import CardDict, HistoryEntryDict, VideoCountsDict
from videos.schemas.processing import ProcessingDict
from videos.schemas.share_links import ShareLinkDict
from videos.schemas.videos import FailureDict, StudioVideoDict, VideoDict, VideoViewerDict
from videos.transcoding.errors import is_retryable


def serialize_card(video: Video, grant: AnyGrant | None = None) -> CardDict:
    """Return a video as it appears in lists. ``video.channel`` must be loaded.

    ``grant`` is put into its media URLs where they are not open to all, see ``files.urls``.
    """
    original = video.originally_published_on
    return {
        "id": video.pk,
        "title": video.title,
        "visibility": video.visibility,
        "status": video.status,
        "progress": video.progress,
        "duration": video.duration,
        "thumbnail_url": thumbnails.thumbnail_url(video, thumbnails.CARD, grant),
        "storyboard_url": media_url(video, STORYBOARD, grant) if video.has_storyboard else None,
        "is_sensitive": video.shown_as_sensitive,
        "channel": serialize_badge(video.channel),
        "counts": _serialize_counts(video),
        "url": video.get_absolute_url(),
        "published_at": iso(video.published_at),
        "originally_published_on": original.isoformat() if original else None,
        "created_at": iso(video.created_at),
    }


def serialize_video(
    video: Video,
    viewer: Viewer,
    grant: AnyGrant | None = None,
    known: viewer_state.ViewerContext | None = None,
) -> VideoDict:
    """Return the video object for a viewer who may open it; what only its owner may know is ``None`` for others.

    ``known`` is what ``load_viewer_state`` returned, if it was called already.
    """
    known = known or viewer_state.load_viewer_state(viewer, video)
    can_edit = is_owner(viewer, video.channel_id)
    offers_download = access.may_download(video) and video.has_download
    return {
        **serialize_card(video, grant),
        "description": video.description,
        "tags": video.tags,
        "category": video.category,
        "language": video.language,
        "license": video.license,
        "publish_at": iso(video.publish_at) if can_edit else None,
        "publish_visibility": video.publish_visibility if can_edit and video.publish_at else None,
        "failure": _serialize_failure(video) if can_edit else None,
        "taken_down": video.is_taken_down if can_edit else None,
        "width": video.width,
        "height": video.height,
        "thumbnail_url": thumbnails.thumbnail_url(video, thumbnails.LARGE, grant),
        "hls_url": media_url(video, MASTER, grant),
        "download_url": media_url(video, DOWNLOAD, grant) if offers_download else None,
        "captions": [serialize_caption(video, track, grant) for track in known.tracks],
        "chapters": chapter_services.chapters_within(chapter_services.get_chapters(video), video.duration),
        "allow_comments": access.may_comment(video),
        "allow_embed": access.may_embed(video),
        "embed_domains": video.embed_domains if can_edit else None,
        "allow_download": access.may_download(video),
        "updated_at": iso(video.updated_at),
        "version": video.version,
        "counts": _serialize_counts(video, known.viewer.hidden_comments),
        "viewer": _serialize_viewer(known.viewer, can_edit=can_edit) if viewer.is_authenticated else None,
    }


def serialize_studio_video(video: Video) -> StudioVideoDict:
    """Return a video in its owner's studio, whatever its state. ``video.channel`` must be loaded."""
    return {
        **serialize_card(video),
        "category": video.category,
        "failure": _serialize_failure(video),
        "publish_at": iso(video.publish_at),
        "publish_visibility": video.publish_visibility if video.publish_at else None,
        "is_taken_down": video.is_taken_down,
        "updated_at": iso(video.updated_at),
        "version": video.version,
    }


def serialize_caption(video: Video, track: Caption, grant: AnyGrant | None = None) -> CaptionDict:
    """Return a caption track."""
    return {
        "id": track.pk,
        "language": track.language,
        "label": track.label,
        "kind": track.kind,
        "source": track.source,
        "url": extra_url(video, services.track_file_name(track), grant),
        "created_at": iso(track.created_at),
        "updated_at": iso(track.updated_at),
    }


def serialize_caption_import(file: CaptionFile | None) -> CaptionImportDict | None:
    """Return how a caption file was read, ``None`` without a file."""
    if file is None:
        return None
    return {
        "format": file.format,
        "encoding": file.encoding,
        "cues": len(file.cues),
        "left_out": file.left_out,
    }


def serialize_history_entry(row: Watch) -> HistoryEntryDict:
    """Return an entry of the watch history. ``row.video`` and its channel must be loaded."""
    return {
        "video": serialize_card(row.video),
        "watched_at": iso(row.watched_at),
        "position": row.position,
        "duration": row.duration,
        "completed": row.completed,
    }


def serialize_share_link(link: ShareLink) -> ShareLinkDict:
    """Return a share link as the video's owner sees it."""
    return {
        "id": link.pk,
        "label": link.label,
        "url": share_links.link_url(link),
        "expires_at": iso(link.expires_at),
        "max_views": link.max_views,
        "views": link.views,
        "is_spent": share_links.is_used_up(link),
        "created_at": iso(link.created_at),
    }


def serialize_processing(
    video: Video, *, ahead: int | None = None, waits_for: str | None = None
) -> ProcessingDict:
    """Return the processing job as the video's owner sees it; ``ahead`` is the number of jobs before it."""
    return {
        "status": video.status,
        "progress": video.progress,
        "playable": bool(video.generation),
        "attempt": video.attempt,
        "ahead": ahead,
        "waiting_for": waits_for,
        "steps": video.steps,
        "error": _serialize_failure(video),
        "report": stored_texts.report_notes(video.report),
        "original_kept_until": None if video.source_removed_at else iso(video.source_leaves_at),
        "original_removed_at": iso(video.source_removed_at),
        "duplicate_of": duplicate_uploads.original_body(video),
    }


def _serialize_counts(video: Video, hidden_comments: int = 0) -> VideoCountsDict:
    """Return a video's counters; ``hidden_comments`` comments are hidden from the viewer by their own blocks."""
    comments = max(0, video.comment_count - hidden_comments)
    return {"views": video.view_count, "likes": video.like_count, "comments": comments}


def _serialize_failure(video: Video) -> FailureDict | None:
    if not video.failure_code:
        return None
    return {
        "code": video.failure_code,
        "detail": stored_texts.failure_text(video.failure_code, video.failure_detail),
        "retryable": is_retryable(video.failure_code),
    }


def _serialize_viewer(state: viewer_state.ViewerState, *, can_edit: bool) -> VideoViewerDict:
    return {
        "reaction": state.reaction,
        "position": state.position,
        "in_watch_later": state.in_watch_later,
        "can_edit": can_edit,
    }
