"""These need Redis and Celery: `script/test-celery` runs them, `script/test` passes over them."""

import os

import pytest

collect_ignore_glob = [] if os.environ["TASK_BACKEND"] == "celery" else ["test_*.py"]


@pytest.fixture(autouse=True)
def silent_broker():
    """No message of an earlier test."""
    from tests.tasks.celery.messages import lose_messages

    lose_messages()
