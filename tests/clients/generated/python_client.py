"""Use the API by the client that openapi-python-client wrote: a program for ``tests/test_generated_clients.py``.

Arguments: the site's address, a username, and a video file. Prints what it did as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from streamsite_api import AuthenticatedClient, Client
from streamsite_api.api.auth import auth_register, auth_token
from streamsite_api.api.me import me
from streamsite_api.api.playlists import playlist_items_list, playlists_create
from streamsite_api.api.uploads import uploads_append, uploads_create
from streamsite_api.api.videos import video_comment, video_comments, videos_read, videos_upload
from streamsite_api.models import (
    Account,
    Comment,
    CommentInputRequest,
    Error,
    NewPlaylistRequest,
    PageOfComments,
    PageOfItems,
    Playlist,
    RegisterRequest,
    TokenGrant,
    TokenRequest,
    TokenRequestClient,
    UploadedVideo,
    UploadRequest,
    UploadsAppendTusResumable,
    UploadsCreateTusResumable,
    Video,
)
from streamsite_api.types import File

PASSWORD = "correct horse battery staple"


def expect(kind, value):
    """Return ``value``, which must be a ``kind``."""
    assert isinstance(value, kind), value
    return value


def sign_in(site: str, name: str) -> AuthenticatedClient:
    """Register, sign in, and return a client with the access token."""
    visitor = Client(base_url=site)
    body = RegisterRequest(username=name, email=f"{name}@example.org", password=PASSWORD)
    account = expect(Account, auth_register.sync(client=visitor, body=body))
    assert account.username == name
    who = TokenRequest(login=name, password=PASSWORD, client=TokenRequestClient.NATIVE)
    grant = expect(TokenGrant, auth_token.sync(client=visitor, body=who))
    return AuthenticatedClient(base_url=site, token=grant.access)


def upload_by_tus(caller: AuthenticatedClient, content: bytes) -> str:
    """Upload a file in two chunks; return the video's id."""
    made = uploads_create.sync_detailed(
        client=caller,
        body=File(payload=b""),
        tus_resumable=UploadsCreateTusResumable.VALUE_0,
        upload_length=len(content),
    )
    assert made.status_code == 201, made.content
    upload, half = made.headers["Location"].rsplit("/", 1)[1], len(content) // 2
    for start, part in ((0, content[:half]), (half, content[half:])):
        sent = uploads_append.sync_detailed(
            upload,
            client=caller,
            body=File(payload=part),
            tus_resumable=UploadsAppendTusResumable.VALUE_0,
            upload_offset=start,
        )
        assert sent.status_code == 204, sent.content
    return made.headers["X-Video-Id"]


def main(site: str, name: str, clip: str) -> dict[str, object]:
    """Do everything, and return what came of it."""
    caller, content = sign_in(site, name), Path(clip).read_bytes()
    assert expect(Account, me.sync(client=caller)).username == name
    file = File(payload=content, file_name="clip.mp4", mime_type="video/mp4")
    video = expect(
        UploadedVideo, videos_upload.sync(client=caller, body=UploadRequest(file=file, title="Generated"))
    )
    wanted = NewPlaylistRequest(title="List", video_ids=[video.id])
    playlist = expect(Playlist, playlists_create.sync(client=caller, body=wanted))
    items = expect(PageOfItems, playlist_items_list.sync(playlist.id, client=caller))
    for text in ("one", "two", "three"):
        expect(Comment, video_comment.sync(video.id, client=caller, body=CommentInputRequest(text=text)))
    texts, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = expect(PageOfComments, video_comments.sync(video.id, client=caller, page_size=1, **more))
        texts += [comment.text for comment in page.results]
        if page.next_ is None:
            break
        cursor = parse_qs(urlsplit(page.next_).query)["cursor"][0]
    fault = expect(Error, videos_read.sync("AAAAAAAAAAA", client=caller))
    second = upload_by_tus(caller, content)
    assert isinstance(videos_read.sync(second, client=caller), Video)
    return {
        "title": video.title,
        "items": [item.video.id == video.id for item in items.results],
        "comments": sorted(texts),
        "error": fault.code,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
