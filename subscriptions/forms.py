"""Forms of the subscription pages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.preferences import NOTIFICATION_KINDS
from streamsite.site_settings.features import features
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
    "video": _("New videos from channels with notifications on"),
    "post": _("New posts from channels with notifications on"),
    "comment": _("Comments on my videos and posts"),
    "review": _("Comments held for review and approved comments"),
    "reply": _("Replies to my comments"),
    "thread": _("Replies in threads I follow"),
    "mention": _("Mentions"),
    "heart": _("Hearts on my comments"),
    "milestone": _("Like and subscriber milestones"),
    "processing": _("Video processing finished or failed"),
    "share": _("Playlist invitations"),
}


class ChannelPageForm(forms.Form):
    """The front page of a channel: a featured video, and shelves from top to bottom."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    trailer = forms.ChoiceField(
        label=_("Channel trailer"),
        required=False,
        help_text=_(
            "Shown at the top to people who haven't subscribed. Choose from your newest 100 public videos."
        ),
    )
    featured = forms.ChoiceField(
        label=_("Featured video"),
        required=False,
        help_text=_("Shown at the top to your subscribers. Without a trailer, everyone sees it."),
    )

    def __init__(self, data: Data = None, *, owner: User, page: ChannelPage) -> None:
        chosen = [f"{row['kind']}:{row['value']}" for row in page.shelves]
        names = [f"shelf{number}" for number in range(MAX_SHELVES)]
        initial = dict(zip(names, chosen, strict=False)) | {
            "version": page.version,
            "featured": page.featured,
            "trailer": page.trailer,
        }
        super().__init__(data, initial=initial)
        videos = videos_of_channel(owner, owner.pk).order_by(*NEWEST)[:MAX_FEATURED]
        titles = {video.pk: video.title for video in videos}
        for name in ("trailer", "featured"):
            chosen_id: str = getattr(page, name)
            kept_title = {chosen_id: gettext("Current selection")} if chosen_id else {}
            choices = [("", gettext("None")), *(kept_title | titles).items()]
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        options = _shelf_options(owner)
        known = {value for _group, rows in options for value, _label in rows}
        for number, name in enumerate(names):
            present = chosen[number : number + 1]
            kept = [(value, gettext("Current selection")) for value in present if value not in known]
            self.fields[name] = forms.ChoiceField(
                label=gettext("Section %(number)d") % {"number": number + 1},
                required=False,
                choices=[("", gettext("None")), *kept, *options],
            )

    def shelves(self) -> list[forms.BoundField]:
        """Return the bound fields of the shelves, in order."""
        return [self[f"shelf{number}"] for number in range(MAX_SHELVES)]

    def arrangement(self) -> dict[str, object]:
        """Return the data of ``channel_page.services.arrange``: ``{featured, trailer, shelves}``."""
        values = [self.cleaned_data[f"shelf{number}"] for number in range(MAX_SHELVES)]
        rows = [value.partition(":") for value in values if value]
        return {
            "featured": self.cleaned_data["featured"],
            "trailer": self.cleaned_data["trailer"],
            "shelves": [{"kind": kind, "value": value} for kind, _colon, value in rows],
        }


def _shelf_options(owner: User) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the shelves to choose from, in groups: types without a value first, then each type's values."""
    plain = [
        (f"{kind.name}:", str(kind.title)) for kind in all_shelf_types().values() if kind.choices is None
    ]
    groups = [(gettext("Videos"), plain)]
    for kind in all_shelf_types().values():
        if kind.choices is not None:
            rows = [(f"{kind.name}:{value}", label) for value, label in kind.choices(owner)]
            groups += [(str(kind.group), rows)] if rows else []
    return groups


class NotificationsForm(forms.Form):
    """Notification settings: two check boxes per type, and how often emails are sent."""

    email_pace = forms.ChoiceField(
        label=_("Email frequency"),
        choices=[
            ("hourly", _("Hourly digest")),
            ("daily", _("Daily digest")),
            ("weekly", _("Weekly digest")),
        ],
        widget=forms.RadioSelect,
        help_text=_("We email about new videos and posts no more than once a day."),
    )

    def __init__(self, data: Data = None, *, chosen: Mapping[str, object]) -> None:
        super().__init__(data, initial={"email_pace": chosen["email_pace"]})
        for kind in NOTIFICATION_KINDS:
            where = chosen[f"notify_{kind}"]
            for name, words in (
                ("page", _("%(notification)s: on site")),
                ("email", _("%(notification)s: email")),
            ):
                field = forms.BooleanField(
                    required=False,
                    label=str(words) % {"notification": NOTIFICATION_LABELS[kind]},
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
        label=_("Share an update with your subscribers"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    picture = forms.FileField(
        label=_("Image"),
        required=False,
        help_text=_("JPEG, PNG, WebP, or GIF, up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    video = forms.CharField(
        label=_("Video link"),
        required=False,
        max_length=300,
        help_text=_("Optional, instead of an image."),
    )
    allow_comments = forms.BooleanField(label=_("Allow comments"), required=False, initial=True)

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
        if not features().comments:
            del self.fields["allow_comments"]

    def clean(self) -> dict[str, object]:
        """Return the data with ``video_id``, taken from the video's address."""
        data = super().clean() or {}
        if address := data.get("video", ""):
            found = VIDEO_URL.search(address)
            if found is None:
                raise forms.ValidationError({"video": gettext("Enter the link of a video on this site.")})
            data["video_id"] = found[1]
        return data
