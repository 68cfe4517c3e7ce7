"""The command ``streamsite``."""

from streamsite_client.cli.main import main

__all__ = ["main"]
