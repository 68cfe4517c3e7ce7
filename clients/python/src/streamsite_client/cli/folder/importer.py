"""The import of one media file: upload, details, captions, thumbnail, playlist, each once."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from streamsite_client.cli.exit_codes import sentence_of
from streamsite_client.cli.folder.info import Info, read_info
from streamsite_client.cli.folder.media import MediaFile
from streamsite_client.cli.folder.state import NAME, Entry, LastingMemory, State
from streamsite_client.cli.session import Session
from streamsite_client.cli.transfers import add_to_playlist, find_playlist, send_file
from streamsite_client.errors import (
    ApiError,
    Conflict,
    NetworkError,
    NotFound,
    SignInRequired,
    Throttled,
    Unauthorized,
    Unavailable,
    UploadInterrupted,
    ValidationFailed,
)
from streamsite_client.uploads import Uploaded

MAX_CAPTIONS, MAX_IMAGE = 2 * 1024 * 1024, 10 * 1024 * 1024
# Not about this file: what is left is done by the next run.
PASSING = (NetworkError, UploadInterrupted, Throttled, Unavailable, Unauthorized, SignInRequired)


@dataclass
class Report:
    """The result for one file. ``outcome``: imported, updated, unchanged, planned, failed."""

    file: str
    outcome: str = "unchanged"
    video_id: str | None = None
    title: str | None = None
    steps: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    error: str | None = None

    def values(self) -> dict[str, Any]:
        """Return the report for programs."""
        return asdict(self)


class Importer:
    """Imports files of one folder to one account."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.session = session
        account = session.client.account.me()
        path = Path(session.args.state) if session.args.state else folder / NAME
        self.state = State(path, f"{session.site}#{account['id']}")
        self._memory = LastingMemory(session.memory)
        self._playlist = ""

    @property
    def playlist(self) -> str:
        """The id of the wanted playlist, which is created for the first video; empty without one."""
        if self.session.args.playlist and not self._playlist:
            self._playlist = find_playlist(self.session, self.session.args.playlist)
        return self._playlist

    def plan(self, media: MediaFile) -> Report:
        """Say what ``run`` would do."""
        info, entry = read_info(media.info), self.state.find(media.name, media.path)
        report = self._report(media, info, entry)
        report.steps = ([] if entry.video_id else ["upload"]) + self._missing(media, info, entry)
        report.outcome = "planned" if report.steps else "unchanged"
        return report

    def run(self, media: MediaFile, info: Info | None = None) -> Report:
        """Do what has not been done. Raises what is not about this file alone, such as ``NetworkError``."""
        info = info or read_info(media.info)
        entry = self.state.find(media.name, media.path)
        report = self._report(media, info, entry)
        if not entry.video_id:
            self._upload(media, info, entry, report)
            report.video_id, report.outcome = entry.video_id, "imported"
            report.steps.append("upload")
        try:
            for step in self._missing(media, info, entry):
                self._take(step, media, info, entry, report)
                entry.done.append(step)
                self.state.save(media.name, entry)
        except NotFound:
            report.left_out.append("The video was deleted on the site; it is not uploaded again.")
            return report
        if report.steps and report.outcome == "unchanged":
            report.outcome = "updated"
        self.state.save(media.name, entry)
        return report

    def _report(self, media: MediaFile, info: Info, entry: Entry) -> Report:
        return Report(
            media.name,
            video_id=entry.video_id or None,
            title=info.fields.get("title"),
            left_out=[*media.left_out, *info.notes],
        )

    def _upload(self, media: MediaFile, info: Info, entry: Entry, report: Report) -> None:
        try:
            uploaded = self._send(media, info.fields)
        except ValidationFailed as error:
            rest = {name: value for name, value in info.fields.items() if name not in error.fields}
            if rest == info.fields:
                raise
            report.left_out.append(f"metadata: {sentence_of(error)}")
            uploaded = self._send(media, rest)
        entry.content["video_id"] = uploaded.video_id
        self.state.save(media.name, entry)
        self._memory.forget_now()

    def _send(self, media: MediaFile, fields: dict[str, str]) -> Uploaded:
        others = {name: value for name, value in fields.items() if name not in {"title", "description"}}
        return send_file(
            self.session,
            media.path,
            memory=self._memory,
            visibility=self.session.args.visibility,
            title=fields.get("title"),
            description=fields.get("description"),
            **others,
        )

    def _missing(self, media: MediaFile, info: Info, entry: Entry) -> list[str]:
        steps = ["details"] if info.changes else []
        steps += [f"captions:{caption.path.name}" for caption in media.captions]
        steps += ["thumbnail"] if media.thumbnail else []
        wanted = self.session.args.playlist
        steps += [f"playlist:{wanted}"] if wanted else []
        return [step for step in steps if step not in entry.done]

    def _take(self, step: str, media: MediaFile, info: Info, entry: Entry, report: Report) -> None:
        """Take a step; what the site refuses is reported and left out."""
        kind, _, name = step.partition(":")
        try:
            match kind:
                case "details":
                    self._change(entry.video_id, info.changes, report)
                case "captions":
                    self._add_captions(name, media, info, entry.video_id)
                case "thumbnail":
                    image = _read(media.thumbnail, MAX_IMAGE)
                    self.session.client.videos.set_thumbnail(entry.video_id, image=image)
                case "playlist":
                    add_to_playlist(self.session.client, self.playlist, entry.video_id)
        except (*PASSING, NotFound):
            raise
        except (ApiError, ValueError) as error:
            report.left_out.append(f"{name or kind}: {sentence_of(error)}")
        else:
            report.steps.append(step)

    def _change(self, video_id: str, changes: dict[str, Any], report: Report) -> None:
        videos = self.session.client.videos
        try:
            videos.update(video_id, **changes)
        except ValidationFailed as error:
            rest = {name: value for name, value in changes.items() if name not in error.fields}
            if not rest or rest == changes:
                raise
            report.left_out.append(f"details: {sentence_of(error)}")
            videos.update(video_id, **rest)

    def _add_captions(self, name: str, media: MediaFile, info: Info, video_id: str) -> None:
        caption = next(caption for caption in media.captions if caption.path.name == name)
        language = caption.language or info.fields.get("language", "")
        if not language:
            raise ValueError("its name does not say the language, as in film.en.vtt")
        content = _read(caption.path, MAX_CAPTIONS)
        # The same for the same file, so that a step whose answer was lost is not taken twice.
        key = hashlib.sha256(f"{video_id}\n{name}\n".encode() + content).hexdigest()
        try:
            self.session.client.videos.add_captions(
                video_id, content, language=language, name=caption.path.name, key=key
            )
        except Conflict as error:
            raise ValueError(f"the video has such captions ({error.detail})") from error


def _read(path: Path | None, limit: int) -> bytes:
    if path is None or path.stat().st_size > limit:
        raise ValueError(f"larger than {limit // 1024 // 1024} MB")
    return path.read_bytes()
