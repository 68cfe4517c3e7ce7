"""``script/test-celery``: the tests of the task queue with Celery's workers, and those of the broker."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

from tests.support.redis import RedisServer

DEFAULT_ARGUMENTS = ["-n", "2", "--dist", "loadfile", "-q", "--durations=5", "tests/tasks"]


def main() -> int:
    """Run pytest with ``sys.argv``'s arguments; without any, all of them."""
    with tempfile.TemporaryDirectory(prefix="streamsite-redis-") as folder:
        broker = RedisServer(Path(folder))
        broker.start()
        os.environ["STREAMSITE_TEST_BROKER"] = broker.url
        try:
            return int(pytest.main(sys.argv[1:] or DEFAULT_ARGUMENTS))
        finally:
            broker.kill()


if __name__ == "__main__":
    sys.exit(main())
