"""Two worlds with equal rows: one in MongoDB, one in SQLite, whose answers are the truth."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from pytest_django import DjangoDbBlocker

from streamsite.mongo.engine.tests import models
from streamsite.mongo.engine.tests.world import World
from tests.support.plugin import empty_collections


@pytest.fixture(scope="session")
def _tables(prepared_database: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The tables of the test models in SQLite; in MongoDB the test database has them."""
    with django_db_blocker.unblock(), connections["oracle"].schema_editor() as editor:
        for model in (ContentType, *models.ALL):
            editor.create_model(model)
    with django_db_blocker.unblock():
        World("oracle").fill()


@pytest.fixture(scope="module")
def worlds(_tables: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[World, World]]:
    """SQLite's world and MongoDB's, for tests that leave them as they are."""
    with django_db_blocker.unblock():
        ContentType.objects.clear_cache()
        mongo = World("default")
        mongo.fill()
        yield World("oracle"), mongo
        empty_collections()
