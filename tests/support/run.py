"""``script/test``: everything, on all cores, with the browser tests."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from streamsite.mongo.binary import MongodUnavailableError, find_mongod
from tests.support import browser, scratch, second_try


def main() -> int:
    """Run pytest with ``sys.argv``'s arguments; without any, the whole suite."""
    try:
        os.environ["CHROMIUM_BIN"] = browser.require()
        find_mongod()
    except (browser.BrowserMissingError, MongodUnavailableError) as error:
        sys.stderr.write(f"script/test: {error}\n")
        return 1
    # As after Ctrl-C, the fixtures stop the sites and servers that they started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with scratch.temporary_folder():
        if sys.argv[1:]:
            return int(pytest.main(sys.argv[1:]))
        # One more than cores: browsers and processes are waited for often.
        workers = str(min(4, 1 + (os.cpu_count() or 1)))
        return second_try.run_with_reruns(
            ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder", "--durations=10"], ["-q"]
        )


if __name__ == "__main__":
    sys.exit(main())
