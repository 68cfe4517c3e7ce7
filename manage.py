#!/usr/bin/env python3
"""Django's command line for Streamsite."""

import os
import secrets
import sys

# As in streamsite/management/exit_codes.py, which needs the site's packages.
UNREACHABLE, INTERRUPTED = 3, 130
# These leave files in the data folder, which the site's own user must be able to read and replace.
WRITES_FILES = {
    "backup", "move_media", "prepare", "repackage", "rotate_signing_key", "run_web",
    "remove_demo", "restore", "run_worker", "seed_demo", "sweep",
}  # fmt: skip

# These change nothing in the data folder, nor does any command with --dry-run. They make no folders there either: those
# of root would be closed to the site's user.
SHOWS_ONLY = {"check", "doctor", "help", "nginx_conf", "storage_report", "verify_backup"}
HELP = {"--help", "-h"}
SHOWS_ONLY_OPTIONS = {"--dry-run", "--plan", *HELP}

# These are for sites that have lost their keys, and for machines without a site: what stands in for settings.
STAND_INS = {
    "restore": {"SECRET_KEY": secrets.token_urlsafe(48)},
    "verify_backup": {"SECRET_KEY": secrets.token_urlsafe(48), "MONGODB_URI": "mongodb://127.0.0.1:1/"},
}


def shows_only(arguments: list[str]) -> bool:
    """Return whether a command line, without the program's name, changes nothing in the data folder."""
    return not SHOWS_ONLY.isdisjoint(arguments[:1]) or not SHOWS_ONLY_OPTIONS.isdisjoint(arguments)


def give_up_root() -> None:
    """Continue as the user who owns the data folder, and say so."""
    from django.conf import settings

    from streamsite import privileges

    if told := privileges.drop_root(settings.DATA_DIR):
        sys.stderr.write(f"manage.py: {told}\n")


def main() -> None:
    """Run the command named on the command line; what an operator can put right is a message, not a traceback."""
    if sys.argv[1:] in (["version"], ["--version"]):  # Django would print its own
        from streamsite import __version__

        sys.stdout.write(f"{__version__}\n")
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streamsite.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError, InterfaceError
    from pymongo.errors import PyMongoError

    from streamsite import folders

    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if not HELP.isdisjoint(sys.argv):
        command = "verify_backup"  # the options of a command need no site either
    for name, value in STAND_INS.get(command, {}).items():
        if not os.environ.get(f"{name}_FILE"):
            os.environ.setdefault(name, value)
    try:
        if os.geteuid() == 0 and len(sys.argv) > 1 and sys.argv[1] in WRITES_FILES:
            give_up_root()
        folders.may_create = not shows_only(sys.argv[1:])
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:  # before a command began, which would have said how to continue
        sys.stderr.write("manage.py: stopped before anything was done\n")
        sys.exit(INTERRUPTED)
    except ImproperlyConfigured as error:
        sys.exit(f"manage.py: {error}")
    except (DatabaseError, InterfaceError, PyMongoError) as error:
        from django.conf import settings

        from streamsite.mongo import outage_messages

        told = outage_messages.outage_message(
            error, address=settings.MONGODB_URI, database=settings.MONGODB_NAME
        )
        if not told:
            raise
        sys.stderr.write(f"manage.py: {told}\n")
        sys.exit(UNREACHABLE)


if __name__ == "__main__":
    main()
