"""Verifying: every hash and every reference, without a site or a database."""

import os
import subprocess
import sys

import pytest

from streamsite.backup import references
from streamsite.backup.entries import Entry
from tests.backup.conftest import ROOT, write
from videos.files import paths

A16 = "A" * 16


def corrupt(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_whole_backup_is_whole_wherever_it_is_verified(world):
    world.back_up(passphrase="correct horse battery")
    plain = {"PATH": os.environ["PATH"]}
    ran = subprocess.run(
        [sys.executable, "manage.py", "verify_backup", str(world.target.root)],
        cwd=ROOT,
        env=plain | {"STREAMSITE_DATA_DIR": str(world.folder / "nothing")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "Whole: 1 snapshot in " in ran.stdout


def test_each_damaged_or_missing_content_is_found(world):
    made = world.back_up()
    for digest, path in world.objects().items():
        kept = path.read_bytes()
        corrupt(path)
        assert any(digest in problem for problem in world.problems()), digest
        path.unlink()
        assert any(digest in problem for problem in world.problems()), digest
        path.write_bytes(kept)
    keys = world.target.root / made.snapshot["keys"]["name"]
    corrupt(keys)
    assert any("keys/" in problem for problem in world.problems())


def test_the_command_fails_and_says_what_is_damaged(world):
    world.back_up()
    corrupt(next(iter(world.objects().values())))
    ran = world.run("verify_backup", world.target.root)
    assert ran.returncode == 1
    assert "is damaged" in ran.stderr
    assert "found in" in ran.stderr


def test_a_quick_look_sees_sizes_only(world):
    world.back_up()
    segment = max(world.objects().values(), key=lambda path: path.stat().st_size)
    corrupt(segment)
    assert world.problems(is_quick=True) == []
    segment.write_bytes(b"short")
    assert any("instead of" in problem for problem in world.problems(is_quick=True))


def test_a_damaged_snapshot_is_told_beside_whole_ones(world):
    world.back_up()
    world.back_up()
    corrupt(world.target.root / "snapshots" / f"{world.snapshot(0)['id']}.json")
    ran = world.run("verify_backup", world.target.root, "--quick")
    assert ran.returncode == 1
    assert ran.stderr.count("is damaged") == 1


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"generation": "zzzzzzzzzzzz"}, "media/videos/{id}/zzzzzzzzzzzz/master.m3u8"),
        ({"status": "queued", "generation": ""}, None),
        ({"poster": "abcdefgh"}, "media/extras/{id}/poster-abcdefgh.webp"),
        (
            {"stored_generation": "abcdefghijkl.AAAAAAAAAAAAAAAA"},
            "bucket/{id}.abcdefghijkl.AAAAAAAAAAAAAAAA/master.m3u8",
        ),
    ],
)
def test_files_that_a_video_names_and_the_backup_lacks_are_found(world, change, missing):
    for name, value in change.items():
        setattr(world.video, name, value)
    world.video.save()
    world.back_up(parts=("db", "media"))
    told = " ".join(world.problems())
    if missing is None:
        assert told == ""
    else:
        assert missing.format(id=world.video.pk) in told
        assert f"videos_video {world.video.pk} names" in told


def test_a_source_is_needed_until_the_video_is_processed(world):
    paths.remove_source(world.video.pk)
    world.back_up(parts=("db", "media"))
    assert world.problems() == []
    world.video.status, world.video.generation = "queued", ""
    world.video.save()
    world.back_up(parts=("db", "media"))
    assert f"media/sources/{world.video.pk}/source" in " ".join(world.problems())


def test_pictures_and_captions_are_looked_for(world):
    caption = world.video.captions.create(language="en", label="English", cues=[[0, 1, "Hello"]])
    owner = world.cast.owner
    owner.avatar = "A" * 16
    owner.save()
    world.back_up(parts=("db", "media"))
    told = " ".join(world.problems())
    assert f"captions/{caption.revision}.vtt" in told
    assert f"media/profiles/{'A' * 16}/" in told
    write(paths.extras_dir(world.video.pk) / "captions" / f"{caption.revision}.vtt", b"WEBVTT")
    write(world.folder / "media" / "profiles" / ("A" * 16) / "avatar-256.webp", b"x")
    world.back_up(parts=("db", "media"))
    assert len(world.problems()) == 2  # of the first one


def test_missing_names_are_found_between_others():
    names = ["bucket/a/x", "media/a", "media/b-/x", "media/b/x", "media/b/y/z", "media/c"]
    entries = [Entry(name, 1, "0" * 64, "") for name in sorted(names, key=lambda name: name.split("/"))]
    wanted = [
        *names,
        "media/b/",
        "media/b/y/",
        "media/",
        "media/bb",
        "media/b/y",
        "media/d",
        "bucket/a",
        "a/b",
        "media/d/",
    ]
    missing = set(references.missing_names(wanted, iter(entries)))
    assert missing == {"media/bb", "media/b/y", "media/d", "bucket/a", "a/b", "media/d/"}
