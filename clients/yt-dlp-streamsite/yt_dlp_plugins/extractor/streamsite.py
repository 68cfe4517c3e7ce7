"""Extractors for Streamsite by its public API.

An installation can be on any host. It is known by the prefix ``streamsite:``, by ``STREAMSITE_HOSTS``, or by the
``generator`` tag of a page that yt-dlp's generic extractor has opened.
"""

import os
import re
import urllib.parse

from yt_dlp.extractor.common import InfoExtractor
from yt_dlp.networking.exceptions import HTTPError
from yt_dlp.utils import (
    ExtractorError,
    determine_ext,
    float_or_none,
    int_or_none,
    parse_iso8601,
    parse_qs,
    smuggle_url,
    str_or_none,
    unsmuggle_url,
    url_or_none,
    urljoin,
)
from yt_dlp.utils.traversal import traverse_obj

GENERATOR = re.compile(r'<meta\s+name="generator"\s+content="Streamsite[ "]')
PAGE_SIZE = 100
WAITING = {
    "uploading": "This video is still being uploaded",
    "queued": "This video has not been processed yet",
    "processing": "This video is still being processed",
    "failed": "This video could not be processed",
}


def _named_hosts():
    """Return the hosts of ``STREAMSITE_HOSTS``, with their ports."""
    return {
        host.strip().lower() for host in os.environ.get("STREAMSITE_HOSTS", "").split(",") if host.strip()
    }


class _StreamsiteBaseIE(InfoExtractor):
    """Base of the extractors. Each has ``_PATH``, a pattern of the page's path with the group ``id``."""

    _NETRC_MACHINE = "streamsite"
    _PATH = ""

    @classmethod
    def suitable(cls, url):
        url, _ = unsmuggle_url(url)
        prefix, _, rest = url.partition("streamsite:")
        is_named = not prefix and bool(rest)
        parts = urllib.parse.urlsplit(rest if is_named else url)
        if parts.scheme not in {"http", "https"} or not (is_named or parts.netloc.lower() in _named_hosts()):
            return False
        return cls._is_ours(parts)

    @classmethod
    def _is_ours(cls, parts):
        return re.fullmatch(cls._PATH, parts.path) is not None

    def _extract_from_webpage(self, url, webpage):
        """Take over pages that say that they are Streamsite's."""
        parts = urllib.parse.urlsplit(url)
        if self._is_ours(parts) and GENERATOR.search(webpage):
            yield self.url_result(smuggle_url(f"streamsite:{url}", {"found": True}), self.ie_key())
            raise self.StopExtraction

    def _read(self, url):
        """Return the site's origin, the page's id and parameters, and the headers of API calls."""
        url, smuggled = unsmuggle_url(url, {})
        parts = urllib.parse.urlsplit(url.removeprefix("streamsite:"))
        site = f"{parts.scheme}://{parts.netloc}"
        page_id = urllib.parse.unquote(re.fullmatch(self._PATH, parts.path)["id"])
        # A page that was only found may be anybody's: the token is for hosts that the user named.
        is_named = not smuggled.get("found") or parts.netloc.lower() in _named_hosts()
        token = (
            self._configuration_arg("token", [""], ie_key="streamsite", casesense=True)[0] if is_named else ""
        )
        if not token:
            _, token = self._get_login_info(netrc_machine=parts.hostname)
        headers = {"Authorization": f"Token {token}"} if token else {}
        return site, page_id, parse_qs(parts.geturl()), headers

    def _call(self, site, path, item_id, headers, query=None, note="Downloading API JSON"):
        try:
            return self._download_json(
                f"{site}/api/v1/{path}", item_id, note, headers=headers, query=query or {}
            )
        except ExtractorError as error:
            if not isinstance(error.cause, HTTPError) or error.cause.status not in {401, 403, 404}:
                raise
            if error.cause.status == 404 and not headers:
                raise ExtractorError("Not found, or private: give an API token", expected=True) from error
            answer = self._parse_json(error.cause.response.read().decode(), item_id, fatal=False) or {}
            raise ExtractorError(answer.get("detail") or "Refused", expected=True) from error

    def _rows(self, site, path, item_id, headers):
        """Every row of a list of the API, page by page as they are wanted."""
        query = {"page_size": PAGE_SIZE}
        number = 1
        while True:
            page = self._call(site, path, item_id, headers, query, f"Downloading page {number}")
            yield from page["results"]
            if not page.get("next"):
                return
            # Only the cursor: the URL is by the site's own name, which may be another than the one asked here.
            query = {name: values[0] for name, values in parse_qs(page["next"]).items()}
            number += 1

    @staticmethod
    def _beside(url, target):
        """``target``, a page's address, trusted as much as ``url`` is."""
        smuggled = unsmuggle_url(url, {})[1]
        return smuggle_url(f"streamsite:{target}", smuggled) if smuggled else f"streamsite:{target}"

    def _entry(self, url, site, card):
        """Return the reference to a video of a list."""
        return self.url_result(
            self._beside(url, f"{site}/watch/{card['id']}"),
            StreamsiteIE,
            card["id"],
            card.get("title"),
            duration=float_or_none(card.get("duration")),
        )


