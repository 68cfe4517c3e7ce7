"""Messages for a database and a data folder that do not belong together: what is wrong, and what to do."""

from __future__ import annotations

from django.conf import settings


def database_name() -> str:
    """Return the name of the site's database."""
    return str(settings.DATABASES["default"]["NAME"])


def describe_mismatch(database: str, folder: str) -> str:
    """Return what is wrong with these two ids, and what to do; "" when they are the same."""
    name, here = database_name(), f"the data folder {settings.DATA_DIR}"
    if database and database == folder:
        return ""
    if database and folder:
        return (
            f"The database {name!r} and {here} belong to different sites (ids {database[:8]} and {folder[:8]})."
            " Correct MONGODB_NAME, MONGODB_URI or STREAMSITE_DATA_DIR, or restore both from the same backup;"
            " `manage.py site_id --adopt` declares that they belong together."
        )
    if folder:
        return (
            f"The database {name!r} has no site id, but {here} belongs to a site ({folder[:8]}): the database is"
            " empty, was not restored, or is not the one of this site. Correct MONGODB_NAME or MONGODB_URI, or restore"
            " the database; `manage.py site_id --adopt` declares that they belong together."
        )
    if database:
        return (
            f"The database {name!r} belongs to a site ({database[:8]}), but {here} has no site id: it was not"
            " restored, is not mounted, or is not the one of this site. Mount it, correct STREAMSITE_DATA_DIR, or"
            " restore media/, then run `manage.py prepare`; `manage.py site_id --adopt` declares that they belong"
            " together."
        )
    return f"The database {name!r} and {here} have no site id yet. Run `manage.py prepare` first."


def unknown_files_message() -> str:
    """Return the message for a data folder with files that the database does not know."""
    name = database_name()
    return (
        f"The data folder {settings.DATA_DIR} has media files, and the database {name!r} knows none of them: it is"
        " empty, was not restored, or is not the one of this site. Correct MONGODB_NAME or MONGODB_URI, or restore the"
        " database; `manage.py site_id --adopt` declares that they belong together."
    )


def missing_files_message() -> str:
    """Return the message for a database that names files while the data folder has none."""
    name = database_name()
    return (
        f"The database {name!r} names media files, and the data folder {settings.DATA_DIR} has none: it was not"
        " restored, is not mounted, or is not the one of this site. Mount it, correct STREAMSITE_DATA_DIR or restore"
        " media/; `manage.py site_id --adopt` declares that they belong together."
    )
