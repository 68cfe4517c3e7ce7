"""No process touches files or rows of another site: mistyped names, empty, older and restored databases."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from pymongo import MongoClient

from accounts.models import User
from streamsite import folders, site_id, sweep_count, trash
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import get_client
from streamsite.site_id import COLLECTION, DOCUMENT, SiteMismatch
from subscriptions.models import Post
from tests.support.profile import walk
from videos import tasks
from videos.files import paths

ROOT = Path(__file__).resolve().parent.parent
ONE, OTHER = "1" * 32, "2" * 32
MISTYPED = "streamsite_mistyped"
COMMANDS = [
    ("manage.py", "run_worker", "--once"),
    ("manage.py", "prepare"),
    ("-c", "import streamsite.wsgi"),
    ("manage.py", "sweep", "--force"),
    ("manage.py", "run_web", "--port", "1"),
]


def run(*words, **environment):
    """End of a process with this run's database and data folder, but for ``environment``."""
    own = {
        "DJANGO_SETTINGS_MODULE": "streamsite.settings",
        "STREAMSITE_DATA_DIR": str(site_settings.DATA_DIR),
        "MONGODB_NAME": site_settings.DATABASES["default"]["NAME"],
    }
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=os.environ | own | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def place(cast, settings, tmp_path):
    """An empty data folder; ``place(database, folder)`` sets the id in the database and in the folder."""
    kept = collection(COLLECTION).find_one({"_id": DOCUMENT})
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    (tmp_path / "media").mkdir()

    def put(database, folder):
        collection(COLLECTION).delete_one({"_id": DOCUMENT})
        if database:
            collection(COLLECTION).insert_one({"_id": DOCUMENT, "site_id": database})
        if folder:
            (tmp_path / "media" / "site-id").write_text(folder)

    yield put
    collection(COLLECTION).replace_one({"_id": DOCUMENT}, kept, upsert=True)


def ids():
    return site_id.read_database_id(), site_id.read_folder_id(Path(site_settings.MEDIA_ROOT))


@pytest.mark.parametrize(
    ("at_database", "at_folder", "files", "said"),
    [
        # A new site, and one without files.
        ("", "", "none", ""),
        (ONE, "", "none", ""),
        # A data folder that is not mounted, or not restored.
        (ONE, "", "video elsewhere", "is not mounted"),
        (ONE, "", "picture elsewhere", "is not mounted"),
        (ONE, "", "post elsewhere", "is not mounted"),
        ("", "", "video elsewhere", "is not mounted"),
        # An installation of a version without ids, and its database restored into a newer one.
        ("", "", "known", ""),
        ("", ONE, "known", ""),
        (ONE, "", "known", ""),
        (ONE, ONE, "unknown", ""),
        # An empty or mistyped database, or another site's.
        ("", "", "unknown", "knows none of them"),
        (ONE, "", "unknown", "knows none of them"),
        ("", ONE, "unknown", "has no site id, but"),
        ("", ONE, "none", "has no site id, but"),
        (ONE, OTHER, "none", "belong to different sites"),
        (ONE, OTHER, "known", "belong to different sites"),
        (ONE, "not an id", "known", "is damaged"),
    ],
)
def test_preparing_adopts_only_what_is_safely_of_one_site(place, cast, at_database, at_folder, files, said):
    place(at_database, at_folder)
    if files == "video elsewhere":
        cast.video()
    elif files == "picture elsewhere":
        User.objects.filter(pk=cast.owner.pk).update(avatar="A" * 16)
    elif files == "post elsewhere":
        Post.objects.create(channel=cast.owner, text="x", picture="A" * 16)
    elif files != "none":
        video_id = cast.video().pk if files == "known" else "AAAAAAAAAAA"
        paths.source_path(video_id).parent.mkdir(parents=True)
        paths.source_path(video_id).touch()
    else:
        paths.source_path("AAAAAAAAAAA").parent.mkdir(parents=True)  # an empty folder is no file
    if said:
        before = collection(COLLECTION).find_one({"_id": DOCUMENT})
        with pytest.raises(SiteMismatch, match=said):
            site_id.adopt_if_safe()
        assert collection(COLLECTION).find_one({"_id": DOCUMENT}) == before
        with pytest.raises(SiteMismatch):
            site_id.require_match()
        return
    found = site_id.adopt_if_safe()
    assert ids() == (found, found)
    assert found == (at_database or at_folder or found)
    assert site_id.current_site_id() == found


