"""Subtitle tracks in the editor: each open track is a form of its own within the page's one form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from streamsite.errors import SiteError
from streamsite.view_actions import attempt
from videos.captions import services, webvtt
from videos.forms import CaptionDescriptionForm, CaptionForm, CaptionTextForm
from videos.models import Caption

if TYPE_CHECKING:
    from videos.models import Video

# A page opens a few tracks at a time; the form of a page that opened more is refused as any unreadable one is.
MAX_OPEN = 20


class TrackForm(CaptionTextForm):
    """An open track: its description and cues, and whether it is to be deleted."""

    delete = forms.BooleanField(required=False, label=_("Delete these subtitles when you save"))
    revision = forms.CharField(required=False, max_length=40)

    def __init__(self, track: Caption, data: Any = None) -> None:
        text = webvtt.write([webvtt.Cue(*row) for row in track.cues])
        super().__init__(
            data,
            prefix=f"track-{track.pk}",
            initial={"language": track.language, "label": track.label, "kind": track.kind, "text": text},
        )
        self.track, self._text, self._cues = track, text, list[webvtt.Cue]()
        self.fields["text"].widget.attrs |= {"rows": 14, "data-cues": ""}

    @property
    def is_deleted(self) -> bool:
        """Whether the form deletes its track."""
        return self.is_bound and bool(self.data.get(self.add_prefix("delete")))

    @property
    def is_changed(self) -> bool:
        """Whether a valid form differs from the stored track."""
        stored = {name: getattr(self.track, name) for name in ("language", "label", "kind")}
        return self.track_fields() != stored or webvtt.write(self._cues) != self._text

    def full_clean(self) -> None:
        """Ask nothing of a track that is to be deleted."""
        if self.is_deleted:
            for name in ("language", "kind", "text"):
                self.fields[name].required = False
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        """Read the cues, and refuse to replace what somebody else saved meanwhile."""
        if self.is_deleted or self.errors:
            return self.cleaned_data
        cues = attempt(self.cues)
        if isinstance(cues, SiteError):
            self.add_error("text", cues.sentence)
            return self.cleaned_data
        self._cues = cues
        sent = self.cleaned_data["revision"]
        if sent and sent != self.track.revision and self.is_changed:
            self.add_error(
                None,
                gettext(
                    "Someone saved these subtitles after you opened them. Save again to replace their version."
                ),
            )
        return self.cleaned_data

    def apply(self) -> None:
        """Delete or update the track. Raises ``Conflict``, ``Absent`` or ``Stale``."""
        if self.is_deleted:
            services.delete_track(self.track)
        else:
            revision = self.track.revision
            services.update_track(
                self.track, cues=self._cues, expected_revision=revision, **self.track_fields()
            )


class NewTrackForm(CaptionForm):
    """A track to add, from a file or from typed cues; empty when none is to be added."""

    text = forms.CharField(
        label=_("Cues"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "true", "class": "mono", "data-cues": ""}),
        help_text=_("WebVTT format: a line with the times, one or more lines of text, then a blank line."),
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, prefix="new")
        self.fields["file"].required = self.fields["language"].required = False
        self.found: webvtt.CaptionFile | None = None

    @property
    def is_used(self) -> bool:
        """Whether the form has a track to add."""
        has_file = bool(self.files.get(self.add_prefix("file")))
        return self.is_bound and (has_file or bool(str(self.data.get(self.add_prefix("text"), "")).strip()))

    @property
    def kept_text(self) -> str:
        """The cues to show: those of a file that was read, so that it need not be chosen again, else those typed."""
        if self.found is not None:
            return webvtt.write(self.found.cues)
        return str(self.data.get(self.add_prefix("text"), "")) if self.is_bound else ""

    @property
    def kept_name(self) -> str:
        """The name of the file whose cues are shown."""
        file = self.files.get(self.add_prefix("file")) if self.is_bound else None
        return str(file.name) if file and self.found is not None else ""

    def clean(self) -> dict[str, Any]:
        """Read the file, or the typed cues."""
        sent = self.cleaned_data
        if not self.is_used:
            self.errors.clear()  # a language alone adds nothing
            return sent
        if not sent.get("language") and "language" not in self.errors:
            self.add_error("language", gettext("Select a language."))
        name = "file" if sent.get("file") else "text"
        found = attempt(lambda: self._read(sent))
        if isinstance(found, SiteError):
            self.add_error(name, found.sentence)
        else:
            self.found = found
        return sent

    def _read(self, sent: dict[str, Any]) -> webvtt.CaptionFile:
        if sent.get("file"):
            return self.read()
        return webvtt.read_caption_file(sent.get("text", "").encode(), encoding="utf-8", keep_rolling=True)

    def apply(self, video: Video) -> None:
        """Add the track. Raises ``Conflict``."""
        if self.found is not None:
            services.add_track(video, self.found.cues, **self.track_fields())

    def description(self) -> str:
        """Return what was read of a file, for the uploader to see that it is right; "" for typed cues."""
        if self.found is None or not self.cleaned_data.get("file"):
            return ""
        return describe_file(self.found)


def describe_file(file: webvtt.CaptionFile) -> str:
    """Return how many cues were read of a file, and how."""
    number = len(file.cues)
    sentence = ngettext(
        "Subtitles added: %(number)d cue, read as %(format)s, %(encoding)s.",
        "Subtitles added: %(number)d cues, read as %(format)s, %(encoding)s.",
        number,
    ) % {
        "number": number,
        "format": webvtt.FORMAT_NAMES[file.format],
        "encoding": webvtt.ENCODINGS[file.encoding],
    }
    if not file.left_out:
        return sentence
    lost = ngettext(
        "%(number)d cue couldn't be read and was left out.",
        "%(number)d cues couldn't be read and were left out.",
        file.left_out,
    ) % {"number": file.left_out}
    return f"{sentence} {lost}"


def open_tracks(video: Video, ids: list[str], data: Any = None) -> list[TrackForm]:
    """Return a form for each track of the video with one of the ids. Tracks that are gone are left out."""
    tracks = Caption.objects.filter(pk__in=ids[:MAX_OPEN], video=video) if ids else ()
    return [TrackForm(track, data) for track in services.sort_tracks(tracks)]


def check_names(video: Video, forms_: list[TrackForm], new: NewTrackForm) -> bool:
    """Add errors to valid forms whose language, type and name are another track's as well. Return whether none is."""
    if not (forms_ or new.is_used):
        return True
    taken = {track.pk: (track.language, track.kind, track.label) for track in services.list_tracks(video.pk)}
    for form in forms_:
        taken.pop(form.track.pk, None)
    is_fine = True
    used = set(taken.values())
    kept = [form for form in forms_ if not form.is_deleted]
    described: list[CaptionDescriptionForm] = [*kept, *([new] if new.is_used else [])]
    for one in described:
        name = _name_of(one)
        if name is None:
            is_fine = False
            continue
        if name in used:
            one.add_error("label", str(services.DUPLICATE_DETAIL))
            is_fine = False
        used.add(name)
    return is_fine


def _name_of(form: CaptionDescriptionForm) -> tuple[str, str, str] | None:
    """Return language, type and name of a valid form's track; ``None``, with errors, when they are refused."""
    found = attempt(lambda: services.clean_description(**form.track_fields()))
    if not isinstance(found, SiteError):
        return found["language"], found["kind"], found["label"]
    for field, sentences in (found.fields or {}).items():
        form.add_error(field, sentences)
    return None
