"""The stamp of the last ``manage.py prepare``, by which a start knows whether it has to run again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from streamsite import __version__, setup_link_store, site_id
from streamsite.mongo.server import EmbeddedMongo
from streamsite.supervisor.processes import ROOT


class Preparation:
    """The stamp in a data folder that says for which code and database it was prepared."""

    def __init__(self, data_dir: Path, mongo: EmbeddedMongo, *, demo: bool) -> None:
        self._data_dir, self._mongo, self._demo = data_dir, mongo, demo

    @property
    def _stamp(self) -> Path:
        """The file; never restored with a backup."""
        return self._data_dir / "run" / "prepared"

    @property
    def was_done(self) -> bool:
        """True when this folder was prepared by some version. Reads no database."""
        return self._stamp.is_file()

    @property
    def uri(self) -> str:
        """The database's connection string, password included: never log it."""
        return self._mongo.uri

    def is_current(self, site_url: str) -> bool:
        """Return whether nothing has to be prepared. ``site_url`` is the site's address."""
        if not any((self._data_dir / "keys" / "tokens").glob("*.pem")):
            return False
        if site_url.startswith("https:"):
            return False  # preparing reads the settings, and refuses those that no public site may have
        try:
            site = self._read_site_document()
            if not site or site_id.read_folder_id(self._data_dir / "media") != site.get("site_id"):
                return False  # preparing says what is wrong, or completes what is missing
        except (PyMongoError, site_id.SiteMismatch):
            return False
        return self._stamp.is_file() and self._stamp.read_text() == self._content(site)

    def mark_done(self) -> None:
        """Write the stamp, after ``manage.py prepare`` succeeded."""
        self._stamp.write_text(self._content(self._read_site_document()), encoding="utf-8")
        # Where an earlier version kept it: a copy of the database would take it along.
        (self._data_dir / "db" / "streamsite-prepared").unlink(missing_ok=True)

    def issue_setup_link(self) -> str:
        """Return the token of a new set-up link, "" when the site has staff."""
        with self._client() as client:
            return setup_link_store.issue(client[self._mongo.database])

    def _client(self) -> MongoClient[dict[str, object]]:
        return MongoClient(self._mongo.uri, serverSelectionTimeoutMS=5_000)

    def _content(self, site: dict[str, object]) -> str:
        return f"{fingerprint(demo=self._demo, database=self._mongo.database)} {site.get('prepared', '')}"

    def _read_site_document(self) -> dict[str, object]:
        with self._client() as client:
            return site_id.read_site_document(client[self._mongo.database])


def fingerprint(*, demo: bool, database: str) -> str:
    """Return a hash of what ``manage.py prepare`` depends on: version, code of models and indexes, database, demo."""
    digest = hashlib.sha256(f"demo={demo} database={database} version={__version__}".encode())
    sources = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/models.py"), *ROOT.glob("*/mongo.py")]
    sources += [*(ROOT / "streamsite" / "mongo").rglob("*.py"), *(ROOT / "streamsite" / "tasks").glob("*.py")]
    sources += [*ROOT.glob("*/management/commands/*.py"), ROOT / "requirements.txt"]
    for source in sorted(sources):
        digest.update(str(source.relative_to(ROOT)).encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()
