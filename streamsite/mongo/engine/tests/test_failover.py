"""A primary that steps down or dies loses nothing that was acknowledged."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TypedDict

import pytest
from pymongo import MongoClient

from streamsite.mongo.engine.tests.replica_set import ReplicaSet

ROOT = Path(__file__).resolve().parents[4]
# What `streamsite/mongo/engine/README.md` tells callers to expect while there is no primary.
DOCUMENTED = {"django.db.utils.OperationalError"}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(170)]


class Report(TypedDict):
    """The writer's results, as it prints them."""

    acknowledged: list[str]
    groups: list[str]
    errors: dict[str, int]


def _writer(uri: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "streamsite.mongo.engine.tests.failover_writer", uri],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _finish(process: subprocess.Popen[str]) -> Report:
    output, _ = process.communicate(timeout=60)
    found: Report = json.loads(output)
    return found


def test_no_acknowledged_write_is_lost(tmp_path: Path) -> None:
    """Under load: a step-down, then kill -9 of the primary; afterwards every acknowledged row is there, once."""
    with ReplicaSet(tmp_path) as replica_set:
        process = _writer(replica_set.uri)
        try:
            time.sleep(1.5)
            replica_set.step_down()
            replica_set.primary()
            time.sleep(1.5)
            killed = replica_set.kill_primary()
            assert replica_set.primary() != killed
            time.sleep(3)
            report = _finish(process)
        finally:
            process.kill()
        with MongoClient[dict[str, object]](replica_set.uri) as client:
            database = client["failover"]
            sessions = [row["session_key"] for row in database["django_session"].find()]
            groups = [row["name"] for row in database["auth_group"].find()]
    lost = set(report["acknowledged"]) - set(sessions)
    assert not lost
    assert not set(report["groups"]) - set(groups)
    assert len(sessions) == len(set(sessions))
    # A row and its group are one transaction: neither exists without the other.
    assert {name for name in sessions if int(name.split("-")[1]) % 4 == 0} == set(groups)
    assert set(report["errors"]) <= DOCUMENTED, report["errors"]
    assert len(report["acknowledged"]) > 100
    print(f"{len(report['acknowledged'])} acknowledged, 0 lost, errors {report['errors']}")  # noqa: T201 - figures for -s
