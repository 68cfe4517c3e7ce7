"""Forms of the subscription pages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from accounts.models import User
from accounts.preferences import NOTIFICATION_KINDS
from subscriptions.channel_page.services import MAX_SHELVES
from subscriptions.channel_page.shelf_types import all_shelf_types
from subscriptions.models import ChannelPage
from videos.library_filters import NEWEST
from videos.queries import videos_of_channel

MAX_FEATURED = 100

# What binds a form, such as the fields of a POST.
Data = Mapping[str, object] | None

VIDEO_URL = re.compile(r"(?:/watch/|\A)([A-Za-z0-9_-]{11})(?:[?#/]|\Z)")
NOTIFICATION_LABELS = {
    "video": "New videos of channels with a bell",
    "post": "New posts of channels with a bell",
    "comment": "Comments on what is yours",
    "review": "Comments held for your review, and approvals of your comments",
    "reply": "Replies to your comments",
    "thread": "Replies in threads you follow",
    "mention": "Mentions of you",
    "heart": "Hearts for your comments",
    "milestone": "Milestones of likes and subscribers",
    "processing": "Videos that are ready, or could not be processed",
    "share": "Playlists that are shared with you",
}


class ChannelPageForm(forms.Form):
    """The front page of a channel: a featured video, and shelves from top to bottom."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    featured = forms.ChoiceField(
        label="Featured video", required=False, help_text="It leads the page. Your newest 100 public videos."
    )

    def __init__(self, data: Data = None, *, owner: User, page: ChannelPage) -> None:
        chosen = [f"{row['kind']}:{row['value']}" for row in page.shelves]
        names = [f"shelf{number}" for number in range(MAX_SHELVES)]
        initial = dict(zip(names, chosen, strict=False)) | {
            "version": page.version,
            "featured": page.featured,
        }
        super().__init__(data, initial=initial)
        videos = videos_of_channel(owner.pk).order_by(*NEWEST)[:MAX_FEATURED]
        titles = {video.pk: video.title for video in videos}
        if page.featured:
            titles.setdefault(page.featured, "The present one")
        self.fields["featured"].choices = [("", "None"), *titles.items()]  # type: ignore[attr-defined]
        options = _shelf_options(owner)
        known = {value for _, group in options for value, _ in group}
        for number, name in enumerate(names):
            present = chosen[number : number + 1]
            kept = [(value, "The present one") for value in present if value not in known]
            self.fields[name] = forms.ChoiceField(
                label=f"Shelf {number + 1}", required=False, choices=[("", "None"), *kept, *options]
            )

    def shelves(self) -> list[forms.BoundField]:
        """Return the bound fields of the shelves, in order."""
        return [self[f"shelf{number}"] for number in range(MAX_SHELVES)]

    def arrangement(self) -> dict[str, object]:
        """Return the data of ``channel_page.services.arrange``: ``{featured, shelves}``."""
        values = [self.cleaned_data[f"shelf{number}"] for number in range(MAX_SHELVES)]
        rows = [value.partition(":") for value in values if value]
        return {
            "featured": self.cleaned_data["featured"],
            "shelves": [{"kind": kind, "value": value} for kind, _, value in rows],
        }


def _shelf_options(owner: User) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the shelves to choose from, in groups: types without a value first, then each type's values."""
    plain = [(f"{kind.name}:", kind.title) for kind in all_shelf_types().values() if kind.choices is None]
    groups = [("Videos", plain)]
    for kind in all_shelf_types().values():
        if kind.choices is not None:
            rows = [(f"{kind.name}:{value}", label) for value, label in kind.choices(owner)]
            groups += [(f"{kind.title}s", rows)] if rows else []
    return groups


class NotificationsForm(forms.Form):
    """Notification settings: two check boxes per type, and how often emails are sent."""

    email_pace = forms.ChoiceField(
        label="Emails come",
        choices=[("hourly", "Within the hour"), ("daily", "Once a day"), ("weekly", "Once a week")],
        widget=forms.RadioSelect,
        help_text="New videos and posts come once a day at most.",
    )

    def __init__(self, data: Data = None, *, chosen: Mapping[str, object]) -> None:
        super().__init__(data, initial={"email_pace": chosen["email_pace"]})
        for kind in NOTIFICATION_KINDS:
            where = chosen[f"notify_{kind}"]
            for name, words in (("page", "on the site"), ("email", "by email")):
                field = forms.BooleanField(
                    required=False,
                    label=f"{NOTIFICATION_LABELS[kind]} {words}",
                    initial=where in {name, "both"},
                )
                self.fields[f"{kind}_{name}"] = field

    def rows(self) -> list[dict[str, object]]:
        """Return ``{label, page, email}`` with bound fields, per type."""
        return [
            {"label": NOTIFICATION_LABELS[kind], "page": self[f"{kind}_page"], "email": self[f"{kind}_email"]}
            for kind in NOTIFICATION_KINDS
        ]

    def preferences(self) -> dict[str, object]:
        """Return the data of ``accounts.profile.update_preferences``."""
        data = self.cleaned_data
        words = {(True, True): "both", (True, False): "page", (False, True): "email", (False, False): "none"}
        chosen = {
            f"notify_{kind}": words[data[f"{kind}_page"], data[f"{kind}_email"]]
            for kind in NOTIFICATION_KINDS
        }
        return chosen | {"email_pace": data["email_pace"]}


class PostForm(forms.Form):
    """A post: a text, optionally with an image or one of the site's videos."""

    text = forms.CharField(
        label="What do you want to tell your subscribers?",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    picture = forms.FileField(
        required=False,
        help_text="JPEG, PNG, WebP or GIF, at most 10 MB.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    video = forms.CharField(
        label="Address of a video on this site",
        required=False,
        max_length=300,
        help_text="Instead of a picture.",
    )
    allow_comments = forms.BooleanField(label="Allow comments", required=False, initial=True)

    def __init__(
        self,
        data: Data = None,
        files: MultiValueDict[str, UploadedFile[bytes]] | None = None,
        *,
        initial: Mapping[str, object] | None = None,
        is_edit: bool = False,
    ) -> None:
        super().__init__(data, files, initial=dict(initial or {}))
        if is_edit:
            del self.fields["picture"], self.fields["video"]

    def clean(self) -> dict[str, object]:
        """Return the data with ``video_id``, taken from the video's address."""
        data = super().clean() or {}
        if address := data.get("video", ""):
            found = VIDEO_URL.search(address)
            if found is None:
                raise forms.ValidationError({"video": "This is not the address of a video."})
            data["video_id"] = found[1]
        return data
