"""The arguments of the command, and how it ends."""

from __future__ import annotations

import argparse
import io
import signal
import sys
from collections.abc import Callable, Sequence

from streamsite_client.cli import account, exit_codes, listing, transfers
from streamsite_client.cli.exit_codes import UsageError, code_of, sentence_of
from streamsite_client.cli.folder import commands as folders
from streamsite_client.cli.output import Output
from streamsite_client.cli.session import Session
from streamsite_client.errors import StreamsiteError

EPILOG = """exit codes: 0 done; 1 refused or failed, also for some of the files; 2 arguments; 3 no answer, or not now;
4 sign in; 5 not there or not yours; 130 Ctrl-C.
environment: STREAMSITE_SITE, STREAMSITE_TOKEN (an API token), STREAMSITE_CONFIG_DIR."""
VISIBILITIES = ("private", "unlisted", "public")
MAX_SECONDS = 86400


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="streamsite", description="Work with a Streamsite from the command line.", epilog=EPILOG
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--site", metavar="URL", help="the site (default: the last one signed in to)")
    common.add_argument("--json", action="store_true", help="print the result as JSON")
    common.add_argument("--quiet", "-q", action="store_true", help="print results and errors only")
    common.add_argument("--insecure", action="store_true", help="allow http to other hosts than this one")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[Session], int], text: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = commands.add_parser(
            name, parents=[common], help=text, description=text
        )
        made.set_defaults(run=run)
        return made

    _add_account(add)
    _add_transfers(add)
    _add_folders(add)
    return parser


Add = Callable[[str, Callable[[Session], int], str], argparse.ArgumentParser]


def _add_account(add: Add) -> None:
    login = add("login", account.login, "Sign in to a site and keep the session.")
    login.add_argument("address", nargs="?", metavar="SITE", help="such as https://video.example.org")
    login.add_argument("--username", metavar="NAME", help="username or email")
    login.add_argument(
        "--password-stdin", action="store_true", help="read the password, and a code if needed, line by line"
    )
    login.add_argument(
        "--with-token", action="store_true", help="read an API token instead (scopes read, upload, write)"
    )
    add("logout", account.logout, "End the session and forget it.")
    add("whoami", account.whoami, "Print the signed-in account.")
    ls = add("ls", listing.ls, "List your videos.")
    ls.add_argument("query", nargs="?", help="words of the title")
    ls.add_argument("--status", choices=("uploading", "queued", "processing", "ready", "failed"))
    ls.add_argument("--limit", type=_positive, default=100, metavar="N", help="at most so many (100)")
    other = ls.add_mutually_exclusive_group()
    other.add_argument("--playlists", action="store_true", help="list your playlists instead")
    other.add_argument("--playlist", metavar="ID", help="list the videos of a playlist instead")
    other.add_argument("--channel", metavar="NAME", help="list a channel's videos instead")


def _add_transfers(add: Add) -> None:
    upload = add("upload", transfers.upload, "Upload videos; what was broken off is continued.")
    upload.add_argument("files", nargs="+", metavar="FILE")
    upload.add_argument("--title", help="(default: by the file's name)")
    upload.add_argument("--description")
    upload.add_argument("--tag", action="append", default=[], help="may be repeated")
    upload.add_argument("--wait", action="store_true", help="wait until the videos are processed")
    _add_target(upload)
    download = add("download", transfers.download, "Download a video; what was broken off is continued.")
    download.add_argument("video", metavar="VIDEO_ID")
    download.add_argument("--output", "-o", metavar="PATH", help="file or folder (default: by the title)")
    download.add_argument("--force", action="store_true", help="replace the file")


def _add_folders(add: Add) -> None:
    importing = add(
        "import",
        folders.import_folder,
        "Import a folder of videos with .info.json, captions and thumbnails as yt-dlp writes them.",
    )
    importing.add_argument("--dry-run", action="store_true", help="only say what would be done")
    watch = add("watch-folder", folders.watch_folder, "Import videos as they appear in a folder.")
    watch.add_argument(
        "--settle",
        type=_seconds,
        default=10,
        metavar="S",
        help="seconds without a change before importing (10)",
    )
    watch.add_argument("--every", type=_seconds, default=2, metavar="S", help="seconds between looks (2)")
    watch.add_argument("--once", action="store_true", help="end when nothing is waited for")
    for parser in (importing, watch):
        parser.add_argument("folder", metavar="DIR")
        parser.add_argument(
            "--state", metavar="FILE", help="what was imported (default: .streamsite-import.json in DIR)"
        )
        _add_target(parser)


def _add_target(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--visibility", choices=VISIBILITIES, default="private", help="(private)")
    parser.add_argument("--playlist", metavar="TITLE", help="add to this playlist: an id or a title of yours")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 < number < MAX_SECONDS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return number


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    args = _parser().parse_args(arguments)
    output = Output(is_json=args.json, is_quiet=args.quiet)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Names that the terminal's encoding lacks must not end the command.
            stream.reconfigure(errors="backslashreplace")
    # As after Ctrl-C: files are closed, and what has arrived is remembered.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code: int = args.run(Session(args, output))
    except KeyboardInterrupt:
        output.note("Interrupted. Run the command again to continue.")
        return exit_codes.INTERRUPTED
    except BrokenPipeError:  # the reader of the output has seen enough
        sys.stderr.close()
        return exit_codes.OK
    except (StreamsiteError, UsageError, OSError, ValueError, TimeoutError) as error:
        output.warn(sentence_of(error))
        return code_of(error)
    return code
