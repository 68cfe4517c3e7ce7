"""The command line of ``script/server``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from streamsite import env, privileges
from streamsite.console import print_line
from streamsite.front.caddy import options as https_options
from streamsite.supervisor.processes import ROOT
from streamsite.supervisor.site import Supervisor


def parse(arguments: list[str]) -> argparse.Namespace:
    """Parse the command line of ``script/server``."""
    parser = argparse.ArgumentParser(prog="script/server", description="Run Streamsite on this machine.")
    parser.add_argument("--port", type=int, default=None, help="the port (PORT; 8000)")
    parser.add_argument(
        "--host",
        default=None,
        help="open the site to the network: an address or the name of this machine, 0.0.0.0 or :: for all its "
        "addresses (127.0.0.1, for this machine only; with --domain all)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("STREAMSITE_DATA_DIR") or ROOT / "var"),
        help="data folder (STREAMSITE_DATA_DIR; ./var)",
    )
    parser.add_argument(
        "--no-demo", dest="demo", action="store_false", help="don't create demo accounts and clips"
    )
    parser.add_argument(
        "--no-front", dest="front", action="store_false", help="serve requests directly, without nginx"
    )
    parser.add_argument(
        "--database-only",
        action="store_true",
        help="run only the bundled MongoDB, for restoring a dump",
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=min(2, os.cpu_count() or 1),
        help="web processes (at most 2 by default)",
    )
    https_options.add_arguments(parser)
    options = parser.parse_args(arguments)
    if options.port is not None and not 1 <= options.port <= 65_535:
        parser.error("--port must be between 1 and 65535")
    if not 1 <= options.workers <= 64:
        parser.error("--workers must be between 1 and 64")
    return options


def main() -> int:
    """Run the site until told to stop; return the exit code. ``.env`` holds for this process too."""
    try:
        env.load_dotenv(ROOT / ".env")
        options = parse(sys.argv[1:])
        if told := privileges.drop_root(options.data.expanduser().resolve()) or privileges.root_warning():
            print_line("server", told)
        return Supervisor(options).run()
    except ImproperlyConfigured as error:
        sys.stderr.write(f"script/server: {error}\n")
        return 2
