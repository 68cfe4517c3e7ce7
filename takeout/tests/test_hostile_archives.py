"""Archives that are made to do harm, or are broken: each ends with a sentence, and the next one works."""

import io
import json
import stat
import struct
import zipfile
from datetime import UTC, datetime

import pytest

from playlists.models import Playlist
from streamsite import site_id
from takeout.imports import codes, files, json_stream, values
from takeout.imports.containers import Texts, ZipContainer, is_safe_name
from takeout.imports.errors import BadArchive
from takeout.imports.report import Report
from takeout.imports.sources import open_source
from takeout.imports.sources.base import Files
from takeout.imports.sources.folder import FolderSource
from takeout.imports.sources.google import _Titles
from takeout.tests import archives
from takeout.tests.test_round_trip import IMPORT, clip, rows, send, snapshot, state  # noqa: F401 - a fixture
from videos.comments import services as commenting
from videos.comments.targets import video_target
from videos.models import Comment, Reaction, Video, Watch

pytestmark = pytest.mark.usefixtures("database")


def video_row(name="media/a.mp4", **more):
    return {"id": "aaaaaaaaaaa", "title": "A", "visibility": "public", "media": {"file": name}, **more}


@pytest.mark.parametrize(
    ("content", "source", "code"),
    [
        (b"", "streamsite", codes.NOT_ZIP),
        (b"not a zip", "google", codes.NOT_ZIP),
        (b"PK\x05\x06" + b"\xff" * 18, "google", codes.TOO_LARGE),
        (archives.zipped({"a.txt": "x"}), "streamsite", codes.WRONG_FORMAT),
        (archives.zipped({"a.txt": "x"}), "google", codes.WRONG_FORMAT),
        (archives.zipped({"a.txt": "x"}), "peertube", codes.WRONG_FORMAT),
        (archives.zipped({"a.txt": "x"}), "folder", codes.WRONG_FORMAT),
        (archives.zipped({"manifest.json": "[" * 100_000}), "streamsite", codes.UNREADABLE),
        (
            archives.zipped({"manifest.json": {"format": "streamsite-takeout", "version": 2}}),
            "streamsite",
            codes.WRONG_FORMAT,
        ),
        (archives.zipped({"manifest.json": " " * 5_000_000}), "streamsite", codes.BOMB),
    ],
    ids=range(10),
)
def test_what_is_no_archive_of_the_source_is_told(cast, content, source, code):
    found = send(cast, content, source=source)
    assert found["status"] == "failed"
    assert found["error"] in {code, codes.WRONG_FORMAT}
    assert found["detail"]
    assert not files.archive_path(found["id"]).exists()
    assert send(cast, archives.streamsite(), source="streamsite")["status"] == "done"


def test_odd_entries_are_left_out_and_told(cast, clip):  # noqa: F811
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("../../etc/passwd", "/etc/passwd", "a\\b", "C:x", "a/../b"):
            archive.writestr(name, "x")
        link = zipfile.ZipInfo("media/link.mp4")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("media/bomb.mp4", b"\0" * 50_000_000, zipfile.ZIP_DEFLATED)
        archive.writestr("media/lzma.mp4", b"x", zipfile.ZIP_LZMA)
        archive.writestr("media/good.mp4", clip)
        names = [f"media/{name}.mp4" for name in ("link", "bomb", "lzma", "good")]
        listed = [
            video_row(name, id=f"{number}aaaaaaaaaa") for number, name in enumerate([*names, "/etc/passwd"])
        ]
        archive.writestr("data/videos-0001.json", json.dumps(listed))
        contents = {"videos": {"files": ["data/videos-0001.json"]}}
        manifest = {
            "format": "streamsite-takeout",
            "version": 1,
            "site": {"id": "f" * 32},
            "contents": contents,
        }
        archive.writestr("manifest.json", json.dumps(manifest))
    found = send(cast, out.getvalue())
    assert found["status"] == "done"
    told = {row["title"]: row["code"] for row in rows(cast, found) if row["kind"] == "files"}
    assert told.pop("media/link.mp4") == codes.NOT_A_FILE
    assert told.pop("media/bomb.mp4") == codes.BOMB
    assert told.pop("media/lzma.mp4") == codes.NOT_SUPPORTED
    assert set(told.values()) == {codes.BAD_NAME}
    assert len(told) == 5
    assert found["report"]["videos"]["new"] == 1
    assert found["report"]["videos"]["missing"] == 4


