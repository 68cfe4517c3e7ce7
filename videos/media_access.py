"""The decision about a request for a video's file: whether the caller may have it, and what it is sent with.

Everything that may not be had is absent. What decides is read again every two seconds, so making a video private stops
its segments at once. The view (``videos.views.media``) and the answers before Django (``videos.media_edge``)
ask the same functions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol, TypedDict, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.http import content_disposition_header

from accounts import api_tokens, sessions
from accounts.models import User
from accounts.registration import login_only, rules
from streamsite.cache_headers import (
    IMMUTABLE_FOR_READER,
    PRIVATE_NEVER_STORED,
    REVALIDATED,
    CachePolicy,
    public_for,
)
from streamsite.caching import ExpiringCache
from streamsite.errors import Absent
from streamsite.site_settings.features import require as require_feature
from videos import share_links
from videos.access import is_embeddable_anywhere
from videos.files import bucket, paths, tokens
from videos.files.content_types import content_type_of
from videos.files.urls import DOWNLOAD, EXTRAS
from videos.models import Video
from videos.playback import manifests
from videos.playback_gate import PlaybackGate
from videos.review import may_review

NAME = re.compile(r"\A[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)?\.(m3u8|m4s|mp4|webp|avif|jpg|vtt)\Z")
IMAGE = re.compile(r"\A(?:poster|card|small)(?:-[A-Za-z0-9_-]+)?\.(?:webp|avif|jpg)\Z")
MAX_CACHED = 50_000
FOR_A_MINUTE = public_for(60)


class MediaState(TypedDict):
    """The fields of a video that decide about its files, and what follows from them."""

    generation: str
    stored_generation: str
    is_complete: bool
    visibility: str
    visibility_epoch: int
    is_taken_down: bool
    allow_download: bool
    allow_embed: bool
    embed_domains: list[str]
    title: str
    duration: float
    language: str
    channel_id: str
    channel__is_active: bool
    gate: PlaybackGate


class Caller(Protocol):
    """Whoever asks for a file. Asked only where the token alone does not decide."""

    def user(self) -> User | AnonymousUser:
        """Return the account of the page's session."""
        ...

    def account_id(self) -> str | None:
        """Return the id of the account, by access token, by API token, or by the page's session."""
        ...


@dataclass(slots=True)
class MediaFile:
    """A file that the caller may have. ``folder`` is a generation or ``EXTRAS``, ``route`` the name of its view.

    ``is_open`` says that pages of every origin may read it, ``is_login_only`` that the site needs an account;
    ``attachment`` is the header ``Content-Disposition`` or "".
    """

    route: str
    video_id: str
    folder: str
    name: str
    state: MediaState
    cache: CachePolicy
    is_open: bool
    is_login_only: bool
    attachment: str = ""

    @property
    def content_type(self) -> str:
        """The content type, by its name."""
        return content_type_of(self.name)

    @property
    def is_composed(self) -> bool:
        """True for a manifest that ``manifests`` composes."""
        return self.folder != EXTRAS and manifests.is_composed(self.name)

    @property
    def is_stored(self) -> bool:
        """True when the file is in the bucket."""
        return bucket.is_stored(self.state["stored_generation"], self.folder)

    @property
    def path(self) -> str:
        """Its path when it is on the disk."""
        return paths.served_file(self.video_id, "" if self.folder == EXTRAS else self.folder, self.name)


def _cache_seconds(_: object) -> float:
    # Read at each call, because tests change it.
    return settings.MEDIA_STATE_CACHE_SECONDS


_states: ExpiringCache[str, MediaState | None] = ExpiringCache(seconds=_cache_seconds, max_entries=MAX_CACHED)
_links: ExpiringCache[str, bool] = ExpiringCache(seconds=_cache_seconds, max_entries=MAX_CACHED)
_reviewers: ExpiringCache[str, bool] = ExpiringCache(seconds=_cache_seconds, max_entries=MAX_CACHED)
# Ids of the accounts behind sessions and API tokens.
_readers: ExpiringCache[str, str | None] = ExpiringCache(seconds=_cache_seconds, max_entries=MAX_CACHED)


def find_file(caller: Caller, token: str, video_id: str, generation: str, name: str) -> MediaFile:
    """Return a file of a video's generation, or of its extras, by a token in its address.

    Raises ``Absent``, and what a login-only site tells visitors.
    """
    shown = tokens.verify_token(token, video_id, generation)
    match = NAME.match(name)
    if shown is None or match is None:
        raise Absent
    state = _state(video_id)
    if state is not None and shown.epoch > state["visibility_epoch"]:
        # The token was made after the change that this process has not seen yet.
        _states.discard(video_id)
        state = _state(video_id)
    if state is None or generation not in (state["generation"], EXTRAS):
        raise Absent
    is_login_only = login_only.is_on()
    if is_login_only and not _stands_for_account(shown) and caller.account_id() is None:
        raise rules.visitor_refusal()
    if not _may_have(caller, shown, video_id, state):
        raise Absent
    if name == DOWNLOAD and not _is_for_owner(shown, state):
        if not state["allow_download"]:
            raise Absent
        require_feature("downloads")
    attachment = ""
    if name == DOWNLOAD:
        attachment = content_disposition_header(True, f"{state['title']}.mp4") or ""
    is_open = shown.viewer_class == tokens.PUBLIC and is_embeddable_anywhere(state)
    is_public = shown.viewer_class == tokens.PUBLIC and not is_login_only
    cache = _cache_of_public(state, match[1]) if is_public else PRIVATE_NEVER_STORED
    return MediaFile("media", video_id, generation, name, state, cache, is_open, is_login_only, attachment)


