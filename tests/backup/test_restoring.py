"""Restoring: what comes back, what is refused, and that a killed restore is finished by the next."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from streamsite import site_id, sweep_count
from streamsite.backup import keys, snapshots
from streamsite.backup.entries import Entry, EntryWriter, read_entries
from streamsite.backup.errors import BackupError, Damaged
from streamsite.backup.objects import Objects
from tests.backup.conftest import RESTORED, ROOT, files_below, site_database, write
from videos.files import paths

PASSPHRASE = "correct horse battery staple"
IGNORED = {"streamsite_backup", "task_worker", "throttle"}


def documents(database):
    """Return the documents of a database by collection, without what preparing it changes."""
    found = {}
    for name in database.list_collection_names():
        if name not in IGNORED and not name.startswith("system."):
            found[name] = sorted(map(repr, database[name].find()))
    found.pop("streamsite_site", None)
    # Preparing queues jobs.
    found.pop("task_job", None)
    return {name: rows for name, rows in found.items() if rows}


def index_keys(database):
    return {
        f"{name}.{index}": repr(sorted((option, repr(value)) for option, value in details.items()))
        for name in database.list_collection_names()
        if name not in IGNORED and not name.startswith("system.")
        for index, details in database[name].index_information().items()
    }


def test_everything_comes_back(world):
    world.cast.user("somebody")
    sweep_count.increment_count()
    world.back_up()
    ran = world.run("restore", world.target.root)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "The site is prepared" in ran.stdout
    assert documents(world.restored) == documents(site_database())
    assert index_keys(site_database()).items() <= index_keys(world.restored).items()
    there = world.folder / "elsewhere"
    restored, original = files_below(there / "media"), files_below(world.folder / "media")
    count = (restored.pop("site-count"), original.pop("site-count"))
    assert restored == original
    # The restored site was prepared, which counts.
    assert int(count[0]) == int(count[1]) + 1
    assert (there / "media" / "site-id").read_text().strip() == site_id.current_site_id()
    assert (there / "keys" / "secret_key").read_text() == "the secret of the site, " * 3
    assert not (there / "keys" / "mongodb_password").exists()
    for path in (there / "media").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o750 if path.is_dir() else 0o640), path
    assert stat.S_IMODE((there / "keys" / "secret_key").stat().st_mode) == 0o600
    ran = world.run("ensure_indexes", "--check")
    assert ran.returncode == 0, ran.stdout
    # A backup of it knows the files by size and time, and reads none again.
    again = world.run("backup", world.target.root, "--only", "media", "--dry-run", data="elsewhere")
    assert "of which up to 0 " in again.stdout, again.stdout + again.stderr


def test_a_database_with_documents_is_replaced_only_when_told(world):
    world.back_up()
    world.restored["videos_video"].insert_one({"_id": "precious"})
    refused = world.run("restore", world.target.root)
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    assert world.restored["videos_video"].count_documents({}) == 1
    assert not (world.folder / "elsewhere" / "media" / "site-id").exists()
    assert not (world.folder / "elsewhere" / "keys" / "secret_key").exists()
    worker = {"_id": "host:1:a", "queues": ["default"], "expires_at": datetime(2100, 1, 1)}
    world.restored["task_worker"].insert_one(worker)
    refused = world.run("restore", world.target.root, "--replace")
    assert refused.returncode == 3
    assert "Workers are running for default" in refused.stderr
    # One that ended in order is missed for a minute, and is in nobody's way.
    world.restored["task_worker"].update_one({}, {"$set": {"ended_at": datetime(2020, 1, 1)}})
    assert world.run("restore", world.target.root, "--replace").returncode == 0
    assert world.restored["videos_video"].find_one({"_id": "precious"}) is None


def test_another_site_s_database_is_left_alone_unless_told(world):
    world.back_up()
    world.restored["streamsite_site"].insert_one({"_id": "site", "site_id": "f" * 32})
    refused = world.run("restore", world.target.root, "--replace")
    assert refused.returncode == 1
    assert "The database belongs to another site" in refused.stderr
    assert not (world.folder / "elsewhere" / "media" / "videos").exists()
    ran = world.run("restore", world.target.root, "--replace", "--other-site")
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("part", ["media", "keys"])
def test_another_site_s_data_folder_is_left_alone_unless_told(world, part):
    world.back_up()
    ours = site_id.current_site_id()
    paths.remove_source(world.video.pk)
    write(world.folder / "keys" / "secret_key", b"of the other site")
    write(world.folder / "media" / "site-id", b"f" * 32)
    before = files_below(world.folder)
    with pytest.raises(BackupError, match="The data folder belongs to another site"):
        world.restore(part)
    assert files_below(world.folder) == before
    world.restore(part, other_site=True)
    if part == "media":
        assert paths.source_path(world.video.pk).is_file()
        assert site_id.read_folder_id(world.folder / "media") == ours


def test_only_the_files_or_only_the_database(world):
    world.back_up()
    ran = world.run("restore", world.target.root, "--only", "db")
    assert ran.returncode == 0, ran.stderr
    assert "Not prepared yet" in ran.stdout
    assert world.restored["videos_video"].count_documents({}) == 1
    assert not (world.folder / "elsewhere" / "media" / "videos").exists()
    ran = world.run("restore", world.target.root, "--only", "media")
    assert ran.returncode == 0, ran.stderr
    assert "files: 4, of which 4 were not there" in ran.stdout
    assert world.run("prepare", "--no-demo").returncode == 0


def test_files_that_are_there_are_not_written_again_and_changed_ones_are(world):
    world.back_up()
    original = files_below(world.folder / "media")
    (world.folder / "media" / "sources" / world.video.pk / "source").write_bytes(b"not what it was")
    paths.generation_dir(world.video.pk, "abcdefghijkl").joinpath("master.m3u8").unlink()
    done = world.restore("media")
    assert (done.files, done.written, done.failed) == (4, 2, [])
    assert files_below(world.folder / "media") == original | {"site-count": b"0\n"}


def test_files_that_are_newer_than_the_database_stay_protected(world):
    """A restored database has a lower count than the files, and the site says so and takes nothing."""
    world.back_up(parts=("db",))
    sweep_count.increment_count()
    sweep_count.increment_count()
    shutil.copytree(world.folder / "media", world.folder / "elsewhere" / "media")
    ran = world.run("restore", world.target.root, "--only", "db")
    assert ran.returncode == 0, ran.stderr
    assert "is older than the files of the site" in ran.stderr


def test_files_never_lower_the_count_of_their_folder(world):
    sweep_count.increment_count()
    made = world.back_up(parts=("media",))
    assert made.snapshot["media"]["count"] == sweep_count.read_folder_count()
    (world.folder / "media" / "site-count").write_text("99\n")
    world.restore("media")
    assert sweep_count.read_folder_count() == 99


# --- keys ---


def test_encrypted_keys_need_their_passphrase(world, tmp_path):
    world.back_up(passphrase=PASSPHRASE)
    (path,) = (world.target.root / "keys").iterdir()
    assert b"the secret of the site" not in path.read_bytes()
    assert path.suffix == ".encrypted"
    wrong, right = tmp_path / "wrong", tmp_path / "right"
    wrong.write_text("correct horse battery stapler")
    right.write_text(f"{PASSPHRASE}\n")
    with pytest.raises(BackupError, match="The keys are encrypted"):
        world.restore("keys")
    refused = world.run("restore", world.target.root, "--passphrase-file", wrong)
    assert refused.returncode == 1
    assert "The passphrase is not the one" in refused.stderr
    assert not (world.folder / "elsewhere" / "keys" / "secret_key").exists()
    assert world.restored.list_collection_names(filter={"name": "videos_video"}) == []
    ran = world.run("restore", world.target.root, "--only", "keys", BACKUP_PASSPHRASE_FILE=str(right))
    assert ran.returncode == 0, ran.stderr
    assert (world.folder / "elsewhere" / "keys" / "secret_key").read_text().startswith("the secret")
    assert "horse" not in refused.stdout + refused.stderr + ran.stdout + ran.stderr


def test_keys_in_place_of_others_keep_them(world):
    world.back_up(parts=("keys",))
    write(world.folder / "keys" / "secret_key", b"made since")
    assert world.restore("keys").keys == 1
    (kept,) = (world.folder / "keys").glob("replaced-*")
    assert (kept / "secret_key").read_bytes() == b"made since"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700


def test_what_was_encrypted_cannot_be_changed():
    sealed = keys.encrypt(b"plain", PASSPHRASE)
    assert keys.decrypt(sealed, PASSPHRASE) == b"plain"
    for changed in (
        sealed[:-1] + bytes([sealed[-1] ^ 1]),
        sealed.replace(b'"kdf": "scrypt"', b'"kdf":  "scrypt"'),
        sealed.replace(b"131072", b"65536"),
    ):
        with pytest.raises(BackupError):
            keys.decrypt(changed, PASSPHRASE)
    with pytest.raises(Damaged):
        keys.decrypt(sealed.replace(b"131072", b"1073741824"), PASSPHRASE)


# --- kills ---


def test_half_a_file_of_a_killed_restore_does_not_stay(world):
    place = world.folder / "media" / "extras" / "x"
    write(place / "1.vtt", b"WEBVTT")
    world.back_up()
    (place / "1.vtt").unlink()
    write(place / ".1.vtt.restoring", b"WEB")
    assert world.restore("media").written == 1
    assert [path.name for path in place.iterdir()] == ["1.vtt"]
    assert (place / "1.vtt").read_bytes() == b"WEBVTT"


def test_a_restore_killed_at_any_moment_is_finished_by_the_next(world):
    """By SIGKILL, after the database has so many collections, and among the files."""
    # So many that a busy machine sees the first before the last is written.
    for number in range(800):
        write(world.folder / "media" / "extras" / "x" / f"{number}.vtt", f"{number}".encode() * 100)
    world.back_up()
    total = len(world.snapshot()["db"]["collections"])
    for share in (0, 0.5, 2):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "restore", str(world.target.root)],
            cwd=ROOT,
            env=os.environ
            | {
                "STREAMSITE_DATA_DIR": str(world.folder / "elsewhere"),
                "STREAMSITE_KEYS_DIR": "",
                "MONGODB_NAME": RESTORED,
                "DJANGO_SETTINGS_MODULE": "streamsite.settings",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        folder = world.folder / "elsewhere" / "media" / "extras" / "x"
        while process.poll() is None:
            begun = world.restored["streamsite_backup"].find_one({"_id": "restore"})
            if share > 1 and folder.is_dir() and len(list(folder.iterdir())) > 20:
                break
            if share <= 1 and begun is not None and len(begun["done"]) >= share * total:
                break
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, process.stderr.read()
        process.stderr.close()
    # Half a site does not start.
    begun = world.run("prepare", "--no-demo")
    assert begun.returncode == 1
    assert "did not finish" in begun.stderr
    ran = world.run("restore", world.target.root)
    assert ran.returncode == 0, ran.stderr
    assert documents(world.restored) == documents(site_database())
    restored, original = (
        files_below(place / "media") for place in (world.folder / "elsewhere", world.folder)
    )
    for found in (restored, original):
        found.pop("site-count", None)
    assert restored == original


# --- hostile and damaged backups ---


def forge(world, name):
    """Rewrite the newest snapshot so that its first file has another name."""
    objects, snapshot = Objects(world.target), world.snapshot()
    entries = list(read_entries(objects, snapshot["media"]["pages"]))
    writer = EntryWriter(objects, [])
    writer.add(Entry(name, entries[0].size, entries[0].digest, entries[0].stamp))
    writer.end()
    snapshot["media"] |= {"pages": writer.digests, "files": 1, "bytes": entries[0].size}
    snapshots.write(world.target, snapshot)


@pytest.mark.parametrize(
    "name",
    [
        "media/../../escaped",
        "media/videos/../../../escaped",
        "media//etc/passwd",
        "/etc/passwd",
        "media/.hidden",
        "media/videos/a\\..\\b",
        "media/a\x00b",
        "media/site-id",
        "media/trash/x",
        "keys/secret_key",
        "media",
        "bucket/../x",
        "media/" + "a/" * 30 + "b",
        "media/" + "a" * 300,
    ],
)
def test_names_that_lead_elsewhere_are_refused(world, name):
    world.back_up()
    forge(world, name)
    before = {path for path in world.folder.rglob("*") if path.is_file()}
    with pytest.raises(BackupError, match="not allowed"):
        world.restore("media")
    assert {path for path in world.folder.rglob("*") if path.is_file()} == before


def test_a_key_with_a_name_that_leads_elsewhere_is_refused(world):
    world.back_up()
    snapshot = world.snapshot()
    content = json.dumps({"../escaped": "eA=="}).encode()
    path = world.target.root / snapshot["keys"]["name"]
    path.write_bytes(content)
    snapshot["keys"] |= {"digest": snapshots.hashlib.sha256(content).hexdigest(), "size": len(content)}
    snapshots.write(world.target, snapshot)
    with pytest.raises(BackupError, match="not allowed"):
        world.restore("keys")
    assert not (world.folder / "escaped").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../../x"},
        {"format": 99},
        {"db": {"collections": {"system.users": {}}}},
        {"db": {"collections": {"a$b": {}}}},
        {"media": {"pages": ["../../etc/passwd"], "sources": [], "files": 0, "bytes": 0, "count": 0}},
        {"keys": {"name": "../secret", "size": 1, "digest": "0" * 64, "files": 1, "is_encrypted": False}},
        {"media": 7},
    ],
)
def test_snapshots_with_other_contents_than_they_may_have_are_refused(world, change):
    world.back_up(parts=("media",))
    snapshot = world.snapshot()
    name = snapshot["id"]
    body = json.dumps(snapshot | change).encode()
    head = snapshots.hashlib.sha256(body).hexdigest().encode()
    world.target.write(f"snapshots/{name}.json", head + b"\n" + body)
    with pytest.raises(BackupError):
        snapshots.read(world.target, name)


def test_a_damaged_database_is_noticed_before_the_present_one_is_dropped(world):
    made = world.back_up()
    page = made.snapshot["db"]["collections"]["videos_video"]["pages"][0]
    world.objects()[page].write_bytes(b"damaged")
    world.restored["videos_video"].insert_one({"_id": "precious"})
    ran = world.run("restore", world.target.root, "--replace")
    assert ran.returncode == 1
    assert f"The object {page} is damaged" in ran.stderr
    assert world.restored["videos_video"].find_one({"_id": "precious"})


def test_files_beside_a_damaged_one_are_restored(world):
    made = world.back_up()
    entries = list(read_entries(Objects(world.target), made.snapshot["media"]["pages"]))
    damaged = next(entry for entry in entries if entry.name.endswith("/source"))
    path: Path = world.objects()[damaged.digest]
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    ran = world.run("restore", world.target.root)
    assert ran.returncode == 1
    assert damaged.name in ran.stderr
    assert "1 files are damaged" in ran.stderr
    there = files_below(world.folder / "elsewhere" / "media")
    assert f"sources/{world.video.pk}/source" not in there
    assert f"videos/{world.video.pk}/abcdefghijkl/master.m3u8" in there