def test_entries_that_overlap_are_refused(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", b"x" * 1000)
    content = path.read_bytes()
    directory = content.index(b"PK\x01\x02")
    entry, end = content[directory : content.index(b"PK\x05\x06")], content.index(b"PK\x05\x06")
    many = b"".join(entry[:-1] + bytes([65 + number]) for number in range(20))
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 20, 20, len(many), directory, 0)
    assert end > directory
    path.write_bytes(content[:directory] + many + tail)
    with pytest.raises(BadArchive) as refused:
        ZipContainer(path)
    assert refused.value.code == codes.BOMB


def test_entries_are_counted_before_the_directory_is_read(tmp_path, monkeypatch):
    path = tmp_path / "many.zip"
    content = archives.zipped({f"{number}.txt": "x" for number in range(9)})
    end = content.index(b"PK\x05\x06")
    assert struct.unpack_from("<HH", content, end + 8) == (9, 9)
    path.write_bytes(content[: end + 8] + struct.pack("<HH", 1, 1) + content[end + 12 :])
    assert len(ZipContainer(path).names) == 9
    monkeypatch.setattr("takeout.imports.containers.MAX_ENTRIES", 8)
    monkeypatch.setattr("takeout.imports.containers.zipfile.ZipFile", None)
    with pytest.raises(BadArchive) as refused:
        ZipContainer(path)
    assert refused.value.code == codes.TOO_MANY


def test_a_record_of_a_large_archive_is_where_its_locator_says(tmp_path):
    path = tmp_path / "large.zip"
    content = archives.zipped({"a.txt": "x"})
    end = content.index(b"PK\x05\x06")
    start = content.index(b"PK\x01\x02")
    record = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1, 1, end - start, start)
    for where, is_read in ((end, True), (0, False), (end + 1, False)):
        locator = struct.pack("<IIQI", 0x07064B50, 0, where, 1)
        path.write_bytes(content[:end] + record + locator + content[end:])
        if is_read:
            assert ZipContainer(path).names == ["a.txt"]
            continue
        with pytest.raises(BadArchive) as refused:
            ZipContainer(path)
        assert refused.value.code == codes.NOT_ZIP


def test_a_file_that_is_damaged_or_lies_is_no_video(cast, clip):  # noqa: F811
    archive = archives.streamsite(
        videos=[
            video_row("media/a.mp4", id="1aaaaaaaaaa", media={"file": "media/a.mp4", "sha256": "0" * 64}),
            video_row("media/b.mp4", id="2aaaaaaaaaa"),
        ],
        entries={"media/a.mp4": clip, "media/b.mp4": clip},
    )
    at = archive.rindex(clip[-40:-20]) if clip[-40:-20] in archive else len(archive) // 2
    damaged = archive[:at] + bytes(20) + archive[at + 20 :]
    found = send(cast, damaged)
    assert found["report"]["videos"]["refused"] >= 1
    assert {row["code"] for row in rows(cast, found)} == {codes.DAMAGED}


