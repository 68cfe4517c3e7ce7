"""PeerTube's archives of users, as packages/models/src/import-export of PeerTube 6.1 and later describe them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from streamsite.licenses import License
from streamsite.visibility import Visibility
from takeout import formats
from takeout.imports import codes, items, values
from takeout.imports.context import VIDEO
from takeout.imports.items import Item, VideoRef
from takeout.imports.sources.base import Files, require

FOLDER = "peertube/"
PRIVACY = {1: Visibility.PUBLIC.value, 2: Visibility.UNLISTED.value}
WATCH_LATER = 2
LICENSES = {
    1: License.BY.value,
    2: License.BY_SA.value,
    3: License.BY_ND.value,
    4: License.BY_NC.value,
    5: License.BY_NC_SA.value,
    6: License.BY_NC_ND.value,
    7: License.CC0.value,
}
# Music, films, vehicles, art, sports, travels, gaming, people, comedy, entertainment, news, how to, education,
# activism, science & technology, animals, kids, food.
CATEGORIES = {
    1: "music",
    2: "film",
    5: "sports",
    6: "travel",
    7: "gaming",
    8: "people",
    9: "comedy",
    11: "news",
    12: "howto",
    13: "education",
    15: "science",
}
# The policy under which nobody may comment.
NO_COMMENTS = 2
Row = dict[str, object]


class PeerTubeSource:
    """An archive of a PeerTube account. Its channels become the one channel that an account has here."""

    site_id = ""

    def __init__(self, files: Files) -> None:
        self._files = files
        require(files.container.size(f"{FOLDER}videos.json") is not None)
        account = files.document(formats.ACCOUNT, f"{FOLDER}account.json")
        url = values.url(account.get("url"))
        self._account = account
        self.origin = f"peertube:{_host(url)}"

    def read(self, kind: str) -> Iterator[Item]:
        """Yield the objects of a kind."""
        reader = READERS.get(kind)
        if reader is not None:
            yield from reader(self)

    def rows(self, kind: str, name: str, key: str) -> Iterator[Row]:
        """Yield the objects of a file."""
        yield from self._files.rows(kind, f"{FOLDER}{name}.json", key)

    def account(self) -> Iterator[items.Account]:
        """Yield the account."""
        archived = values.mapping(self._account.get("archiveFiles"))
        yield items.Account(
            username=values.text(self._account.get("name"), 100),
            full_name=values.text(self._account.get("displayName"), 150),
            bio=values.long_text(self._account.get("description"), 1000),
            avatar=_file(archived.get("avatar")),
        )

    def videos(self) -> Iterator[items.Video]:
        """Yield the videos."""
        for row in self.rows(formats.VIDEOS, "videos", "videos"):
            yield _video(row)

    def subscriptions(self) -> Iterator[items.Subscription]:
        """Yield the channels that the account follows, on whatever site they are."""
        for row in self.rows(formats.SUBSCRIPTIONS, "following", "following"):
            handle = values.text(row.get("targetHandle"), 200)
            name, _, host = handle.partition("@")
            url = f"https://{host}/c/{name}" if host else ""
            yield items.Subscription("", handle, values.url(url), since=values.moment(row.get("createdAt")))

    def playlists(self) -> Iterator[items.Playlist]:
        """Yield the playlists but Watch later."""
        for row in self.rows(formats.PLAYLISTS, "video-playlists", "videoPlaylists"):
            if row.get("type") != WATCH_LATER:
                yield items.Playlist(
                    id=values.text(row.get("uuid"), 40),
                    title=values.text(row.get("displayName"), 150),
                    url=values.url(row.get("url")),
                    description=values.long_text(row.get("description"), 5_000),
                    visibility=_privacy(row),
                    allow_duplicates=True,
                    created_at=values.moment(row.get("createdAt")),
                    items=_elements(row),
                )

    def watch_later(self) -> Iterator[items.PlaylistItem]:
        """Yield the items of Watch later."""
        for row in self.rows(formats.WATCH_LATER, "video-playlists", "videoPlaylists"):
            if row.get("type") == WATCH_LATER:
                yield from _elements(row)

    def history(self) -> Iterator[items.Watched]:
        """Yield the watch history."""
        for row in self.rows(formats.HISTORY, "user-video-history", "watchedVideos"):
            moment = values.moment(row.get("updatedAt")) or values.moment(row.get("createdAt"))
            yield items.Watched(_ref(row), moment, position=values.number(row.get("lastTimecode")))

    def reactions(self) -> Iterator[items.Reaction]:
        """Yield likes and dislikes."""
        for name, value in (("likes", "like"), ("dislikes", "dislike")):
            for row in self.rows(formats.REACTIONS, name, name):
                yield items.Reaction(_ref(row), value, values.moment(row.get("createdAt")))

    def comments(self) -> Iterator[items.Comment]:
        """Yield the comments."""
        for row in self.rows(formats.COMMENTS, "comments", "comments"):
            yield items.Comment(
                id=values.text(row.get("url"), 300),
                about=VIDEO,
                target=_ref(row),
                text=values.long_text(row.get("text")),
                created_at=values.moment(row.get("createdAt")),
                parent=values.text(row.get("inReplyToCommentUrl"), 300),
            )


READERS: dict[str, Callable[[PeerTubeSource], Iterator[Item]]] = {
    formats.ACCOUNT: PeerTubeSource.account,
    formats.VIDEOS: PeerTubeSource.videos,
    formats.SUBSCRIPTIONS: PeerTubeSource.subscriptions,
    formats.PLAYLISTS: PeerTubeSource.playlists,
    formats.WATCH_LATER: PeerTubeSource.watch_later,
    formats.HISTORY: PeerTubeSource.history,
    formats.REACTIONS: PeerTubeSource.reactions,
    formats.COMMENTS: PeerTubeSource.comments,
}


def _video(row: Row) -> items.Video:
    archived = values.mapping(row.get("archiveFiles"))
    captions = values.mapping(archived.get("captions"))
    source = values.mapping(row.get("source"))
    url = values.url(row.get("url"))
    published, original = (
        values.moment(row.get("publishedAt")),
        values.moment(row.get("originallyPublishedAt")),
    )
    fields: dict[str, object] = {
        "title": values.text(row.get("name"), 300),
        "description": values.long_text(row.get("description")),
        "tags": [one for one in _list(row.get("tags")) if isinstance(one, str)][:20],
        "visibility": _privacy(row),
        "is_sensitive": values.flag(row.get("nsfw")),
        "allow_download": values.flag(row.get("downloadEnabled"), True),
        "allow_comments": row.get("commentsPolicy") != NO_COMMENTS,
    }
    for name, value in (
        ("category", CATEGORIES.get(_code(row.get("category")))),
        ("license", LICENSES.get(_code(row.get("licence")))),
        ("language", values.text(row.get("language"), 12)),
        ("chapters", _chapters(row)),
    ):
        if value:
            fields[name] = value
    day = values.possible(original or published)
    if day is not None:
        fields["originally_published_on"] = day.date().isoformat()
    return items.Video(
        ref=VideoRef(url, values.text(row.get("name"), 200), url),
        media=_file(archived.get("videoFile")),
        file_name=values.text(source.get("inputFilename"), 255),
        fields=fields,
        created_at=values.moment(row.get("createdAt")),
        published_at=published,
        captions=[
            items.CaptionFile(_file(name), values.text(language, 12)) for language, name in captions.items()
        ][:100],
        thumbnail=_file(archived.get("thumbnail")),
        problem=codes.LIVE if values.flag(row.get("isLive")) else "",
    )


def _chapters(row: Row) -> list[dict[str, object]]:
    return [
        {"start": values.number(one.get("timecode")), "title": values.text(one.get("title"), 100)}
        for one in values.objects(row.get("chapters"), 1_000)
    ]


def _elements(row: Row) -> list[items.PlaylistItem]:
    return [items.PlaylistItem(_ref(one)) for one in values.objects(row.get("elements"), 5_001)]


def _ref(row: Row) -> VideoRef:
    url = values.url(row.get("videoUrl"))
    return VideoRef(url, "", url)


def _privacy(row: Row) -> str:
    return PRIVACY.get(_code(row.get("privacy")), Visibility.PRIVATE.value)


def _code(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _file(value: object) -> str:
    """Return the name of a file, which PeerTube writes relative to the JSON file or to the archive."""
    name = values.long_text(value, 1000)
    while name.startswith(("../", "./", "/")):
        name = name.partition("/")[2]
    return name


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
