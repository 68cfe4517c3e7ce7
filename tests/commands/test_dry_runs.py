"""``--dry-run`` of every command that changes something: it says what would be done, and changes nothing."""

from __future__ import annotations

import hashlib
import io
from importlib import import_module

import pytest
from django.core.management import call_command

from accounts import sessions, totp_store
from accounts.models import User
from demo import sign_ins
from streamsite import trash
from streamsite.api import endpoint_table
from streamsite.management import command_list
from streamsite.mongo import indexes
from streamsite.mongo.collections import collection
from tests.backup.conftest import files_below, site_database
from tests.backup.conftest import world as world
from videos.files import paths

# These change nothing, or run until they are stopped.
WITHOUT = {
    "doctor": "writes one small object into the bucket and deletes it, to see whether it may",
    "nginx_conf": "prints a configuration",
    "verify_backup": "reads a backup",
    "run_web": "runs until it is stopped",
    "run_worker": "runs until it is stopped",
}
OWN = [name for package in command_list.PACKAGES for name in command_list._names(package)]


def stored(world):
    """Return digests of every document and of every file of the data folder, the backups among them."""
    database = site_database()
    documents = {
        name: sorted(hashlib.sha256(repr(row).encode()).hexdigest() for row in database[name].find())
        for name in database.list_collection_names()
        if not name.startswith("system.")
    }
    indexes = {name: sorted(database[name].index_information()) for name in documents}
    files = {name: hashlib.sha256(content).hexdigest() for name, content in files_below(world.folder).items()}
    return documents, indexes, files


def run(name, *arguments):
    out = io.StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def site(world, settings, monkeypatch):
    """A site with something to do for every command."""
    settings.TOKEN_KEYS_DIR = settings.KEYS_DIR / "tokens"
    (settings.TOKEN_KEYS_DIR / "20200101T000000-abcdef.pem").write_text("an old key")
    (settings.TOKEN_KEYS_DIR / "20200201T000000-abcdef.pem").write_text("its successor")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse battery")
    world.back_up()
    orphan = paths.generation_dir("AAAAAAAAAAA", "abcdefghijkl")
    orphan.mkdir(parents=True)
    (orphan / "master.m3u8").write_text("#EXTM3U")
    assert trash.move(orphan / "master.m3u8") is not None
    collection("videos_video").update_one({"_id": world.video.pk}, {"$set": {"like_count": 7}})
    collection("search_video").delete_many({})
    collection("videos_comment").drop_index(
        next(name for name in collection("videos_comment").index_information() if name != "_id_")
    )
    yield world
    indexes.ensure_indexes()


@pytest.fixture
def second_factor(world):
    """The owner has an authenticator app."""
    owner, now = world.cast.owner.pk, sessions.utc_now()
    totp_store.set_pending(owner, b"encrypted", now)
    assert totp_store.activate_pending(owner, b"encrypted", at=now, step=1, recovery=[])


def films(world):
    """Return a folder with a video that could be imported."""
    folder = world.folder / "films"
    folder.mkdir(exist_ok=True)
    (folder / "A film.mp4").write_bytes(b"a film")
    return str(folder)


def arguments(world):
    """Return command lines with what each of them has to say."""
    backups = str(world.folder / "backups")
    return {
        "changepassword": [(("owner",), "Would ask for a new password of owner")],
        "createsuperuser": [
            (
                ("--noinput", "--username", "boss", "--email", "boss@example.org"),
                "Would create the administrator boss",
            ),
            (("--username", "boss"), "Would ask for email, password, and create the administrator boss"),
        ],
        "rotate_signing_key": [
            ((), "Would delete signing key 20200101T000000-abcdef"),
            (("--compromised",), "Would delete signing key 20261130T000000-abcdef"),
            (("--if-missing",), "Nothing would be changed"),
        ],
        "remove_demo": [((), "no demo content")],
        "seed_demo": [((), "Would create the account demo")],
        "import_folder": [((films(world), "--owner", "owner"), "Nothing was changed")],
        "api_docs": [((), "would be unchanged")],
        "backup": [((backups,), "Nothing was written")],
        "restore": [
            ((backups, "--only", "media,keys"), "files: 0 of "),
            ((backups, "--replace"), "documents would be written, and about"),
        ],
        "ensure_indexes": [((), "would be created: videos_comment."), (("--prune",), "Nothing was changed")],
        "reconcile": [((), "would be corrected")],
        "send_test_mail": [(("a@example.org",), "Nothing was sent")],
        "send_test_report": [((), "A report to 127.0.0.1 would be sent. Nothing was sent.")],
        "prepare": [(("--no-demo",), "create the index videos_comment.")],
        "rebuild_search": [((), "1 videos and ")],
        "repackage": [((), "Nothing was changed")],
        "site_id": [(("--adopt",), "Would mark the database")],
        "storage_report": [((), "Original")],
        "sweep": [
            ((), "listed. Nothing was changed"),
            (("--force",), "listed. Nothing was changed"),
            (("--empty-trash",), "would be deleted for good"),
            (("--restore",), "1 files would be restored"),
        ],
        "shard_collections": [((), "accounts_user  key {_id: hashed}"), (("--plan",), "Nothing was changed")],
        "site_mode": [(("read-only",), "It would be: read-only")],
    }