@pytest.mark.parametrize(
    "rows_",
    [
        "[" * 100_000,
        '[{"a":' * 50_000,
        '[{"id": 1e999}, {"id": NaN}]',
        '[{"id": ' + "9" * 10_000 + "}]",
        '[{"video": {"id": "\\ud800"}, "watched_at": "\\ud800"}]',
        "[{}] trailing",
        "null",
        '[1, "x", [], null, {}]',
        b"\xff\xfe\x00",
    ],
    ids=range(9),
)
def test_json_of_any_kind_stops_nothing(cast, rows_):
    entries = {
        f"data/{kind}-0001.json": rows_ for kind in ("history", "videos", "playlists", "comments", "account")
    }
    contents = {name.split("/")[1].split("-")[0]: {"files": [name]} for name in entries}
    manifest = {"format": "streamsite-takeout", "version": 1, "site": {"id": "x"}, "contents": contents}
    found = send(cast, archives.zipped({"manifest.json": manifest, **entries}))
    assert found["status"] == "done", found
    assert Watch.objects.count() == Video.objects.count() == Playlist.objects.count() == 0


def test_long_json_is_read_object_by_object():
    rows_ = [{"n": number, "text": "x" * 50} for number in range(5_000)]
    content = json.dumps(rows_).encode()
    pieces = [content[at : at + 777] for at in range(0, len(content), 777)]
    assert list(json_stream.iter_array(pieces)) == rows_
    assert list(json_stream.iter_array([b'{"k": ', *pieces, b"}"], "k")) == rows_
    with pytest.raises(BadArchive):
        list(json_stream.iter_array([b'[{"a": "', *[b"x" * 1_000_000] * 12]))


def test_dates_and_counts_that_cannot_be_are_not_taken_over(cast, clip):  # noqa: F811
    future = "2999-01-01T00:00:00Z"
    found = send(
        cast,
        archives.streamsite(
            videos=[
                video_row(
                    created_at=future,
                    published_at=future,
                    counts={"views": 10**9, "likes": 10**9},
                    view_count=10**9,
                    channel_id="x",
                    is_taken_down=False,
                    listed=True,
                    status="ready",
                )
            ],
            comments=[
                {
                    "id": "c" * 16,
                    "about": "video",
                    "target": {"id": "aaaaaaaaaaa"},
                    "text": "T",
                    "created_at": future,
                }
            ],
            entries={"media/a.mp4": clip},
        ),
    )
    video = Video.objects.get()
    assert (video.view_count, video.like_count, video.status, video.channel_id) == (
        0,
        0,
        "queued",
        cast.owner.pk,
    )
    assert video.published_at is None or video.published_at <= datetime.now(UTC)
    assert video.created_at <= datetime.now(UTC)
    assert Comment.objects.get().created_at <= datetime.now(UTC)
    assert {row["code"] for row in rows(cast, found)} >= {codes.DATE_CHANGED}


@pytest.mark.parametrize(
    "value", [10**30, -1, 1e308, "0001-01-01", "9999-12-31T23:59:59-14:00", True, [], "x" * 99]
)
def test_moments_are_possible_or_none(value):
    found = values.possible(values.moment(value))
    assert found is None or values.OLDEST <= found <= datetime.now(UTC)


