"""Management commands, Django's own included."""

import io
import json
import stat
from collections import Counter
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from accounts import signing_keys
from accounts.models import User
from playlists.models import Playlist, PlaylistItem
from streamsite.mongo import indexes
from subscriptions.models import Broadcast, Subscription
from videos.models import Video


def run(*arguments, **options):
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_createsuperuser(database, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse battery")
    run("createsuperuser", interactive=False, username="boss", email="boss@example.org")
    boss = User.objects.get(username="boss")
    assert boss.is_superuser
    assert boss.check_password("correct horse battery")
    with pytest.raises(CommandError, match="taken"):
        run("createsuperuser", interactive=False, username="boss", email="boss@example.org")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"password": "short"}, "DJANGO_SUPERUSER_PASSWORD can't be used: This password is too short"),
        ({"password": "boss@example.org"}, "too similar to the"),
        ({"password": ""}, "Set DJANGO_SUPERUSER_PASSWORD"),
        ({"username": "admin"}, "That username isn't available."),
        ({"username": "Bad Name"}, "Use 3–30 lowercase letters"),
        ({"email": "nowhere"}, "valid email"),
        ({"email": None}, "--email"),
        ({"username": None}, "--username"),
        ({"interactive": True}, "No terminal is attached"),
    ],
)
def test_createsuperuser_says_what_is_wrong(database, monkeypatch, given, said):
    told = {
        "username": "boss",
        "email": "boss@example.org",
        "password": "correct horse battery",
        "interactive": False,
    }
    told |= given
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", told.pop("password"))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match=said):
        run("createsuperuser", **told)
    assert not User.objects.exists()


def test_prepare_says_how_to_make_an_administrator_until_there_is_one(cast):
    said = run("prepare", demo=False)
    assert said.count("createsuperuser") == 1
    guide = (Path(__file__).resolve().parent.parent / "docs" / "operations.md").read_text()
    assert "\n## First steps\n" in guide
    for way in ("With Docker Compose", "With Kubernetes", "With systemd"):
        assert "manage.py createsuperuser" in guide.partition(f"### {way}\n")[2].partition("\n### ")[0]
    cast.user("former", is_superuser=True, is_active=False)
    assert "createsuperuser" in run("prepare", demo=False)
    cast.user("boss", is_superuser=True)
    assert "createsuperuser" not in run("prepare", demo=False)


def test_what_dumpdata_writes_loaddata_reads(cast, tmp_path):
    video = cast.video(title="Ünïcode", tags=["a", "b"])
    cast.api("member").put("/api/v1/channels/owner/subscription")
    cast.api("owner").post("/api/v1/playlists", {"title": "A list", "video_ids": [video.pk]}, format="json")
    dump = tmp_path / "dump.json"
    apps = ("accounts", "videos", "playlists", "subscriptions", "takeout")
    dump.write_text(run("dumpdata", *apps, indent=1))
    dumped = Counter(row["model"].split(".")[1] for row in json.loads(dump.read_text()))
    assert dumped == {
        "user": 2,
        "video": 1,
        "playlist": 1,
        "playlistitem": 1,
        "subscription": 1,
        "broadcast": 1,
    }
    for model in (PlaylistItem, Playlist, Broadcast, Subscription, Video, User):
        model.objects.all().delete()
    run("loaddata", str(dump))
    again = Video.objects.select_related("channel").get(pk=video.pk)
    assert (again.title, again.tags, again.channel.username) == ("Ünïcode", ["a", "b"], "owner")
    assert again.created_at == video.created_at
    assert PlaylistItem.objects.get().playlist.title == "A list"
    assert Subscription.objects.get().subscriber.username == "member"


def test_loaddata_refuses_rows_that_refer_to_nothing(cast, tmp_path):
    row = {
        "subscriber": cast.owner.pk,
        "channel": "nobody",
        "notify": "all",
        "created_at": "2026-01-01T00:00:00Z",
    }
    fixture = [{"model": "subscriptions.subscription", "pk": "x" * 16, "fields": row}]
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(fixture))
    with pytest.raises(IntegrityError, match="channel_id = 'nobody'"):
        run("loaddata", str(path))
    assert not Subscription.objects.exists()
    fixture[0]["fields"]["channel"] = cast.member.pk
    path.write_text(json.dumps(fixture))
    assert "Installed 1 object" in run("loaddata", str(path))


def test_no_migration_is_missing(database):
    run("makemigrations", check=True, dry_run=True)


def test_the_system_checks_pass(database):
    assert "no issues" in run("check")


def test_indexes_can_be_ensured_again(database):
    assert indexes.ensure_indexes() == indexes.Report()
    assert "up to date" in run("ensure_indexes")


def test_a_new_key_signs_and_the_old_one_still_verifies(tmp_path):
    first = signing_keys.create_key(tmp_path)
    old = signing_keys.load_key_ring(tmp_path)
    newer = tmp_path / "99999999T000000-ffffff.pem"
    newer.write_bytes((tmp_path / f"{signing_keys.create_key(tmp_path)}.pem").read_bytes())
    newer.chmod(0o600)
    ring = signing_keys.load_key_ring(tmp_path)
    assert ring.kid == newer.stem
    assert ring.verifying[first].public_bytes_raw() == old.verifying[first].public_bytes_raw()


def test_readable_and_missing_keys_stop_the_start(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="no signing key"):
        signing_keys.load_key_ring(tmp_path)
    path: Path = tmp_path / f"{signing_keys.create_key(tmp_path)}.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o660)  # as Kubernetes gives every file of a volume to fsGroup
    assert signing_keys.load_key_ring(tmp_path).kid == path.stem
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="read by others"):
        signing_keys.load_key_ring(tmp_path)


def test_a_key_that_was_not_written_whole_is_no_key(tmp_path, monkeypatch):
    def killed(descriptor):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("os.fsync", killed)
        signing_keys.create_key(tmp_path)
    assert list(tmp_path.glob("*.pem")) == []
    assert signing_keys.create_key(tmp_path) == signing_keys.load_key_ring(tmp_path).kid


def test_a_killed_start_loses_no_password_of_the_demo_accounts(database, settings, tmp_path):
    settings.KEYS_DIR = tmp_path
    (tmp_path / "demo_password.new").write_text("from-the-killed-start")
    User.objects.create_user("demo", "demo@example.org", "from-the-killed-start")
    run("seed_demo", accounts_only=True)
    for name in ("demo", "demoadmin"):
        assert User.objects.get(username=name).check_password("from-the-killed-start")
    assert [path.name for path in tmp_path.iterdir()] == ["demo_password"]