# Tested where what they need is: a second factor, a bucket.
ELSEWHERE = {"reset_second_factor", "move_media", "bucket_cors"}


def test_every_command_has_a_dry_run_or_a_reason(site):
    having = {name for name in OWN if "--dry-run" in _options(name)}
    assert having == set(OWN) - set(WITHOUT)
    assert set(arguments(site)) == having - ELSEWHERE
    assert all(WITHOUT.values())


def _options(name):
    (found,) = [one for one in command_list.load_commands() if one.name == name]
    return found.options


@pytest.mark.timeout(300)
def test_no_dry_run_changes_anything(site, settings):
    settings.EMAIL_HOST = "127.0.0.1"
    settings.SENTRY_DSN = "http://key@127.0.0.1/1"
    for name, calls in arguments(site).items():
        before = stored(site)
        docs = endpoint_table.DOCS.read_bytes()
        for words, said in calls:
            told = run(name, *words, "--dry-run")
            assert said in told, (name, told)
            assert stored(site) == before, name
        assert endpoint_table.DOCS.read_bytes() == docs


def test_the_second_factor_stays(second_factor, site):
    before = stored(site)
    assert "Would turn off two-factor authentication for owner" in run(
        "reset_second_factor", "owner", "--dry-run"
    )
    assert stored(site) == before
    run("reset_second_factor", "owner")
    assert stored(site) != before


def test_what_was_said_is_what_is_done(site):
    """For those whose dry run counts: the same numbers, and the second dry run has nothing left."""
    (missing,) = [
        line for line in run("ensure_indexes", "--dry-run").splitlines() if line.startswith("would be")
    ]
    assert run("ensure_indexes").splitlines() == [missing.replace("would be created", "created")]
    assert "All indexes are up to date" in run("ensure_indexes", "--dry-run")
    assert "would be corrected" in run("reconcile", "--dry-run")
    assert ", 1 corrected" in run("reconcile")
    assert run("reconcile", "--dry-run") == "All counters are correct.\n"
    assert "1 files would be restored" in run("sweep", "--restore", "--dry-run")
    assert "1 files restored" in run("sweep", "--restore")
    told = run("rotate_signing_key", "--dry-run")
    done = run("rotate_signing_key")
    assert told.count("Would delete") == done.count("Deleted") == 1


def test_a_dry_restore_refuses_what_a_restore_refuses(site):
    from django.core.management import CommandError

    before = stored(site)
    with pytest.raises(CommandError, match="database is not empty"):
        run("restore", str(site.folder / "backups"), "--dry-run")
    assert stored(site) == before


def test_a_dry_run_of_the_demo_names_what_is_missing(world, settings):
    assert "Would note that this site has the demo" not in run("seed_demo", "--dry-run")  # it has a video
    world.video.delete()
    told = run("seed_demo", "--dry-run")
    assert "Would note that this site has the demo" in told
    assert str(sign_ins.password_file()) in told
    assert "queue what is missing" in told
    run("seed_demo", "--accounts-only")
    assert User.objects.filter(username="demo").exists()
    assert "Would create" not in run("seed_demo", "--dry-run")


def test_what_a_dry_run_cannot_find_is_an_error(world, monkeypatch):
    from django.core.management import CommandError

    with pytest.raises(CommandError, match="No account is named nobody"):
        run("changepassword", "nobody", "--dry-run")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse battery")
    taken = ("--noinput", "--username", world.cast.owner.username, "--email", "a@example.org", "--dry-run")
    with pytest.raises(CommandError):
        run("createsuperuser", *taken)
    with pytest.raises(CommandError, match="Without --adopt"):
        run("site_id", "--dry-run")


def test_the_commands_are_those_of_the_packages():
    for package in command_list.PACKAGES:
        assert import_module(f"{package}.management.commands").__path__
    assert len(OWN) == len(set(OWN)) >= 26