def test_ids_of_others_open_nothing(cast):
    hidden = cast.video(owner=cast.member, title="Hidden of member", visibility="private")
    theirs = cast.video(owner=cast.member)
    playlist = (
        cast.api("member").post("/api/v1/playlists", {"title": "Of member"}, format="json").json()["id"]
    )
    comment = commenting.create(cast.member, video_target(theirs), "By member")
    before = snapshot_of_member(cast)
    archive = archives.streamsite(
        site=site_id.current_site_id(),
        account=[
            {
                "username": "member",
                "full_name": "X",
                "bio": "Y",
                "email": "evil@example.org",
                "is_staff": True,
            }
        ],
        videos=[video_row(id=theirs.pk), video_row(id=hidden.pk)],
        playlists=[{"id": playlist, "title": "Taken", "items": [{"video": {"id": hidden.pk}}]}],
        history=[{"video": {"id": hidden.pk}, "watched_at": "2020-01-01T00:00:00Z"}],
        reactions=[
            {"video": {"id": hidden.pk}, "value": "like"},
            {"video": {"id": theirs.pk}, "value": "explode"},
        ],
        saved_playlists=[{"id": playlist}],
        comments=[
            {"id": comment.pk, "about": "video", "target": {"id": theirs.pk}, "text": "Forged"},
            {"id": "z" * 16, "about": "video", "target": {"id": theirs.pk}, "text": "Put back"},
        ],
        posts=[{"id": "p" * 16, "text": "T", "video": {"id": hidden.pk}}],
    )
    found = send(cast, archive)
    assert found["status"] == "done"
    assert snapshot_of_member(cast) == before
    owner = type(cast.owner).objects.get(pk=cast.owner.pk)
    assert (owner.username, owner.email, owner.is_staff) == ("owner", "owner@example.org", False)
    assert not Reaction.objects.exists()
    assert not Watch.objects.exists()
    assert not Comment.objects.filter(author=cast.owner).exists()
    mine = Playlist.objects.get(owner=cast.owner)
    assert (mine.pk != playlist, mine.item_count) == (True, 0)
    told = json.dumps(rows(cast, found))
    assert "Hidden of member" not in told
    # What is hidden and what is not there are told alike.
    absent = send(
        cast, archives.streamsite(site=site_id.current_site_id(), history=[{"video": {"id": "a" * 11}}])
    )
    assert {row["code"] for row in rows(cast, absent)} == {codes.NOT_HERE}


def snapshot_of_member(cast):
    member = type(cast.member).objects.get(pk=cast.member.pk)
    return (
        member.bio,
        member.full_name,
        sorted(
            Video.objects.filter(channel=member).values_list("pk", "title", "like_count", "comment_count")
        ),
        sorted(Playlist.objects.filter(owner=member).values_list("pk", "title", "item_count")),
        sorted(Comment.objects.filter(author=member).values_list("pk", "text")),
    )


def test_a_quota_and_a_pause_hold(cast, clip):  # noqa: F811
    type(cast.owner).objects.filter(pk=cast.owner.pk).update(quota_bytes=len(clip) + 10)
    archive = archives.streamsite(
        videos=[video_row("media/a.mp4", id="1aaaaaaaaaa"), video_row("media/b.mp4", id="2aaaaaaaaaa")],
        entries={"media/a.mp4": clip, "media/b.mp4": clip + b"\0"},
    )
    for dry_run in ("true", "false"):
        found = send(cast, archive, dry_run=dry_run)
        assert (found["report"]["videos"]["new"], found["report"]["videos"]["refused"]) == (1, 1)
        assert [row["code"] for row in rows(cast, found)] == ["too_large"]
    assert Video.objects.count() == 1


def test_without_a_confirmed_email_videos_are_private(cast, clip, settings):  # noqa: F811
    settings.REQUIRE_VERIFIED_EMAIL = True
    archive = archives.streamsite(videos=[video_row()], entries={"media/a.mp4": clip})
    found = send(cast, archive)
    assert Video.objects.get().visibility == "private"
    assert [row["code"] for row in rows(cast, found)] == [codes.MADE_PRIVATE]


def test_one_file_is_one_video(cast, clip):  # noqa: F811
    listed = [video_row(id=f"{number}aaaaaaaaaa") for number in range(5)]
    found = send(cast, archives.streamsite(videos=listed, entries={"media/a.mp4": clip}))
    assert (found["report"]["videos"]["new"], found["report"]["videos"]["refused"]) == (1, 4)
    assert {row["code"] for row in rows(cast, found)} == {codes.USED_TWICE}


def test_one_import_takes_so_many_objects(cast, monkeypatch):
    monkeypatch.setattr("takeout.imports.running.MAX_OBJECTS", 3)
    found = send(
        cast, archives.streamsite(history=[{"video": {"id": f"{number:011d}"}} for number in range(9)])
    )
    assert found["report"]["history"]["missing"] == 3
    assert rows(cast, found)[-1]["code"] == codes.TOO_MANY_OBJECTS


