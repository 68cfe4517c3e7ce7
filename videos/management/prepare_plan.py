"""Find what ``manage.py prepare`` would do to a database and a data folder, without changing either."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from streamsite import __version__, folders, releases, site_id
from streamsite.mongo import indexes
from videos.search import finders, index

MAX_NAMES = 20


def plan() -> list[str]:
    """Return one line per thing that would be done; none when everything is prepared.

    Raises ``site_id.SiteMismatch`` where ``prepare`` would refuse.
    """
    site_id.require_adoptable()
    return list(_steps())


def _steps() -> Iterator[str]:
    document = site_id.read_own_document()
    if not document:
        yield "give the site an id"
    former = str(document.get(releases.RELEASE, ""))
    if document and former != __version__:
        yield f"note version {__version__} instead of {former or 'none'}"
    missing = [str(folder) for folder, _ in folders.required_folders() if not folder.is_dir()]
    if missing:
        yield f"make folders: {', '.join(missing)}"
    if not any(Path(settings.TOKEN_KEYS_DIR).glob("*.pem")):
        yield "create a key that signs access tokens"
    yield from _database_steps()


def _database_steps() -> Iterator[str]:
    executor = MigrationExecutor(connections["default"])
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    for migration, _ in pending[:MAX_NAMES]:
        yield f"migrate {migration.app_label}.{migration.name}"
    if len(pending) > MAX_NAMES:
        yield f"migrate {len(pending) - MAX_NAMES} more"
    report = indexes.compare_indexes()
    for name in report.missing[:MAX_NAMES]:
        yield f"create the index {name}"
    if len(report.missing) > MAX_NAMES:
        yield f"create {len(report.missing) - MAX_NAMES} more indexes"
    if index.has_outdated_documents() or finders.has_outdated_index():
        yield "rebuild the search index, in a job of a worker"
