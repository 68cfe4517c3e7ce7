"""Backups: where scheduled ones go and how often, the passphrase of keys, and the server of a bucket for backups."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from streamsite import env
from streamsite.settings.bucket import S3_ACCESS_KEY_ID, S3_ENDPOINT_URL, S3_REGION, S3_SECRET_ACCESS_KEY

_PARTS = ("db", "keys", "media")
_MIN_PASSPHRASE = 12

# A folder or s3://bucket/prefix; empty for no scheduled backups.
BACKUP_TO = env.matching(
    "BACKUP_TO",
    "",
    r"/[^\0]*|s3://[A-Za-z0-9][A-Za-z0-9._-]+(?:/[A-Za-z0-9._=+@-]+)*/?|",
    allowed="use the absolute path of a folder, or s3://bucket/prefix",
)
BACKUP_EVERY_HOURS = env.integer("BACKUP_EVERY_HOURS", 24, least=1, most=24 * 31)
BACKUP_KEEP = env.integer("BACKUP_KEEP", 14, least=1, most=10_000)
BACKUP_PARTS = tuple(env.text_list("BACKUP_PARTS", _PARTS))
if not set(BACKUP_PARTS) <= set(_PARTS):
    raise env.invalid_value("BACKUP_PARTS", f"use some of {', '.join(_PARTS)}, separated by commas")
BACKUP_PASSPHRASE = env.secret("BACKUP_PASSPHRASE")
if BACKUP_PASSPHRASE and len(BACKUP_PASSPHRASE) < _MIN_PASSPHRASE:
    raise env.invalid_value("BACKUP_PASSPHRASE", f"use at least {_MIN_PASSPHRASE} characters", is_secret=True)
if BACKUP_TO.startswith("s3:") and "keys" in BACKUP_PARTS and not BACKUP_PASSPHRASE:
    raise ImproperlyConfigured(
        "BACKUP_TO names a bucket, into which keys go encrypted only: set BACKUP_PASSPHRASE_FILE,"
        " or BACKUP_PARTS=db,media"
    )

# Of the bucket for backups, which should not be under the same key as the site's own; by default it is.
BACKUP_S3_REGION = env.matching(
    "BACKUP_S3_REGION", S3_REGION, r"[A-Za-z0-9-]+", allowed="use a region such as eu-central-1"
)
_endpoint = env.server_url(
    "BACKUP_S3_ENDPOINT_URL",
    S3_ENDPOINT_URL or f"https://s3.{BACKUP_S3_REGION}.amazonaws.com",
    example="https://s3.example.org",
)
BACKUP_S3_ENDPOINT_URL = _endpoint.geturl() if env.text("BACKUP_S3_ENDPOINT_URL") else S3_ENDPOINT_URL
BACKUP_S3_ACCESS_KEY_ID = env.text("BACKUP_S3_ACCESS_KEY_ID") or S3_ACCESS_KEY_ID
BACKUP_S3_SECRET_ACCESS_KEY = env.secret("BACKUP_S3_SECRET_ACCESS_KEY") or S3_SECRET_ACCESS_KEY
if BACKUP_TO.startswith("s3:") and bool(BACKUP_S3_ACCESS_KEY_ID) != bool(BACKUP_S3_SECRET_ACCESS_KEY):
    raise ImproperlyConfigured(
        "BACKUP_S3_ACCESS_KEY_ID and BACKUP_S3_SECRET_ACCESS_KEY go together, or neither for the machine's role"
    )
