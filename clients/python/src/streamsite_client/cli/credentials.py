"""Where the command keeps sessions: one file for its owner alone, with an entry per site."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from streamsite_client.cli.exit_codes import UsageError
from streamsite_client.errors import SignInRequired
from streamsite_client.stores import Tokens, locked, read_json, write_private

FIELDS = {"access", "refresh", "expires_at", "session_id"}


def config_folder() -> Path:
    """Return the folder of settings, by STREAMSITE_CONFIG_DIR or the platform's custom."""
    if named := os.environ.get("STREAMSITE_CONFIG_DIR"):
        return Path(named)
    base = os.environ.get("XDG_CONFIG_HOME") or os.environ.get("APPDATA") or Path.home() / ".config"
    return Path(base) / "streamsite"


class Credentials:
    """The file ``credentials.json``: ``{current, sites: {site: {username, token | access, refresh, ...}}}``."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_folder() / "credentials.json"

    @property
    def current(self) -> str:
        """The site that was signed in to last."""
        return str(read_json(self.path).get("current", ""))

    def entry(self, site: str) -> dict[str, Any]:
        """Return the stored credentials of a site; empty before the first sign-in."""
        entry = read_json(self.path).get("sites", {}).get(site, {})
        return entry if isinstance(entry, dict) else {}

    def change(self, site: str, entry: dict[str, Any] | None, *, is_current: bool = False) -> None:
        """Replace or remove what is kept for a site."""
        with locked(self.path):
            content = read_json(self.path)
            sites = content.setdefault("sites", {})
            if entry is None:
                sites.pop(site, None)
                if content.get("current") == site:
                    content["current"] = next(iter(sites), "")
            else:
                sites[site] = entry
                if is_current or not content.get("current"):
                    content["current"] = site
            write_private(self.path, content)


class SiteStore:
    """The tokens of one site in the credentials file. All its writes are made under the file's lock."""

    def __init__(self, credentials: Credentials, site: str) -> None:
        self._credentials = credentials
        self._site = site

    def load(self) -> Tokens | None:
        entry = self._credentials.entry(self._site)
        try:
            return Tokens(**{name: entry[name] for name in FIELDS}) if "refresh" in entry else None
        except KeyError:
            return None

    def save(self, tokens: Tokens) -> None:
        self._credentials.change(self._site, self._credentials.entry(self._site) | asdict(tokens))

    def clear(self) -> None:
        self._credentials.change(self._site, None)

    def lock(self) -> AbstractContextManager[None]:
        # Not the file's own lock, which saving takes.
        return locked(self._credentials.path.with_name("refresh"))


def chosen_site(given: str | None, credentials: Credentials) -> str:
    """Return the site of ``--site``, STREAMSITE_SITE or the last sign-in. Raises ``SignInRequired``."""
    site = given or os.environ.get("STREAMSITE_SITE") or credentials.current
    if not site:
        raise SignInRequired("No site was named and nobody is signed in.")
    return site


def required(value: str, sentence: str) -> str:
    """Return a text that must not be empty. Raises ``UsageError``."""
    if not value:
        raise UsageError(sentence)
    return value
