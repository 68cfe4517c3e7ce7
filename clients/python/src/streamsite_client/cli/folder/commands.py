"""``import`` and ``watch-folder``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from streamsite_client.cli.exit_codes import FAILED, OK, UsageError, code_of, sentence_of
from streamsite_client.cli.folder.importer import PASSING, Importer, Report
from streamsite_client.cli.folder.info import Info, read_info
from streamsite_client.cli.folder.media import MediaFile, find_media
from streamsite_client.cli.session import Session
from streamsite_client.errors import SignInRequired, StreamsiteError, Unauthorized

RETRY_SECONDS = 60.0


def import_folder(session: Session) -> int:
    """Import a folder; a second run does what the first has not done."""
    folder = _folder_of(session)
    importer = Importer(session, folder)
    found, left_out = find_media(folder)
    if session.args.dry_run:
        return _show(session, [importer.plan(media) for media in found], left_out)
    reports: list[Report] = []
    rows = [(read_info(media.info), media) for media in found]
    with _alone(importer):
        try:
            for info, media in sorted(rows, key=lambda row: row[0].position):
                reports.append(_import_one(importer, media, info))
        except PASSING as error:
            _show(session, reports, left_out)
            session.output.warn(f"{sentence_of(error)} Run the command again to continue.")
            return code_of(error)
    return _show(session, reports, left_out)


def _import_one(importer: Importer, media: MediaFile, info: Info) -> Report:
    try:
        return importer.run(media, info)
    except PASSING:
        raise
    except (StreamsiteError, OSError, ValueError) as error:
        importer.session.output.warn(f"{media.name}: {sentence_of(error)}")
        return Report(media.name, outcome="failed", error=sentence_of(error))


def _show(session: Session, reports: list[Report], left_out: list[str]) -> int:
    for row in left_out:
        session.output.note(f"Left out: {row}")
    for report in reports:
        for sentence in report.left_out:
            session.output.note(f"Left out of {report.file}: {sentence}")
    values = {"files": [report.values() for report in reports], "left_out": left_out}
    if session.output.is_json:
        session.output.result(values, "")
    else:
        rows = [[row.video_id or "-", row.outcome, ", ".join(row.steps) or "-", row.file] for row in reports]
        session.output.table([], rows)
    return FAILED if any(report.outcome == "failed" for report in reports) else OK


def _folder_of(session: Session) -> Path:
    folder = Path(session.args.folder)
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.")
    return folder


@contextmanager
def _alone(importer: Importer) -> Iterator[None]:
    """Hold the folder. Raises ``UsageError`` when another process does."""
    with ExitStack() as held:
        try:
            held.enter_context(importer.state.alone())
        except BlockingIOError:
            raise UsageError("This folder is being imported by another process.") from None
        yield


@dataclass
class _Seen:
    """A file as it was looked at last, and since when it has been so."""

    sizes: tuple[tuple[str, int, int], ...]
    since: float
    not_before: float = 0.0
    is_settled: bool = False


class Watch:
    """Files of a folder that are imported once they have not changed for some seconds."""

    def __init__(self, session: Session, importer: Importer, folder: Path) -> None:
        self._session = session
        self._importer = importer
        self._folder = folder
        self._seen: dict[str, _Seen] = {}

    def look(self) -> bool:
        """Import what has settled; return whether nothing is waited for."""
        found, _ = find_media(self._folder)
        self._seen = {media.name: self._seen[media.name] for media in found if media.name in self._seen}
        for media in found:
            if self._is_due(media):
                self._import(media)
        return all(seen.is_settled for seen in self._seen.values())

    def _is_due(self, media: MediaFile) -> bool:
        now = time.monotonic()
        try:
            stats = [(path.name, path.stat()) for path in media.files()]
        except FileNotFoundError:  # renamed meanwhile
            return False
        sizes = tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)
        seen = self._seen.get(media.name)
        if seen is None or seen.sizes != sizes:
            self._seen[media.name] = _Seen(sizes, now)
            return False
        is_still = now - seen.since >= self._session.args.settle
        return is_still and not seen.is_settled and now >= seen.not_before and media.path.stat().st_size > 0

    def _import(self, media: MediaFile) -> None:
        seen = self._seen[media.name]
        try:
            report = self._importer.run(media)
        except (Unauthorized, SignInRequired):
            raise
        except PASSING as error:
            seen.not_before = time.monotonic() + RETRY_SECONDS
            self._session.output.warn(f"{media.name}: {sentence_of(error)}")
            return
        except (StreamsiteError, OSError, ValueError) as error:
            report = Report(media.name, outcome="failed", error=sentence_of(error))
            self._session.output.warn(f"{media.name}: {report.error}")
        seen.is_settled = True
        if report.outcome != "unchanged":
            self._session.output.result(
                report.values(), f"{report.video_id or '-'}  {report.outcome}  {report.file}"
            )


def watch_folder(session: Session) -> int:
    """Import what appears in a folder until the process is stopped; with ``--once`` until nothing is waited for."""
    folder = _folder_of(session)
    importer = Importer(session, folder)
    with _alone(importer):
        watch = Watch(session, importer, folder)
        session.output.note(f"Watching {folder}. Stop with Ctrl-C.")
        try:
            while not (watch.look() and session.args.once):
                time.sleep(session.args.every)
        except KeyboardInterrupt:
            session.output.note("Stopped.")
    return OK
