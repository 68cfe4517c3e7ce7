"""Checks of the database: server, migrations, indexes, site id, and clocks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from pymongo.errors import OperationFailure

from streamsite import health, site_id
from streamsite.doctor import clocks
from streamsite.doctor.registry import Finding, ok, problem, register_check, warning
from streamsite.mongo import indexes, last_used
from streamsite.mongo.binary import is_bundled
from streamsite.mongo.engine.client import get_client
from streamsite.mongo.series import series_of

AREA = "Database"
# The oldest series that its makers maintain. Source: https://www.mongodb.com/legal/support-policy/lifecycles
MAINTAINED = (7, 0)
MAX_NAMES = 5


def check_server() -> Iterator[Finding]:
    """Check the server's version, and that its features are those of that version."""
    admin = get_client("default").admin
    version = str(admin.command("buildInfo")["version"])
    series = tuple(int(part) for part in version.split(".")[:2])
    if settings.IS_BUNDLED_MONGODB:
        yield _own_server(version)
        return
    if series < MAINTAINED:
        yield warning(
            f"MongoDB {version} gets no security updates any more.",
            "Move to a maintained version: docs/operations.md, 'Moving to MongoDB 8'.",
        )
    else:
        yield ok(f"MongoDB {version}.")
    try:
        shown = admin.command({"getParameter": 1, "featureCompatibilityVersion": 1})
    except OperationFailure:  # a user without the right
        return
    compatible = str(shown["featureCompatibilityVersion"]["version"])
    if compatible != ".".join(map(str, series)):
        yield warning(
            f"MongoDB {version} still works as version {compatible}, which the next version will not start from.",
            "When no return to the former version is wanted, run in mongosh: db.adminCommand({"
            f'setFeatureCompatibilityVersion: "{series[0]}.{series[1]}", confirm: true' + "})",
        )


def _own_server(version: str) -> Finding:
    """Return what there is to say of the MongoDB that script/server runs: its record says what its user may not ask."""
    used = last_used.read(settings.DATA_DIR)
    if used is None or used.version != version:
        return ok(
            f"The MongoDB {version} of script/server."
        )  # a public site is warned of it by another check
    whose = "bundled" if is_bundled(Path(used.binary)) else f"script/server's ({used.binary})"
    if series_of(used.compatibility) != series_of(version):
        return warning(
            f"MongoDB {version} of script/server works on data of version {used.compatibility}, which the next version"
            " will not start from.",
            "When no return to the former version is wanted, unset MONGOD_KEEP_FCV and start again:"
            " docs/operations.md, 'Which MongoDB runs'.",
        )
    return ok(f"MongoDB {version}, {whose}, and its data is of version {used.compatibility}.")


def check_migrations() -> Iterator[Finding]:
    """Check that every migration of this version is applied, and whether a newer version has applied others."""
    applied = set(MigrationRecorder(connections["default"]).applied_migrations())
    known = health.known_migrations()
    if missing := sorted(known - applied):
        yield problem(f"{len(missing)} migrations are missing: {_names(missing)}.", "Run manage.py prepare.")
    elif newer := sorted(pair for pair in applied - known if pair[0] in {app for app, _ in known}):
        yield warning(
            f"A newer version has changed this database: {_names(newer)}.",
            "Install that version here, too, or restore the backup made before its update.",
        )
    else:
        yield ok("All migrations are applied.")


def _names(migrations: list[tuple[str, str]]) -> str:
    shown = ", ".join(".".join(pair) for pair in migrations[:MAX_NAMES])
    return shown if len(migrations) <= MAX_NAMES else f"{shown} and {len(migrations) - MAX_NAMES} more"


def check_indexes() -> Iterator[Finding]:
    """Compare the indexes with those that the code asks for."""
    report = indexes.compare_indexes()
    if report.missing or report.different:
        lacking = [*report.missing, *report.different]
        yield problem(
            f"Indexes are missing or different: {', '.join(lacking[:MAX_NAMES])}"
            f"{'' if len(lacking) <= MAX_NAMES else ', ...'}.",
            "Run manage.py ensure_indexes --prune.",
        )
    elif report.extra:
        yield warning(
            f"Indexes of nobody slow writes down: {', '.join(report.extra[:MAX_NAMES])}.",
            "Unless you made them: manage.py ensure_indexes --prune.",
        )
    else:
        yield ok("All indexes are there.")


def check_site_id() -> Iterator[Finding]:
    """Check that the database and the data folder are of one site."""
    try:
        site_id.require_match()
    except site_id.SiteMismatch as error:
        yield problem(str(error), "docs/operations.md, 'The site id'.")
    else:
        yield ok("Database and data folder are of one site.")


def check_clocks() -> Iterator[Finding]:
    """Compare this machine's clock with MongoDB's."""
    skew = clocks.clock_skew()
    if told := clocks.describe_skew(skew):
        yield problem(told, "Leases, schedules and sign-in codes depend on it.")
    else:
        yield ok(f"The clocks of this machine and of MongoDB differ by {abs(skew) * 1000:.0f} ms.")


for _check in (check_server, check_migrations, check_indexes, check_site_id, check_clocks):
    register_check(AREA, _check, needs_database=True)
