"""Archives of this software: docs/takeout.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from playlists.models import MAX_ITEMS
from takeout import formats
from takeout.imports import items, json_stream, values
from takeout.imports.context import VIDEO
from takeout.imports.items import Item, VideoRef
from takeout.imports.sources.base import Files, require

MAX_MANIFEST_BYTES, MAX_FILES = 4 * 1024**2, 10_000
FIELDS = (
    *("title", "description", "tags", "category", "language", "license", "is_sensitive", "visibility"),
    *("originally_published_on", "allow_comments", "allow_embed", "embed_domains", "allow_download"),
    "normalise_loudness",
)
Row = dict[str, object]


class StreamsiteSource:
    """An archive of a site that runs this software."""

    def __init__(self, files: Files) -> None:
        require(files.container.size(formats.MANIFEST) is not None)
        manifest = json_stream.read_object(files.texts.read(formats.MANIFEST, MAX_MANIFEST_BYTES))
        version = manifest.get("version")
        require(manifest.get("format") == formats.FORMAT and version == formats.VERSION)
        self._files = files
        self._contents = values.mapping(manifest.get("contents"))
        self.site_id = values.text(values.mapping(manifest.get("site")).get("id"), 64)
        self.origin = f"streamsite:{self.site_id}"

    def read(self, kind: str) -> Iterator[Item]:
        """Yield the objects of a kind."""
        names = values.mapping(self._contents.get(kind)).get("files")
        for name in names[:MAX_FILES] if isinstance(names, list) else []:
            for row in self._files.rows(kind, str(name)):
                yield READERS[kind](row)


def _video(row: Row) -> items.Video:
    fields = {name: row[name] for name in FIELDS if row.get(name) is not None}
    if values.flag(row.get("chapters_edited")) and row.get("chapters"):
        fields["chapters"] = row["chapters"]
    media = values.mapping(row.get("media"))
    return items.Video(
        ref=_ref(row),
        media=values.long_text(media.get("file"), 1000),
        file_name=values.text(media.get("name"), 255),
        fields=fields,
        sha256=values.text(media.get("sha256"), 64),
        created_at=values.moment(row.get("created_at")),
        published_at=values.moment(row.get("published_at")),
        captions=[
            items.CaptionFile(
                file=values.long_text(one.get("file"), 1000),
                language=values.text(one.get("language"), 40),
                label=values.text(one.get("label"), 60),
                kind=values.text(one.get("kind"), 20),
            )
            for one in values.objects(row.get("captions"), 200)
        ],
        thumbnail=values.long_text(row.get("thumbnail"), 1000),
    )


def _account(row: Row) -> items.Account:
    links = row.get("links")
    return items.Account(
        username=values.text(row.get("username"), 100),
        full_name=values.text(row.get("full_name"), 150),
        bio=values.long_text(row.get("bio"), 2000),
        links=[one for one in links[:50] if isinstance(one, str)] if isinstance(links, list) else [],
        preferences=values.mapping(row.get("preferences")),
        comment_filters=values.mapping(row.get("comment_filters")),
        blocked=[_channel(one) for one in values.objects(row.get("blocked"), 1_000)],
        avatar=values.long_text(row.get("avatar"), 1000),
        cover=values.long_text(row.get("cover"), 1000),
    )


def _channel(row: Row, **more: object) -> items.Subscription:
    return items.Subscription(
        username=values.text(row.get("username"), 100),
        title=values.text(row.get("full_name"), 150),
        url=values.url(row.get("url")),
        **more,  # type: ignore[arg-type]
    )


def _subscription(row: Row) -> items.Subscription:
    return _channel(
        values.mapping(row.get("channel")),
        notify=values.text(row.get("notify"), 10),
        since=values.moment(row.get("created_at")),
    )


def _playlist(row: Row) -> items.Playlist:
    return items.Playlist(
        id=values.text(row.get("id"), 40),
        title=values.text(row.get("title"), 150),
        url=values.url(row.get("url")),
        description=values.long_text(row.get("description"), 5_000),
        visibility=values.text(row.get("visibility"), 20),
        sort=values.text(row.get("sort"), 20),
        allow_duplicates=values.flag(row.get("allow_duplicates")),
        created_at=values.moment(row.get("created_at")),
        items=[_item(one) for one in values.objects(row.get("items"), MAX_ITEMS + 1)],
    )


def _item(row: Row) -> items.PlaylistItem:
    return items.PlaylistItem(
        video=_ref(row.get("video")),
        note=values.text(row.get("note"), 300),
        added_at=values.moment(row.get("added_at")),
    )


def _saved(row: Row) -> items.SavedPlaylist:
    return items.SavedPlaylist(
        id=values.text(row.get("id"), 40),
        title=values.text(row.get("title"), 150),
        url=values.url(row.get("url")),
        saved_at=values.moment(row.get("saved_at")),
    )


def _watched(row: Row) -> items.Watched:
    return items.Watched(
        video=_ref(row.get("video")),
        watched_at=values.moment(row.get("watched_at")),
        position=values.number(row.get("position")),
        duration=values.number(row.get("duration")),
        completed=values.flag(row.get("completed")),
    )


def _reaction(row: Row) -> items.Reaction:
    value = values.text(row.get("value"), 20)
    return items.Reaction(_ref(row.get("video")), value, values.moment(row.get("created_at")))


def _post(row: Row) -> items.Post:
    return items.Post(
        id=values.text(row.get("id"), 40),
        text=values.long_text(row.get("text")),
        created_at=values.moment(row.get("created_at")),
        edited_at=values.moment(row.get("edited_at")),
        video=_ref(row["video"]) if row.get("video") else None,
        image=values.long_text(row.get("image"), 1000),
        allow_comments=values.flag(row.get("allow_comments"), True),
    )


def _comment(row: Row) -> items.Comment:
    return items.Comment(
        id=values.text(row.get("id"), 40),
        about=values.text(row.get("about"), 10) or VIDEO,
        target=_ref(row.get("target")),
        text=values.long_text(row.get("text")),
        created_at=values.moment(row.get("created_at")),
        edited_at=values.moment(row.get("edited_at")),
        parent=values.text(row.get("parent"), 40),
    )


def _ref(value: object) -> VideoRef:
    row = values.mapping(value)
    return VideoRef(
        id=values.text(row.get("id"), 40),
        title=values.text(row.get("title"), 200),
        url=values.url(row.get("url")),
    )


READERS: dict[str, Callable[[Row], Item]] = {
    formats.ACCOUNT: _account,
    formats.VIDEOS: _video,
    formats.SUBSCRIPTIONS: _subscription,
    formats.PLAYLISTS: _playlist,
    formats.WATCH_LATER: _item,
    formats.SAVED_PLAYLISTS: _saved,
    formats.HISTORY: _watched,
    formats.REACTIONS: _reaction,
    formats.POSTS: _post,
    formats.COMMENTS: _comment,
}
