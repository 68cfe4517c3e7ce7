"""Celery's workers end with a sentence when the database is not the data folder's, as the site's own do."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from streamsite.mongo.engine.client import get_client

ROOT = Path(__file__).resolve().parent.parent.parent.parent


def test_a_mistyped_database_name_ends_the_worker(database):
    own = {
        "DJANGO_SETTINGS_MODULE": "streamsite.settings",
        "STREAMSITE_DATA_DIR": str(settings.DATA_DIR),
        "MONGODB_NAME": "streamsite_mistyped",
    }
    command = [sys.executable, "-m", "celery", "-A", "streamsite.tasks.celery", "worker", "-Q", "default"]
    ended = subprocess.run(
        command, cwd=ROOT, env=os.environ | own, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert "The database 'streamsite_mistyped' has no site id" in ended.stderr
    assert "streamsite_mistyped" not in get_client().list_database_names()
