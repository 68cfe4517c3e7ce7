"""``python -m tests.upgrade.killed_prepare NUMBER``: ``manage.py prepare``, killed after that many writes to MongoDB.

With 0 it runs to its end. Prints every write, in order.
"""

from __future__ import annotations

import os
import sys

from pymongo import monitoring

from streamsite.testing.kills import WriteCounter, kill_self


def main(last: int) -> None:
    """Prepare the site that the environment describes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streamsite.settings")
    counter = WriteCounter()
    monitoring.register(counter)  # before the client is made
    import django
    from django.core.management import call_command

    django.setup()
    done = counter.watch(last, kill_self)
    call_command("prepare", demo=False)
    sys.stdout.write("\n".join(done) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