@pytest.mark.parametrize(
    ("at_database", "at_folder", "said"),
    [
        ("", "", "Run `manage.py prepare` first"),
        (ONE, "", "is not mounted"),
        ("", ONE, "has no site id, but"),
        (ONE, OTHER, "belong to different sites"),
    ],
)
def test_other_processes_adopt_nothing(place, cast, at_database, at_folder, said):
    place(at_database, at_folder)
    site_id._find_mismatch.clear()
    assert said in site_id.mismatch_message()
    with pytest.raises(SystemExit):
        site_id.exit_on_mismatch()
    with pytest.raises(SiteMismatch, match=said):
        tasks.run_sweep()
    site_id._find_mismatch.clear()
    site_id.adopt()
    assert site_id.mismatch_message() == ""


@pytest.mark.parametrize("words", COMMANDS[: walk(3, deep=len(COMMANDS))])
def test_a_mistyped_database_name_ends_the_process_and_changes_nothing(cast, words):
    """The case in which a worker once erased 212 files of 212."""
    made = [paths.source_path(f"AAAAAAAAA{number:02}") for number in range(53)]
    made += [paths.generation_dir(path.parent.name, "gen1") / "master.m3u8" for path in made]
    made += [path.with_name("index.m3u8") for path in made]
    for path in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert len(made) == 212
    ended = run(*words, MONGODB_NAME=MISTYPED, SWEEP_GRACE_SECONDS="1", SWEEP_SECONDS="1")
    assert ended.returncode == 1
    assert f"The database '{MISTYPED}' has no site id" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert all(path.exists() for path in made)
    assert MISTYPED not in get_client().list_database_names()
    for name in ("sources", "videos"):
        shutil.rmtree(Path(site_settings.MEDIA_ROOT) / name)


def test_a_database_that_the_user_may_not_read_is_a_sentence(database, settings):
    """The bundled server refuses a mistyped name."""
    with MongoClient(settings.MONGODB_URI) as root:
        root.admin.command("createUser", "narrow", pwd="narrow", roles=[{"role": "readWrite", "db": "one"}])
        try:
            uri = settings.MONGODB_URI.replace("tests:tests@", "narrow:narrow@")
            ended = run("manage.py", "run_worker", MONGODB_URI=uri, MONGODB_NAME=MISTYPED)
        finally:
            root.admin.command("dropUser", "narrow")
    assert ended.returncode == 1
    assert "Correct MONGODB_NAME" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_preparing_writes_nothing_into_a_folder_that_is_not_mounted(cast, tmp_path):
    """As compose, Kubernetes and systemd do at each start: also on a second host with a disk of its own."""
    cast.video()
    ended = run("manage.py", "prepare", "--no-demo", STREAMSITE_DATA_DIR=str(tmp_path))
    assert ended.returncode == 1
    assert "is not mounted" in ended.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_count_of_sweeps_tells_an_older_database(place, cast):
    place(ONE, ONE)
    assert sweep_count.start_sweep() == ""
    former = collection(COLLECTION).find_one({"_id": DOCUMENT})
    assert sweep_count.start_sweep() == ""
    assert sweep_count.stale_database_message() == ""
    collection(COLLECTION).replace_one({"_id": DOCUMENT}, former)
    for _ in range(2):  # it catches up by no number of sweeps
        assert "older than the files" in sweep_count.start_sweep()
    assert site_id.current_site_id() == ONE
    assert sweep_count.start_sweep(force=True) == ""
    assert sweep_count.stale_database_message() == ""
    # Killed between the two writes.
    collection(COLLECTION).update_one({"_id": DOCUMENT}, {"$inc": {"count": 1}})
    assert sweep_count.start_sweep() == ""
    count = Path(site_settings.MEDIA_ROOT) / site_id.COUNT_FILE
    assert int(count.read_text()) == sweep_count.read_database_count()
    count.write_text("half")
    assert "is damaged" in sweep_count.start_sweep()
    assert sweep_count.start_sweep(force=True) == sweep_count.stale_database_message() == ""