def test_one_import_takes_so_many_items_of_playlists(cast, monkeypatch):
    monkeypatch.setattr("takeout.imports.context.MAX_PLAYLIST_ITEMS", 7)
    listed = [{"video": {"id": f"{number:011d}"}} for number in range(5)]
    lists = [{"id": f"{number:016d}", "title": f"P{number}", "items": listed} for number in range(4)]
    found = send(cast, archives.streamsite(playlists=lists, watch_later=listed))
    told = [(row["kind"], row["code"], row["title"]) for row in rows(cast, found)]
    assert len([one for one in told if one[1] == codes.NOT_HERE]) == 7
    assert [(kind, title) for kind, code, title in told if code == codes.TOO_MANY_OBJECTS] == [
        ("playlists", "P1"),
        ("playlists", ""),
        ("watch_later", ""),
    ]
    assert Playlist.objects.filter(owner=cast.owner, is_watch_later=False).count() == 2
    alone = send(cast, archives.streamsite(watch_later=listed * 2))
    assert alone["report"]["watch_later"]["missing"] == 7
    assert rows(cast, alone)[-1]["code"] == codes.TOO_MANY_OBJECTS


def test_one_import_creates_so_many_videos_and_the_next_goes_on(cast, clip, monkeypatch):  # noqa: F811
    monkeypatch.setattr("takeout.imports.context.MAX_VIDEOS", 2)
    names = [f"media/{number}.mp4" for number in range(3)]
    archive = archives.streamsite(
        videos=[video_row(name, id=f"{number}aaaaaaaaaa") for number, name in enumerate(names)],
        entries={name: clip + bytes(number) for number, name in enumerate(names)},
    )
    for dry_run in ("true", "false"):
        found = send(cast, archive, dry_run=dry_run)
        assert (found["report"]["videos"]["new"], found["report"]["videos"]["refused"]) == (2, 1)
        assert [row["code"] for row in rows(cast, found)] == [codes.TOO_MANY_OBJECTS]
    assert Video.objects.count() == 2
    counts = send(cast, archive)["report"]["videos"]
    assert (counts["present"], counts["new"], counts["refused"]) == (2, 1, 0)


def test_a_canceled_import_ends_amid_a_playlist(cast, monkeypatch):
    monkeypatch.setattr("takeout.imports.report.SAVE_SECONDS", 0.0)
    looked_up = []

    def resolve(context, ref):
        looked_up.append(ref.id)
        if len(looked_up) == 2:
            for one in cast.api("owner").get(IMPORT).json()["results"]:
                cast.api("owner").delete(f"{IMPORT}/{one['id']}")

    monkeypatch.setattr("takeout.imports.context.ImportContext.resolve", resolve)
    listed = [{"video": {"id": f"{number:011d}"}} for number in range(9)]
    send(cast, archives.streamsite(watch_later=listed))
    assert len(looked_up) == 2
    looked_up.clear()
    send(cast, archives.streamsite(playlists=[{"id": "p" * 16, "title": "P", "items": listed}]))
    assert len(looked_up) == 2


def test_a_page_that_never_ends_a_comment_is_not_read_again_and_again(cast, monkeypatch):
    monkeypatch.setattr("takeout.imports.google_history.MAX_TAG", 300_000)
    page = "<div class='content-cell'><!--" + "youtube.com/watch " * 60_000
    found = send(cast, archives.zipped({"history.html": page}), source="google")
    assert found["status"] == "done"
    assert [row["code"] for row in rows(cast, found)] == [codes.TOO_LARGE]


def opened(path, entries, source="google"):
    """Return a reader of an archive with these files, and the files."""
    path.write_bytes(archives.zipped(entries))
    container = ZipContainer(path)
    found = Files(container, Texts(container), Report())
    return open_source(source, found), found


def test_long_tables_are_read_as_far_as_a_playlist_goes(tmp_path, monkeypatch):
    monkeypatch.setattr("takeout.imports.sources.google.MAX_ITEMS", 3)
    table = "Video ID,Time\n" + "AAAAAAAAAAA,2022-01-02T03:04:05+00:00\n" * 50
    reader, _files = opened(tmp_path / "a.zip", {"playlists/Best of-videos.csv": table})
    (playlist,) = reader.read("playlists")
    assert len(playlist.items) == 4


