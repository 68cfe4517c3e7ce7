"""Forms of the video pages. Services hold the rules; forms only ask and show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import channel_marks
from streamsite.errors import Invalid
from streamsite.licenses import License
from streamsite.site_settings.features import features
from streamsite.visibility import Visibility
from videos import original_dates, queries
from videos.captions import webvtt
from videos.form_fields import DateTimeTextField, LanguageField
from videos.models import CATEGORIES, Video
from videos.models.address_import import MAX_URL
from videos.models.caption import CaptionKind
from videos.models.moderation import Reason

# Visibility, now and later. The form repeats their values as of the opening of the page, so that only fields that
# were changed count: the schedule may have run in the meantime.
SCHEDULE_FIELDS = ("publish_at", "publish_visibility")
VISIBILITY_FIELDS = ("visibility", *SCHEDULE_FIELDS)

# What can be chosen only where the site has the feature.
FEATURE_FIELDS = {
    "comments": ("allow_comments",),
    "embeds": ("allow_embed", "embed_domains"),
    "downloads": ("allow_download",),
}


class VisibilityForm(forms.Form):
    """Visibility, now and at a time."""

    visibility = forms.ChoiceField(
        label=_("Visibility"), choices=Visibility.choices, widget=forms.RadioSelect, show_hidden_initial=True
    )
    publish_at = DateTimeTextField(
        required=False,
        show_hidden_initial=True,
        label=_("Schedule"),
        help_text=_("The video's visibility changes automatically at this time."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    publish_visibility = forms.ChoiceField(
        choices=Visibility.choices, label=_("Publish as"), required=False, show_hidden_initial=True
    )

    def clean_publish_visibility(self) -> str:
        """Return the chosen visibility, public by default."""
        return self.cleaned_data["publish_visibility"] or Visibility.PUBLIC

    def visibility_changes(self) -> dict[str, object]:
        """Return the cleaned data about visibility, without what was not changed."""
        touched = {name for name in VISIBILITY_FIELDS if name in self.changed_data}
        if touched & set(SCHEDULE_FIELDS):
            touched |= set(SCHEDULE_FIELDS)
        return {name: value for name, value in self.cleaned_data.items() if name in touched}


class VideoForm(VisibilityForm):
    """The details of a video that its owner may change."""

    title = forms.CharField(label=_("Title"), max_length=120)
    description = forms.CharField(
        label=_("Description"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    tags = forms.CharField(
        label=_("Tags"), max_length=900, required=False, help_text=_("Separate tags with commas. Up to 20.")
    )
    category = forms.ChoiceField(label=_("Category"), choices=CATEGORIES)
    language = LanguageField(empty_label=_("Not specified"), required=False)
    license = forms.ChoiceField(choices=License.choices, label=_("License"), required=False)
    is_sensitive = forms.BooleanField(
        required=False,
        label=_("Mark this video as sensitive"),
        help_text=_("For content that isn't suitable for everyone. Viewers choose what they see of it."),
    )
    originally_published_on = forms.DateField(
        required=False,
        label=_("Original publication date"),
        help_text=_(
            "When the video was first published elsewhere. Viewers see this date and can sort by it."
        ),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": original_dates.MIN_DATE}),
    )
    allow_comments = forms.BooleanField(required=False, label=_("Allow comments"))
    allow_embed = forms.BooleanField(required=False, label=_("Allow embedding on other sites"))
    embed_domains = forms.CharField(
        max_length=6000,
        required=False,
        label=_("Sites that can embed this video"),
        help_text=_(
            "One domain per line, up to 20, such as example.org or *.example.org. Leave empty for all sites."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"}),
    )
    allow_download = forms.BooleanField(required=False, label=_("Allow viewers to download this video"))
    normalise_loudness = forms.BooleanField(
        required=False,
        label=_("Normalize audio loudness"),
        help_text=_("Takes effect the next time the video is processed."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["license"].is_alternative = True  # type: ignore[attr-defined]
        for feature, names in FEATURE_FIELDS.items():
            if not getattr(features(), feature):
                for name in names:
                    del self.fields[name]

    def changes(self) -> dict[str, object]:
        """Return the cleaned data for ``services.update``, without what was not changed of who may see the video."""
        details = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in VISIBILITY_FIELDS and (name != "license" or value)
        }
        return details | self.visibility_changes()

    def explain_marks(self, video: Video) -> None:
        """Add a note beside the owner's mark, if the video is sensitive by another one."""
        if video.is_sensitive_by_staff or channel_marks.is_sensitive(video.channel):
            self.fields["is_sensitive"].help_text = _(
                "Your channel's settings or moderators already mark this video as sensitive."
            )

    def explain_schedule(self, video: Video) -> None:
        """Add a note beside the visibility, if the video has a schedule: changing it cancels the schedule."""
        if video.publish_at is not None:
            self.fields["visibility"].help_text = _("Changing the visibility cancels the schedule.")

    @classmethod
    def for_video(cls, video: Video) -> VideoForm:
        """Return an unbound form with the video's current values."""
        initial: dict[str, object] = {name: getattr(video, name) for name in cls.base_fields}
        initial["language"] = video.language or queries.last_language(video.channel_id)
        initial["tags"] = ", ".join(video.tags)
        initial["embed_domains"] = "\n".join(video.embed_domains)
        initial["publish_at"] = video.publish_at or ""
        return cls(initial=initial)


