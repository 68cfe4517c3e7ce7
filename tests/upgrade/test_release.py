"""The last release's installation, started with the present code."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from pymongo import MongoClient

from tests.support.stack import Stack
from tests.upgrade import killed_prepare, people, release, whole
from videos.files import tokens

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def updated(tmp_path: Path) -> Iterator[Stack]:
    """The site, on a database and a data folder that the release left, after two starts that were killed."""
    name = f"release_{os.getpid()}"
    client: MongoClient[dict[str, object]] = MongoClient(os.environ["MONGODB_URI"])
    with client:
        release.load_database(client[name])
        site = Stack(
            tmp_path,
            MONGODB_URI=os.environ["MONGODB_URI"],
            MONGODB_NAME=name,
            SITE_URL=people.SITE_URL,
            ALLOWED_HOSTS="localhost",
        )
        release.load_files(site.data_dir)
        # Two starts that are killed: between operations of a migration, and in the middle of a data step.
        for write in ("dropIndexes videos_caption", "update search_video"):
            environment = os.environ | site.environment | {"STREAMSITE_DATA_DIR": str(site.data_dir)}
            killed = killed_prepare.run(environment, write)
            assert killed.returncode == -signal.SIGKILL, killed.stderr
        try:
            site.start()
            yield site
        finally:
            site.stop()
            client.drop_database(name)


def test_an_update_loses_nothing_although_it_was_killed(updated: Stack) -> None:
    """Sessions, videos, search, counters, lists, jobs and uploads are what they were."""
    whole.check_site(updated, release.load_facts())


def test_media_addresses_of_the_release_are_valid_until_they_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = release.load_facts()
    monkeypatch.setattr(settings, "SECRET_KEY", facts["secret_key"])
    found = re.findall(r"/media/v/(p[^/]+)/([^/]+)/([^/]+)/", json.dumps(facts["answers"]))
    assert found
    recorded_at = datetime.fromisoformat(facts["recorded_at"]).timestamp()
    for token, video_id, generation in set(found):
        expires = int(token.partition(".")[0][1:], 16)
        for now, claims in (
            (recorded_at, tokens.MediaTokenClaims(tokens.PUBLIC)),
            (expires, tokens.MediaTokenClaims(tokens.PUBLIC)),
            (expires + 1, None),
        ):
            monkeypatch.setattr(tokens.time, "time", lambda now=now: now)
            assert tokens.verify_token(token, video_id, generation) == claims
