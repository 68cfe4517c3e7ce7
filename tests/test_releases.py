"""Which versions may run on a database, and what ``prepare --plan`` says before anything is changed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from streamsite import __version__, releases, site_id
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import get_database

ROOT = Path(__file__).parent.parent
SITE = {"_id": site_id.DOCUMENT}


@pytest.fixture
def marked(database):
    """Set fields of the site's document, which outlives tests; it is put back afterwards."""
    site = collection(site_id.COLLECTION)
    kept = site.find_one(SITE)
    yield lambda **fields: site.update_one(SITE, {"$set": fields})
    site.replace_one(SITE, kept, upsert=True)


@pytest.mark.parametrize(
    ("oldest", "own", "may"),
    [
        ("", "0.6.0", True),
        ("0.6.0", "0.6.0", True),
        ("0.9.9", "0.10.0", True),
        ("0.10.0", "0.9.9", False),
        ("1.0.0", "0.99.0", False),
        ("1.0.0", "1.0.0.dev1", True),
        ("garbage", "0.6.0", True),
    ],
)
def test_a_version_below_the_bound_is_refused(oldest, own, may):
    told = releases.refusal({"release": "2.0.0", "oldest_release": oldest}, own)
    assert (told == "") is may
    if told:
        assert told.startswith(f"This is Streamsite {own}, and the database was prepared by 2.0.0: ")
        assert f"versions before {oldest} cannot use it" in told


def test_preparing_never_lowers_the_bound():
    newer = {"release": "0.9.0", "oldest_release": "0.8.0"}
    assert releases.stamp(newer, "0.8.5", "0.7.0") == {"release": "0.8.5", "oldest_release": "0.8.0"}
    assert releases.stamp({}, "0.8.5", "0.7.0") == {"release": "0.8.5", "oldest_release": "0.7.0"}
    assert releases.stamp(newer, "0.10.0", "0.10.0")["oldest_release"] == "0.10.0"
    assert releases.refusal(releases.stamp({})) == ""


def test_prepare_notes_the_version(marked):
    marked(release="0.1.0", oldest_release="0.1.0")
    site_id.mark_prepared()
    noted = collection(site_id.COLLECTION).find_one(SITE)
    assert (noted["release"], noted["oldest_release"]) == (__version__, releases.OLDEST_COMPATIBLE)


def test_nothing_of_this_version_runs_on_a_database_of_a_newer_one(marked):
    marked(release="999.1.0", oldest_release="999.0.0")
    before = get_database("default")["django_migrations"].count_documents({})
    for prepare in (["prepare"], ["prepare", "--plan"]):
        with pytest.raises(CommandError, match=r"Install 999\.1\.0 again"):
            call_command(*prepare)
    with pytest.raises(site_id.SiteMismatch, match=r"versions before 999.0.0 cannot use it"):
        site_id.require_match()
    with pytest.raises(SystemExit):
        site_id.exit_on_mismatch()
    assert get_database("default")["django_migrations"].count_documents({}) == before


@pytest.mark.parametrize("words", [["run_worker"], ["sweep"]])
def test_a_process_of_an_older_version_ends_with_the_sentence(marked, settings, words):
    marked(release="999.1.0", oldest_release="999.0.0")
    own = {
        "DJANGO_SETTINGS_MODULE": "streamsite.settings",
        "STREAMSITE_DATA_DIR": str(settings.DATA_DIR),
        "MONGODB_NAME": get_database("default").name,
    }
    ended = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert ended.returncode == 1
    assert "Install 999.1.0 again" in ended.stderr
    assert "Traceback" not in ended.stderr


def planned():
    out = io.StringIO()
    call_command("prepare", "--plan", stdout=out)
    return out.getvalue().splitlines()


def test_the_plan_names_what_is_missing_and_changes_nothing(marked):
    marked(release=__version__)
    assert planned() == ["Everything is prepared. Nothing would change."]
    database = get_database("default")
    applied = database["django_migrations"].find_one({"app": "playlists", "name": "0001_initial"})
    last = database["django_migrations"].find_one({"app": "playlists"}, sort=[("id", -1)])
    database["django_migrations"].delete_one({"_id": last["_id"]})
    database["task_worker"].drop_index("worker_expiry")
    marked(release="0.5.0")
    try:
        assert planned() == [
            f"note version {__version__} instead of 0.5.0",
            f"migrate playlists.{last['name']}",
            "create the index task_worker.worker_expiry",
            "Nothing was changed.",
        ]
        assert "worker_expiry" not in database["task_worker"].index_information()
        assert database["django_migrations"].count_documents({"_id": last["_id"]}) == 0
        assert applied is not None
    finally:
        database["django_migrations"].insert_one(last)
        call_command("ensure_indexes", stdout=io.StringIO())
