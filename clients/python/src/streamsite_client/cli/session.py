"""The context of a subcommand: its arguments, the client of the chosen site, and the output."""

from __future__ import annotations

import os
from argparse import Namespace
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from streamsite_client.cli.credentials import Credentials, SiteStore, chosen_site
from streamsite_client.cli.output import Output
from streamsite_client.client import Client
from streamsite_client.core import site_of
from streamsite_client.errors import SignInRequired
from streamsite_client.memory import FileMemory
from streamsite_client.stores import MemoryStore, TokenStore

# A site takes so many uploads an hour: an import of many files waits until it may go on.
MAX_WAIT_SECONDS = 3700


def state_folder() -> Path:
    """Return the folder of what the command remembers by itself."""
    if named := os.environ.get("STREAMSITE_CONFIG_DIR"):
        return Path(named)
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "streamsite"


@dataclass
class Session:
    """One run of the command."""

    args: Namespace
    output: Output

    @cached_property
    def credentials(self) -> Credentials:
        """The credentials file."""
        return Credentials()

    @cached_property
    def site(self) -> str:
        """The origin of the chosen site."""
        return self.origin(chosen_site(self.args.site, self.credentials))

    @cached_property
    def client(self) -> Client:
        """A client for the signed-in account. Raises ``SignInRequired``."""
        token = os.environ.get("STREAMSITE_TOKEN") or self.credentials.entry(self.site).get("token", "")
        store: TokenStore = MemoryStore() if token else SiteStore(self.credentials, self.site)
        if not token and store.load() is None:
            raise SignInRequired(f"Nobody is signed in to {self.site}.")
        return self.new_client(self.site, store, token)

    @cached_property
    def memory(self) -> FileMemory:
        """The record of unfinished uploads."""
        return FileMemory(state_folder() / "uploads.json")

    @property
    def shows_bars(self) -> bool:
        """True when progress bars are shown."""
        return not (self.output.is_json or self.output.is_quiet)

    def new_client(self, site: str, store: TokenStore, token: str = "") -> Client:
        """Return a client that says why it waits."""
        return Client(
            site,
            token=token,
            store=store,
            allow_insecure=self.args.insecure,
            max_wait=MAX_WAIT_SECONDS,
            on_wait=lambda seconds, error: self.output.note(f"{error} Trying again in {seconds:.0f} s."),
        )

    def origin(self, site: str) -> str:
        """Return the origin of an address. Raises ``ValueError``."""
        return site_of(site, allow_insecure=self.args.insecure)