def test_long_cells_of_the_table_of_videos_are_cut(tmp_path):
    table = (
        "Video ID,Video Title (Original),Video Description (Original),Privacy\n"
        f"AAAAAAAAAAA,T{'t' * 50_000},{'d' * 50_000},{'p' * 50_000}\n"
    )
    reader, _files = opened(tmp_path / "a.zip", {"videos.csv": table, "T" + "t" * 299 + ".mp4": b"x"})
    (video,) = reader.read("videos")
    assert (len(video.fields["title"]), len(video.fields["description"])) == (300, 20_000)


def test_what_a_table_is_about_is_seen_at_its_beginning(tmp_path):
    row = "AAAAAAAAAAA,2022-01-02T03:04:05+00:00\n"
    entries = {"far.csv": "\n" * 100_000 + row, "near.csv": "\n" * 1_000 + row}
    reader, _files = opened(tmp_path / "a.zip", entries)
    assert [playlist.title for playlist in reader.read("playlists")] == ["near"]


def test_blank_rows_and_first_looks_count_as_text(tmp_path, monkeypatch):
    monkeypatch.setattr("takeout.imports.containers.MAX_ALL_TEXT_BYTES", 2_000_000)
    row = "AAAAAAAAAAA,2022-01-02T03:04:05+00:00\n"
    reader, found = opened(tmp_path / "a.zip", {"a.csv": row * 12 + "\n" * 100_000 + row})
    (playlist,) = reader.read("playlists")
    assert len(playlist.items) == 12
    looked_at = {f"{number}.json": "x" * 300_000 for number in range(9)}
    _reader, found = opened(tmp_path / "b.zip", {"a.csv": row, **looked_at})
    with pytest.raises(BadArchive) as refused:
        found.texts.spend(500_000)
    assert refused.value.code == codes.TOO_LARGE


class Counted(str):
    """A name that counts how often it is compared with another."""

    __slots__ = ()
    compared = 0

    def startswith(self, *args):
        Counted.compared += 1
        return super().startswith(*args)

    def __lt__(self, other):
        Counted.compared += 1
        return super().__lt__(other)


def test_files_beside_a_video_are_found_without_looking_at_all(tmp_path):
    class Found:
        names = [
            Counted(f"d/{number}.{suffix}")
            for number in range(500)
            for suffix in ("mp4", "en.vtt", "a.b.jpg")
        ]

    Counted.compared = 0
    videos = []
    source = FolderSource(Found())
    source._description = lambda stem: ""
    videos = list(source.read("videos"))
    assert [(one.captions[0].file, one.captions[0].language, one.thumbnail) for one in videos] == [
        (f"d/{number}.en.vtt", "en", f"d/{number}.a.b.jpg") for number in range(500)
    ]
    assert Counted.compared < 100_000


def test_titles_that_begin_alike_are_found_without_looking_at_all(monkeypatch):
    monkeypatch.setattr("takeout.imports.sources.google._bare", Counted)
    titles = _Titles([{"title": f"{'t' * 30}{number:04d}x"} for number in range(500)])
    Counted.compared = 0
    taken = [titles.take(Counted("t" * 30)) for _number in range(400)]
    assert len({row["title"] for row in taken}) == 400
    assert len(list(titles.left())) == 100
    assert titles.take(Counted("u" * 30)) is None
    assert titles.take(Counted("t" * 10)) is None
    assert Counted.compared < 20_000


def test_names_are_never_paths():
    assert is_safe_name("a/b c/ü.mp4")
    for name in ("", "/a", "../a", "a/../b", "a//b", "a/", "./a", "a\\b", "C:a", "a\0b", "a\nb", "x" * 1001):
        assert not is_safe_name(name), name