class CaptionDescriptionForm(forms.Form):
    """Language, name and kind of a caption track."""

    language = LanguageField(empty_label=_("Select a language"))
    label = forms.CharField(
        max_length=60,
        required=False,
        label=_("Name"),
        help_text=_(
            "Shown in the player's menu. Tracks with the same language and type need different names."
        ),
    )
    kind = forms.ChoiceField(label=_("Type"), choices=CaptionKind.choices)

    def track_fields(self) -> dict[str, str]:
        """Return language, label and kind, as ``add_track`` and ``update_track`` take them."""
        return {name: self.cleaned_data[name] for name in ("language", "label", "kind")}


class CaptionForm(CaptionDescriptionForm):
    """A new caption track from a file."""

    file = forms.FileField(
        label=_("Subtitle file"),
        help_text=_(
            "WebVTT (.vtt), SubRip (.srt), SubStation Alpha (.ass, .ssa), SBV, or TTML (.ttml, .dfxp), up to 2 MB."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join((*webvtt.SUFFIXES, "text/vtt"))}),
    )
    encoding = forms.ChoiceField(
        choices=[("", _("Detect automatically")), *webvtt.ENCODINGS.items()],
        required=False,
        label=_("Character encoding"),
        help_text=_("Choose one if letters look wrong."),
    )
    field_order = ("file", "language", "kind", "label", "encoding")

    def read(self) -> webvtt.CaptionFile:
        """Parse the file. Raises ``Invalid`` or ``TooLarge``."""
        sent = self.cleaned_data
        content = sent["file"].read(webvtt.MAX_BYTES + 1)
        return webvtt.read_caption_file(
            content, encoding=sent.get("encoding", ""), language=sent.get("language", "")
        )


class CaptionTextForm(CaptionDescriptionForm):
    """A caption track's description and its cues as text."""

    text = forms.CharField(
        label=_("Cues"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true", "class": "mono"}),
        help_text=_("WebVTT format: a line with the times, one or more lines of text, then a blank line."),
    )

    def cues(self) -> list[webvtt.Cue]:
        """Return the edited cues. Raises ``Invalid`` when one has times that cannot be read."""
        text = self.cleaned_data["text"].encode("utf-8", "replace")
        file = webvtt.read_caption_file(text, encoding="utf-8", keep_rolling=True)
        if file.left_out:
            sentence = ngettext(
                "%(number)d cue has times that can't be read. Write times like 00:01:30.500 --> 00:01:32.000.",
                "%(number)d cues have times that can't be read. Write times like 00:01:30.500 --> 00:01:32.000.",
                file.left_out,
            ) % {"number": file.left_out}
            raise Invalid(sentence, fields={"text": [sentence]})
        return file.cues


def parse_number(text: str, *, field: str) -> float:
    """Return the finite number that ``text`` holds. Raises ``Invalid`` for the field otherwise."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Invalid(gettext("Enter a number."), fields={field: [gettext("Enter a number.")]})
    return value


class UploadForm(forms.Form):
    """An upload without JavaScript: of one file or of several, which share all but the title."""

    file = forms.FileField(label=_("Video files"), allow_empty_file=True)
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    description = forms.CharField(
        label=_("Description"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    visibility = forms.ChoiceField(label=_("Visibility"), choices=Visibility.choices)
    license = forms.ChoiceField(label=_("License"), choices=License.choices, required=False)
    is_sensitive = forms.BooleanField(label=_("Mark as sensitive"), required=False)


class ImportForm(forms.Form):
    """A video to fetch from an address. ``playlists`` are ids and titles to choose from."""

    url = forms.CharField(
        label=_("Address"),
        max_length=MAX_URL,
        widget=forms.URLInput(attrs={"placeholder": "https://", "dir": "ltr", "autocomplete": "off"}),
        help_text=_("The direct address of a video file, or of an HLS stream that has ended (.m3u8)."),
    )
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    visibility = forms.ChoiceField(
        label=_("Visibility"), choices=Visibility.choices, initial=Visibility.PRIVATE
    )
    playlist_id = forms.ChoiceField(label=_("Add to playlist"), required=False)

    def __init__(self, *args: Any, playlists: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["playlist_id"]
        field.choices = [("", _("None")), *playlists]  # type: ignore[attr-defined]


class CommentRulesForm(forms.Form):
    """The rules that hold comments for the channel owner's review."""

    words = forms.CharField(
        label=_("Blocked words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One word or phrase per line. Case and accents are ignored, and only whole words match."),
    )
    hold_links = forms.BooleanField(label=_("Hold comments with links"), required=False)
    hold_all = forms.BooleanField(
        label=_("Hold all comments"), required=False, help_text=_("Comments appear once you approve them.")
    )

    def rules(self) -> dict[str, object]:
        """Return the data of ``comments.filters.update_rules``."""
        cleaned = self.cleaned_data
        return {**cleaned, "words": [line for line in cleaned["words"].splitlines() if line.strip()]}


class ReportForm(forms.Form):
    """A report to the moderators."""

    reason = forms.ChoiceField(label=_("Reason"), choices=Reason.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Add details"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AppealForm(forms.Form):
    """An appeal against a decision."""

    text = forms.CharField(
        label=_("Tell us why you disagree"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
