"""The editor's page as one form of several: everything is checked before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.forms import BaseForm
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from streamsite import formats
from streamsite.errors import Absent, SiteError, Stale
from streamsite.view_actions import add_form_errors, attempt
from videos import access, schedules, services
from videos.editor import merging, track_forms
from videos.editor.chapters_form import ChaptersForm
from videos.editor.thumbnail_form import ThumbnailForm
from videos.editor.track_forms import NewTrackForm
from videos.forms import VideoForm
from videos.metadata import clean_metadata
from videos.models import Video

# Names of what was saved, where a field's label is a sentence.
SHORT_NAMES = {
    "is_sensitive": gettext_lazy("Audience"),
    "allow_comments": gettext_lazy("Comments"),
    "allow_embed": gettext_lazy("Embedding"),
    "embed_domains": gettext_lazy("Embedding"),
    "allow_download": gettext_lazy("Downloads"),
    "normalise_loudness": gettext_lazy("Audio loudness"),
    "publish_at": gettext_lazy("Schedule"),
    "publish_visibility": gettext_lazy("Schedule"),
    "chapters": gettext_lazy("Chapters"),
}


# Times that a save is merged with what was written to the video at the same moment.
MAX_MERGES = 5


@dataclass
class Saved:
    """The names of what was saved, and sentences about it."""

    names: list[str] = field(default_factory=list)
    notices: list[str | SafeString] = field(default_factory=list)

    def add(self, name: str) -> None:
        """Add a name, once."""
        if name not in self.names:
            self.names.append(name)

    def message(self) -> SafeString:
        """Return all of it for a toast. It is HTML: a sentence about a schedule has a ``<time>``."""
        first = _("Saved: %(parts)s.") % {"parts": formats.listed(self.names)} if self.names else ""
        sentences = [one for one in (first, *self.notices) if one]
        return format_html_join(" ", "{}", ((one,) for one in sentences or [_("No changes to save.")]))


class Submission:
    """The forms of one page of the editor, unbound when it is only shown."""

    def __init__(
        self, video: Video, data: Any = None, files: Any = None, *, open_ids: Iterable[str] = ()
    ) -> None:
        self.video, self.problems = video, list[str]()
        self.details = VideoForm(data) if data is not None else VideoForm.for_video(video)
        self.details.explain_schedule(video)
        self.details.explain_marks(video)
        self.thumbnail = ThumbnailForm(video, data, files)
        self.chapters = ChaptersForm(video, data)
        ids = list(open_ids) if data is None else data.getlist("track")
        self.tracks = track_forms.open_tracks(video, ids, data)
        self.new_track = NewTrackForm(data, files)
        self._shown = merging.read_digests(data.get("shown", "")) if data is not None else {}
        self._changes: dict[str, object] = {}
        self._conflicts: list[str] = []
        self._data = data
        if data is not None:
            self._recover_lost(set(ids))

    @property
    def forms(self) -> list[BaseForm]:
        """All forms."""
        return [self.details, self.thumbnail, self.chapters, *self.tracks, self.new_track]

    @property
    def shown_digests(self) -> str:
        """What the page showed, for the hidden field by which the next save knows what the user changed.

        A refused form still has the values of the page that was sent, and now knows what somebody else changed as well.
        """
        asked = {*self.details.fields, *self.chapters.fields}
        stored = {name: one for name, one in merging.stored_digests(self.video).items() if name in asked}
        if not self._shown:
            return merging.write_digests(stored)
        return merging.write_digests({**self._shown, **{name: stored[name] for name in self._conflicts}})

    def save(self) -> Saved | None:
        """Check everything, then write it. Return ``None`` when something was refused; the forms then say what."""
        if not self._is_valid():
            return None
        saved = Saved()
        refusal = attempt(lambda: self._write(saved))
        if not isinstance(refusal, SiteError):
            return saved
        if isinstance(refusal, Absent):
            access.video_for_editing(self.video.channel, self.video.pk)  # raises it for a video that is gone
            ids = self._data.getlist("track")
            self.tracks = track_forms.open_tracks(self.video, ids, self._data)
            self._recover_lost(set(ids))
        else:
            add_form_errors(self.details, refusal)
        self.thumbnail.discard()
        if saved.names:
            self.problems.append(_("These were saved: %(parts)s.") % {"parts": formats.listed(saved.names)})
        return None

    def _recover_lost(self, ids: set[str]) -> None:
        """Offer the cues of an open track that was deleted elsewhere as a track to add."""
        for track_id in sorted(ids - {form.track.pk for form in self.tracks})[:1]:
            names = ("language", "kind", "label", "text")
            values = {f"new-{name}": self._data.get(f"track-{track_id}-{name}", "") for name in names}
            self.problems.append(
                _("Subtitles that you edited were deleted elsewhere. Save to add them again.")
            )
            if not self.new_track.is_used and values["new-text"]:
                self.new_track = NewTrackForm(values, {})

    def _is_valid(self) -> bool:
        # Every form is asked: each says what is wrong with it, and keeps its file.
        refused = [form for form in self.forms if not form.is_valid()]
        is_fine = not refused and not self.problems
        if is_fine:
            is_fine = track_forms.check_names(self.video, self.tracks, self.new_track)
        return self._read_changes() and is_fine

    def _read_changes(self) -> bool:
        """Find out what of the video's own fields was changed. Return whether all of it can be saved."""
        if not (self.details.is_valid() and self.chapters.is_valid()):
            return False
        visibility = self.details.visibility_changes()
        sent = {**self.details.changes(), **self.chapters.changes()}
        clean = attempt(lambda: clean_metadata(sent))
        if isinstance(clean, SiteError):
            self._add_errors(clean.fields or {})
            return False
        fields = {name: value for name, value in clean.items() if name not in visibility}
        changes, conflicts = merging.split_changes(self.video, fields, self._shown)
        self._changes = changes | {name: value for name, value in clean.items() if name in visibility}
        self._conflicts = conflicts
        sentence = _("Someone changed this after you opened the page. Save again to replace their version.")
        self._add_errors({name: [sentence] for name in conflicts})
        return not conflicts

    def _add_errors(self, problems: Mapping[str, list[str]]) -> None:
        for name, sentences in problems.items():
            form = self.chapters if name == "chapters" else self.details
            form.add_error(name if name in form.fields else None, sentences)

    def _update(self) -> Video:
        """Write the changes and return the video. Raises ``Stale``, ``Absent``, or what else refuses them.

        A worker or another page may write to the video after it was read. What the page changed is compared anew
        then: only a field that both changed is refused.
        """
        for _attempt in range(MAX_MERGES):
            try:
                return services.update(self.video, self._changes, expected_version=self.video.version)
            except Stale as error:
                refusal = error
            access.video_for_editing(self.video.channel, self.video.pk)  # refuses a video that is gone
            self.video.refresh_from_db()
            if not self._read_changes():
                break
        raise refusal

    def _write(self, saved: Saved) -> None:
        """Write what was changed; what can be refused for reasons outside the forms comes first."""
        self.thumbnail.prepare()
        if self._changes:
            self._note_changes(saved, self._update())
        # A track may get the name of one that goes.
        for form in sorted(self.tracks, key=lambda form: not form.is_deleted):
            if form.is_deleted or form.is_changed:
                name = form.track.label
                form.apply()
                saved.add(_("Subtitles (%(name)s)") % {"name": name})
        if self.new_track.is_used:
            self.new_track.apply(self.video)
            saved.notices.append(self.new_track.description() or _("Subtitles added."))
        if self.thumbnail.is_changed:
            self.thumbnail.apply()
            saved.add(_("Thumbnail"))

    def _note_changes(self, saved: Saved, changed: Video) -> None:
        for name in self._changes:
            if name == "visibility" and changed.visibility == self.video.visibility:
                continue
            label = SHORT_NAMES.get(name) or self.details.fields[name].label
            if name not in {"publish_at", "publish_visibility"} or self._is_rescheduled(changed):
                saved.add(str(label))
        if changed.publish_at is not None and self._is_rescheduled(changed):
            saved.notices.append(schedules.schedule_sentence(changed.publish_at, changed.publish_visibility))
        saved.notices.append(schedules.cancellation_notice(self.video, changed))

    def _is_rescheduled(self, changed: Video) -> bool:
        before = (self.video.publish_at, self.video.publish_visibility)
        return (changed.publish_at, changed.publish_visibility) != before