def test_two_prepare_a_new_database_at_once_while_others_wait_and_a_worker_makes_the_folders(
    database, tmp_path
):
    name = "streamsite_two_at_once"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "streamsite.settings",
        "MONGODB_NAME": name,
        "STREAMSITE_DATA_DIR": str(tmp_path / "data"),
    }
    command = [sys.executable, "manage.py", "prepare"]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    waiting = subprocess.Popen([*command, "--wait"], cwd=ROOT, env=environment, **streams)
    assert any("Waiting: " in line for line in waiting.stdout)
    assert get_client()[name].list_collection_names() == [], "who waits prepares nothing"
    assert not (tmp_path / "data" / "media" / "site-id").exists()
    both = [subprocess.Popen(command, cwd=ROOT, env=environment, **streams) for _ in range(2)]
    said = [process.communicate(timeout=90)[0] for process in both]
    try:
        assert [process.returncode for process in both] == [0, 0], said
        assert waiting.wait(timeout=60) == 0
        assert any("Another process is preparing this database" in words for words in said)
        found = get_client()[name]
        kept = (tmp_path / "data" / "media" / "site-id").read_text().strip()
        assert [row["site_id"] for row in found[COLLECTION].find({"_id": DOCUMENT})] == [kept]
        assert found["accounts_user"].count_documents({}) == 3
        assert len(list((tmp_path / "data" / "keys" / "tokens").glob("*.pem"))) == 1
        # What operations.md says to back up, besides the database.
        shutil.copytree(tmp_path / "data" / "media", tmp_path / "restored" / "media")
        shutil.copytree(tmp_path / "data" / "keys", tmp_path / "restored" / "keys")
        ended = run(
            *("manage.py", "run_worker", "--once"),
            MONGODB_NAME=name,
            STREAMSITE_DATA_DIR=str(tmp_path / "restored"),
        )
        assert ended.returncode == 0, ended.stderr
        assert (tmp_path / "restored" / "work" / "incoming").is_dir()
    finally:
        waiting.kill()
        waiting.communicate()
        get_client().drop_database(name)


@pytest.mark.parametrize(
    "words",
    [("check",), ("nginx_conf",), ("prepare", "--plan"), ("prepare", "--dry-run"), ("storage_report",)],
)
def test_what_only_shows_something_leaves_an_empty_data_folder_empty(database, tmp_path, words):
    """Folders that root made in passing would be closed to the site's user."""
    ended = run(
        *("manage.py", *words),
        STREAMSITE_DATA_DIR=str(tmp_path / "data"),
        STREAMSITE_KEYS_DIR="",
        MONGODB_NAME="streamsite_nothing_yet",
    )
    assert "Traceback" not in ended.stderr
    assert ended.returncode == (1 if words == ("storage_report",) else 0), ended.stderr
    assert not (tmp_path / "data").exists()


def test_folders_are_made_once_and_left_alone_afterwards(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    folders.create_missing()
    settings.MEDIA_ROOT.chmod(0o777)
    folders.create_missing()
    assert settings.MEDIA_ROOT.stat().st_mode & 0o777 == 0o777
    assert settings.DATA_DIR.stat().st_mode & 0o777 == 0o750


def test_the_trash_of_a_folder_on_another_disk_is_on_that_disk(database, settings, tmp_path, monkeypatch):
    """A rename does not leave a file system."""
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    device = tmp_path.stat().st_dev
    others = [Path(name) for name in ("/dev/shm", "/tmp", "/var/tmp")]  # noqa: S108 - a folder of its own there
    there = next((place for place in others if place.is_dir() and place.stat().st_dev != device), None)
    if there is None:
        pytest.skip("this machine has one file system")
    elsewhere = there / f"streamsite-{os.getpid()}"
    elsewhere.mkdir()
    try:
        settings.MEDIA_ROOT.symlink_to(elsewhere)
        source = settings.MEDIA_ROOT / "sources" / "AAAAAAAAAAA" / "source"
        source.parent.mkdir(parents=True)
        source.write_bytes(b"kept")
        moved = trash.move(source.parent)
        assert moved is not None
        assert moved.is_relative_to(settings.MEDIA_ROOT / "trash")
        assert trash.restore([]) == ([source], [])
        assert source.read_bytes() == b"kept"
    finally:
        shutil.rmtree(elsewhere)