class StreamsiteIE(_StreamsiteBaseIE):
    """A watch page or an embedded player."""

    IE_NAME = "streamsite"
    _PATH = r"/(?:watch|embed)/(?P<id>[\w-]{11})/?"
    _VALID_URL = rf"(?:streamsite:)?https?://[^/?#]+{_PATH}"

    def _real_extract(self, url):
        site, video_id, params, headers = self._read(url)
        playlist_id = traverse_obj(params, ("list", 0))
        if playlist_id and self._yes_playlist(playlist_id, video_id):
            return self.url_result(self._beside(url, f"{site}/playlists/{playlist_id}"), StreamsitePlaylistIE)
        share = traverse_obj(params, ("share", 0))
        video = self._call(site, f"videos/{video_id}", video_id, headers, {"share": share} if share else {})
        formats, subtitles = self._media(site, video, video_id)
        channel = video["channel"]
        channel_url = f"{site}/@{channel['username']}"
        name = channel.get("full_name") or channel["username"]
        return {
            "id": video_id,
            "formats": formats,
            "subtitles": subtitles,
            "uploader": name,
            "uploader_id": channel["username"],
            "uploader_url": channel_url,
            "channel": name,
            "channel_id": channel["username"],
            "channel_url": channel_url,
            "channel_follower_count": int_or_none(channel.get("subscribers")),
            "webpage_url": f"{site}/watch/{video_id}",
            "timestamp": parse_iso8601(video.get("published_at") or video.get("created_at")),
            "age_limit": 0,
            **traverse_obj(
                video,
                {
                    "title": ("title", {str}),
                    "description": ("description", {str_or_none}),
                    "thumbnail": ("thumbnail_url", {lambda value: urljoin(site, value)}),
                    "duration": ("duration", {float_or_none}),
                    "modified_timestamp": ("updated_at", {parse_iso8601}),
                    "view_count": ("counts", "views", {int_or_none}),
                    "like_count": ("counts", "likes", {int_or_none}),
                    "comment_count": ("counts", "comments", {int_or_none}),
                    "tags": ("tags", ..., {str}),
                    "categories": ("category", {str}, filter, all, filter),
                    "language": ("language", {str}, filter),
                    "availability": ("visibility", {str}),
                    "chapters": (
                        "chapters",
                        ...,
                        {"start_time": ("start", {float_or_none}), "title": ("title", {str})},
                    ),
                },
            ),
        }

    def _media(self, site, video, video_id):
        """Return formats and subtitles. Missing ones raise an error with the reason."""
        master = url_or_none(urljoin(site, video.get("hls_url")))
        if not master:
            reason = traverse_obj(video, ("failure", "detail")) or WAITING.get(
                video.get("status"), "Not playable"
            )
            raise ExtractorError(reason, expected=True)
        formats, subtitles = self._extract_m3u8_formats_and_subtitles(master, video_id, "mp4", m3u8_id="hls")
        for row in formats:
            if row.get("vcodec") == "none" and row.get("language") in {None, "und"}:
                row["language"] = video.get("language") or None
        if video.get("download_url"):
            formats.append(
                {
                    "format_id": "download",
                    "format_note": "original quality in one file",
                    "url": urljoin(site, video["download_url"]),
                    "ext": "mp4",
                    "width": int_or_none(video.get("width")),
                    "height": int_or_none(video.get("height")),
                }
            )
        # The tracks as files, with their labels, in the place of the same ones cut for HLS.
        own = {}
        for track in video.get("captions") or []:
            address = urljoin(site, track["url"])
            row = {"url": address, "ext": determine_ext(address, "vtt"), "name": track.get("label")}
            own.setdefault(track["language"], []).append(row)
        return formats, own or subtitles


