"""A process of its own that writes through the ORM until it is told to stop, and says what was acknowledged.

``python -m streamsite.mongo.engine.tests.failover_writer URI``: prints ``ready``, writes until its input ends, prints
JSON: ``{"acknowledged": [session keys], "groups": [names], "errors": {class: count}}``.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from datetime import UTC, datetime

import django
from django.conf import settings

WRITERS = 4


def configure(uri: str) -> None:
    """Make this process a Django project that has sessions and groups."""
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "streamsite.mongo.engine",
                "NAME": "failover",
                "ENFORCE_SCHEMA": False,
                "CLIENT": {"host": uri},
            }
        },
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()


def write(
    number: int, stop: threading.Event, acknowledged: list[str], groups: list[str], errors: Counter[str]
) -> None:
    """Insert rows one after the other; a row is acknowledged when ``create`` returned."""
    from django.contrib.auth.models import Group
    from django.contrib.sessions.models import Session
    from django.db import connection, transaction

    turn = 0
    while not stop.is_set():
        turn += 1
        name = f"{number}-{turn}"
        try:
            if turn % 4:
                Session.objects.create(session_key=name, session_data="", expire_date=datetime.now(UTC))
                acknowledged.append(name)
            else:
                with transaction.atomic():
                    Group.objects.create(name=name)
                    Session.objects.create(session_key=name, session_data="", expire_date=datetime.now(UTC))
                acknowledged.append(name)
                groups.append(name)
        except Exception as error:  # what a caller could see is the test's subject
            errors[f"{type(error).__module__}.{type(error).__name__}"] += 1
    connection.close()


def main() -> None:
    """Run the writers until standard input is closed."""
    configure(sys.argv[1])
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    stop = threading.Event()
    acknowledged: list[str] = []
    groups: list[str] = []
    errors: Counter[str] = Counter()
    threads = [
        threading.Thread(target=write, args=(number, stop, acknowledged, groups, errors))
        for number in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    stop.set()
    for thread in threads:
        thread.join()
    sys.stdout.write(json.dumps({"acknowledged": acknowledged, "groups": groups, "errors": errors}))


if __name__ == "__main__":
    main()
