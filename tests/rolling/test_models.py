"""Rows of the last release read by this one, and the other way round, for every model."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model
from pytest_django import DjangoDbBlocker

from accounts import sessions
from streamsite.mongo import counters, repairs
from streamsite.mongo.collections import collection
from streamsite.mongo.engine.compiler.missing_fields import has_varying_default, missing_value
from streamsite.mongo.engine.indexes import model_indexes
from tests.rolling.world import Answers, World
from tests.support.profile import walk
from videos.views import media

# The last migrations of the last release.
RELEASE = (
    ("accounts", "0005_quota"),
    ("playlists", "0003_shown_duration"),
    ("streamsite", "0001_job"),
    ("subscriptions", "0003_private_feed_channel_page"),
    ("videos", "0009_studio_orders"),
    *(("admin", "0003_logentry_add_action_flag_choices"), ("sessions", "0001_initial")),
)


# Lists whose conditions are written for pymongo and ask for what is stored.
ASKED_AS_STORED = ("me/notifications", "me/notifications/unread", "me/feed/posts")
# Models that the release does not have: it leaves their rows alone.
NEW = (
    *("videos_threadfollow", "auth_invitation", "playlists_playlistinvite"),
    *("subscriptions_webhook", "subscriptions_webhookdelivery", "videos_addressimport"),
)
# What every call adds to.
GROWING = ("auth/activity", "auth/sessions")
OldModels = dict[str, type[Model]]

MEDIA_TOKEN = re.compile(r"/media/v/[^/]+/")


@pytest.fixture(scope="module")
def old_models(prepared_database: None, django_db_blocker: DjangoDbBlocker) -> OldModels:
    """The last release's models by collection, without methods."""
    with django_db_blocker.unblock():
        state = MigrationLoader(connection).project_state(RELEASE)
    return {model._meta.db_table: model for model in state.apps.get_models(include_auto_created=True)}


@pytest.fixture
def world(database: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """A site with rows of every model."""
    monkeypatch.setattr(counters, "sleep", lambda seconds: None)
    made = World()
    made.build()
    return made


def site_models() -> list[type[Model]]:
    """Return the models that both have."""
    return [model for model in all_models() if model._meta.db_table not in NEW]


def all_models() -> list[type[Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.db_table.startswith("engine_")
    ]


def forget() -> None:
    sessions.clear_cache()
    media.forget_all()


def by_key(row: Mapping[str, object]) -> str:
    return str(row["_id"] if "_id" in row else row["id"])


def test_every_model_has_a_row_and_is_known_to_the_release(world: World, old_models: OldModels) -> None:
    for model in all_models():
        assert model._default_manager.exists(), model
    assert {model._meta.db_table for model in all_models()} - set(old_models) == set(NEW)


def test_the_release_reads_what_this_code_writes(world: World, old_models: OldModels) -> None:
    for model in site_models():
        old = old_models[model._meta.db_table]
        names = [field.attname for field in old._meta.concrete_fields]
        for row in old._default_manager.all():
            mine = model._default_manager.get(pk=row.pk)
            assert [getattr(row, name) for name in names] == [getattr(mine, name) for name in names]


def test_this_code_reads_what_the_release_writes(world: World, old_models: OldModels) -> None:
    before = world.answers()
    assert lacking() == {}
    rewrite_by(old_models)
    assert "videos_video.facets" in lacking()
    if walk(0, deep=1):
        forget()
        compare(before, world.answers(filtered=False))
    strip()
    assert len(lacking()) > 150
    forget()
    compare(before, world.answers(filtered=False), ignored=ASKED_AS_STORED)
    with pytest.raises(SystemExit):
        call_command("reconcile", "--check", stdout=io.StringIO())
    call_command("reconcile", stdout=io.StringIO())
    assert lacking() == {}
    call_command("reconcile", "--check", stdout=io.StringIO())
    forget()
    if walk(0, deep=1):
        compare(before, world.answers())
    url = "/api/v1/videos?category=other"
    assert normal(world.api("owner").get(url).json()) == normal(before[f"owner {url}"][1])


def test_indexes_that_the_release_makes_again_refuse_nothing(world: World, old_models: OldModels) -> None:
    """A rollback runs its ``prepare``, which adds the indexes whose names are not there."""
    made = []
    for model in site_models():
        table = collection(model._meta.db_table)
        present = table.index_information()
        for index in model_indexes(connection, old_models[model._meta.db_table]):
            if index.document["name"] not in present:
                table.create_indexes([index])
                made.append((table, index.document))
    unique = [document["name"] for _, document in made if document.get("unique")]
    for table, document in made:
        table.drop_index(document["name"])
    assert unique == []


def rewrite_by(old_models: OldModels) -> None:
    """Let the release insert every row; the indexes of this code must not refuse any."""
    for model in site_models():
        old = old_models[model._meta.db_table]
        columns = {field.column for field in old._meta.concrete_fields}
        table = collection(model._meta.db_table)
        for row in list(old._default_manager.all()):
            table.delete_one({old._meta.pk.column: row.pk})
            row.save(force_insert=True)
            stored = table.find_one({old._meta.pk.column: row.pk}) or {}
            assert set(stored) - {"_id"} == columns - {"_id"}
    collection("auth_session").update_many({}, {"$unset": {"epoch": ""}})


def strip() -> None:
    """Remove every field that has its default: what the next release adds may be any of them."""
    for model in site_models():
        table = collection(model._meta.db_table)
        for field in model._meta.concrete_fields:
            if not field.primary_key and not has_varying_default(field) and not field.unique:
                value = missing_value(field, connection)
                table.update_many({field.column: value}, {"$unset": {field.column: ""}})


def lacking() -> dict[str, int]:
    """Return how many documents lack each field of a model."""
    return {found.name: found.wrong for found in repairs.repair_documents(correct=False) if found.is_missing}


def compare(before: Answers, after: Answers, ignored: tuple[str, ...] = ()) -> None:
    """Assert that nobody sees a difference, the content of ``ignored`` paths aside."""
    failed = {path: status for path, (status, _) in after.items() if status != before[path][0]}
    assert failed == {}
    assert [path for path, (status, _) in before.items() if status >= 500] == []
    assert [path for path, (status, _) in before.items() if path.startswith("owner /") and status >= 400] == [
        path for path in before if path.startswith("owner /api/") and before[path][0] == 404
    ]
    different = {
        path: difference(normal(before[path][1]), normal(body))
        for path, (_, body) in after.items()
        if normal(body) != normal(before[path][1]) and not path.endswith((*GROWING, *ignored))
    }
    assert not different, "\n".join(f"{path}: {text[:300]}" for path, text in different.items())


def difference(one: object, other: object, place: str = "") -> str:
    """Return where two JSON values first differ, and how."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next(
            difference(one[key], other[key], f"{place}.{key}") for key in one if one[key] != other[key]
        )
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return next(difference(a, b, f"{place}[{n}]") for n, (a, b) in pairs if a != b)
    return f"{place}: {one!r} != {other!r}"


def normal(body: object) -> object:
    """Return JSON without what changes from call to call."""
    if isinstance(body, dict):
        left = {
            "as_of",
            "request_id",
            "next",
            "hls_url",
            "expires_at",
            "last_used_at",
            "current",
            "secret",
            "otpauth_uri",
        }
        return {key: normal(value) for key, value in body.items() if key not in left}
    if isinstance(body, list):
        return [normal(one) for one in body]
    # Media URLs carry another token when the hour has changed.
    return MEDIA_TOKEN.sub("/media/v/", body) if isinstance(body, str) else body