def find_public_image(video_id: str, folder: str, name: str) -> MediaFile:
    """Return a thumbnail by its lasting address, while the video may be opened by its link. Raises ``Absent``.

    While the video is public, the reader's own browser keeps it. Caches that serve others keep it for a minute, as they
    do what is below a token, so that a video that is made private or taken down is gone there as soon as everywhere
    else.
    """
    state = _state(video_id)
    if state is None or not IMAGE.match(name) or folder not in (state["generation"], EXTRAS):
        raise Absent
    gate = state["gate"]
    if not gate.allows_anyone:
        raise Absent
    lasts = gate.is_listed and (folder == EXTRAS or state["is_complete"])
    cache = IMMUTABLE_FOR_READER if lasts else FOR_A_MINUTE
    is_login_only = login_only.is_on()
    if is_login_only:
        cache = PRIVATE_NEVER_STORED
    is_open = is_embeddable_anywhere(state)
    return MediaFile("public-image", video_id, folder, name, state, cache, is_open, is_login_only)


def reader_id_by_api_token(text: str, known_as: str) -> str | None:
    """Return the id of the account that an API token stands for; it is kept under ``known_as``, which tells nothing."""
    return _readers.get_or_load(f"token~{known_as}", lambda: api_tokens.reader_id_by_text(text))


def forget_all() -> None:
    """Make this process read the state of every video again."""
    for cache in (_states, _links, _readers, _reviewers):
        cache.clear()


def _state(video_id: str) -> MediaState | None:
    return _states.get_or_load(video_id, lambda: _read_state(video_id))


def _read_state(video_id: str) -> MediaState | None:
    rows = Video.objects.filter(pk=video_id).values(
        *PlaybackGate.DOCUMENT_FIELDS,
        "stored_generation",
        "visibility_epoch",
        "allow_download",
        "allow_embed",
        "embed_domains",
        "title",
        "duration",
        "language",
        "channel__is_active",
    )
    found = rows.first()
    if found is None:
        return None
    gate = PlaybackGate.from_document(found, channel_is_active=found["channel__is_active"])
    return cast("MediaState", found | {"gate": gate})


def _may_have(caller: Caller, shown: tokens.MediaTokenClaims, video_id: str, state: MediaState) -> bool:
    if shown.viewer_class == tokens.REVIEW:
        user = caller.user()
        return user.is_authenticated and _is_reviewed(user, video_id, state)
    if shown.viewer_class == tokens.OWNER:
        return caller.account_id() == state["channel_id"]
    if shown.grant is not None:
        return _is_held(shown, shown.grant, video_id, state)
    return _others_may_have(shown, video_id, state)


def _is_reviewed(user: User | AnonymousUser, video_id: str, state: MediaState) -> bool:
    visibility, is_taken_down = state["visibility"], state["is_taken_down"]
    return _reviewers.get_or_load(
        f"{user.pk}~{video_id}~{visibility}~{is_taken_down}",
        lambda: may_review(user, video_id, visibility=visibility, is_taken_down=is_taken_down),
    )


def _is_held(shown: tokens.MediaTokenClaims, grant: tokens.Grant, video_id: str, state: MediaState) -> bool:
    """Return whether nothing has revoked a valid token."""
    if shown.epoch != state["visibility_epoch"] or not state["channel__is_active"]:
        return False
    if grant.kind == tokens.LINK:
        return state["gate"].is_open and _is_link_live(grant.id, video_id)
    reader = _holder_id(grant)
    # Others hold one where the site is login-only, for what everyone with an account may have.
    return reader == state["channel_id"] or (reader is not None and state["gate"].allows_anyone)


def _holder_id(grant: tokens.Grant) -> str | None:
    """Return the id of the account behind a session or an API token while that lives."""
    look = sessions.user_id_for_session if grant.kind == tokens.SESSION else api_tokens.reader_id_by_token_id
    return _readers.get_or_load(f"{grant.kind}~{grant.id}", lambda: look(grant.id))


def _stands_for_account(shown: tokens.MediaTokenClaims) -> bool:
    """Return whether the token was given to an account and is checked with it; public ones and share links are not."""
    return shown.viewer_class == tokens.OWNER or (shown.grant is not None and shown.grant.kind != tokens.LINK)


def _is_for_owner(shown: tokens.MediaTokenClaims, state: MediaState) -> bool:
    """Return whether a token that is valid was given to the video's owner."""
    if shown.grant is None or shown.grant.kind == tokens.LINK:
        return shown.viewer_class == tokens.OWNER
    return _holder_id(shown.grant) == state["channel_id"]


def _others_may_have(shown: tokens.MediaTokenClaims, video_id: str, state: MediaState) -> bool:
    if shown.viewer_class == tokens.SHARED:
        return state["gate"].is_open and _is_link_live(shown.link_id, video_id)
    return state["gate"].allows_anyone


def _is_link_live(link_id: str, video_id: str) -> bool:
    return _links.get_or_load(f"{video_id}/{link_id}", lambda: share_links.is_link_active(link_id, video_id))


def _cache_of_public(state: MediaState, kind: str) -> CachePolicy:
    # Players ask for the playlists of a ladder that still grows again and again.
    return REVALIDATED if kind == "m3u8" and not state["is_complete"] else FOR_A_MINUTE
