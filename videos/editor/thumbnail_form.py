"""The choice of a thumbnail: the present one, an automatic one, the frame at a time, or an image that is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from streamsite.errors import SiteError
from videos import start_times, thumbnails

if TYPE_CHECKING:
    from videos.models import Video

KEEP, FRAME, IMAGE = "", "frame", "image"


class ThumbnailForm(forms.Form):
    """What is to become the thumbnail. A chosen image is kept for a day, so that a refused form does not lose it."""

    thumbnail = forms.CharField(required=False, max_length=10)
    thumbnail_at = forms.CharField(
        required=False, max_length=30, label=_("Time"), help_text=_("Minutes and seconds, such as 1:30.")
    )
    thumbnail_file = forms.FileField(
        required=False,
        label=_("Image file"),
        help_text=_("JPEG, PNG, WebP, or GIF, up to 10 MB. Cropped to 16:9. Recommended size: 1280 × 720."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    thumbnail_token = forms.CharField(required=False, max_length=200)

    def __init__(self, video: Video, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.video = video
        self.pending = ""
        self._frame = 0.0

    @cached_property
    def automatic(self) -> list[thumbnails.ThumbnailChoiceDict]:
        """The automatic thumbnails to choose from."""
        return thumbnails.thumbnail_choices(self.video)

    @property
    def chosen(self) -> str:
        """The choice to show: what was sent, or an image that is kept."""
        if self.pending:
            return IMAGE
        return str(self.data.get("thumbnail", KEEP)) if self.is_bound else KEEP

    @property
    def is_changed(self) -> bool:
        """Whether a valid form chooses another thumbnail than the present one."""
        choice = self.cleaned_data["thumbnail"]
        return choice in {FRAME, IMAGE} or (
            bool(choice) and self.video.poster != ("" if choice == "1" else choice)
        )

    @property
    def pending_token(self) -> str:
        """The token of the kept image."""
        return thumbnails.pending_token(self.video, self.pending) if self.pending else ""

    @property
    def pending_url(self) -> str:
        """The URL of the kept image."""
        return thumbnails.pending_url(self.video, self.pending) if self.pending else ""

    def clean(self) -> dict[str, Any]:
        """Settle what is chosen: a file or a time counts where nothing else is. Keep a chosen image."""
        sent = self.cleaned_data
        choice, file = sent.get("thumbnail", KEEP), sent.get("thumbnail_file")
        if choice == KEEP:
            choice = IMAGE if file else FRAME if sent.get("thumbnail_at") else KEEP
        if choice == IMAGE:
            self._keep_image(file, sent.get("thumbnail_token", ""))
        elif choice == FRAME:
            self._read_time(sent.get("thumbnail_at", ""))
        elif choice and choice not in {"1", *(str(one["choice"]) for one in self.automatic)}:
            self.add_error("thumbnail", gettext("Choose one of the thumbnails shown."))
        return {**sent, "thumbnail": choice}

    def _keep_image(self, file: Any, token: str) -> None:
        if file:
            try:
                self.pending = thumbnails.prepare_image(self.video, file)
            except SiteError as error:
                self.add_error("thumbnail_file", error.sentence)
            return
        self.pending = thumbnails.pending_revision(self.video, token) or ""
        if not self.pending and "thumbnail_file" not in self.errors:
            self.add_error("thumbnail_file", gettext("Select an image file."))

    def _read_time(self, text: str) -> None:
        seconds = start_times.parse_start_time(text)
        if seconds is None:
            self.add_error("thumbnail_at", gettext("Enter a time such as 1:30."))
            return
        try:
            thumbnails.require_frame(self.video, seconds)
        except SiteError as error:
            self.add_error("thumbnail_at", error.sentence)
        self._frame = seconds

    def prepare(self) -> None:
        """Write the chosen frame, if one is. Raises ``Conflict``."""
        if self.cleaned_data["thumbnail"] == FRAME:
            self._prepared_frame = thumbnails.prepare_frame(self.video, self._frame)

    def discard(self) -> None:
        """Remove a frame that was prepared and is not used."""
        if revision := getattr(self, "_prepared_frame", ""):
            thumbnails.discard_prepared(self.video, revision)

    def apply(self) -> None:
        """Use what ``prepare`` prepared, the kept image, or the automatic one."""
        choice = self.cleaned_data["thumbnail"]
        if choice == FRAME:
            thumbnails.use_prepared(self.video, self._prepared_frame)
        elif choice == IMAGE:
            thumbnails.use_prepared(self.video, self.pending)
        else:
            thumbnails.choose_automatic(self.video, int(choice))