class StreamsiteChannelIE(_StreamsiteBaseIE):
    """All listed videos of a channel, the newest first; or all its playlists."""

    IE_NAME = "streamsite:channel"
    _PATH = r"/@(?P<id>[a-z0-9][a-z0-9._-]{1,28}[a-z0-9])(?P<tab>/videos|/playlists)?/?"
    _VALID_URL = rf"(?:streamsite:)?https?://[^/?#]+{_PATH}"

    def _real_extract(self, url):
        site, username, _, headers = self._read(url)
        channel = self._call(site, f"channels/{username}", username, headers, note="Downloading channel")
        wants_playlists = urllib.parse.urlsplit(unsmuggle_url(url)[0]).path.rstrip("/").endswith("/playlists")
        entries = self._playlists if wants_playlists else self._videos
        return self.playlist_result(
            entries(url, site, username, headers),
            username,
            channel.get("full_name") or username,
            channel.get("bio"),
            uploader=channel.get("full_name") or username,
            uploader_id=username,
            uploader_url=f"{site}/@{username}",
            channel=channel.get("full_name") or username,
            channel_id=username,
            channel_url=f"{site}/@{username}",
            channel_follower_count=traverse_obj(channel, ("counts", "subscribers", {int_or_none})),
            thumbnails=traverse_obj(
                channel, (("avatar_url", "cover_url"), {lambda u: urljoin(site, u)}, {"url": ()})
            ),
        )

    def _videos(self, url, site, username, headers):
        for card in self._rows(site, f"channels/{username}/videos", username, headers):
            yield self._entry(url, site, card)

    def _playlists(self, url, site, username, headers):
        for row in self._rows(site, f"channels/{username}/playlists", username, headers):
            target = self._beside(url, f"{site}/playlists/{row['id']}")
            yield self.url_result(target, StreamsitePlaylistIE, row["id"], row.get("title"))


class StreamsitePlaylistIE(_StreamsiteBaseIE):
    """A playlist in its own order; what the caller may not watch is left out by the site."""

    IE_NAME = "streamsite:playlist"
    _PATH = r"/(?:playlists|embed/playlist)/(?P<id>[\w-]{12,32})/?"
    _VALID_URL = rf"(?:streamsite:)?https?://[^/?#]+{_PATH}"

    def _real_extract(self, url):
        site, playlist_id, _, headers = self._read(url)
        playlist = self._call(
            site, f"playlists/{playlist_id}", playlist_id, headers, note="Downloading playlist"
        )
        rows = self._rows(site, f"playlists/{playlist_id}/items", playlist_id, headers)
        owner = playlist["owner"]
        return self.playlist_result(
            (self._entry(url, site, row["video"]) for row in rows),
            playlist_id,
            playlist.get("title"),
            playlist.get("description"),
            uploader=owner.get("full_name") or owner["username"],
            uploader_id=owner["username"],
            uploader_url=f"{site}/@{owner['username']}",
            thumbnail=urljoin(site, playlist.get("thumbnail_url")),
            playlist_count=int_or_none(playlist.get("item_count")),
            availability=playlist.get("visibility"),
        )
