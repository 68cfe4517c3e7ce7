"""Forms of the subscription pages."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from accounts.preferences import NOTIFIED

VIDEO_ADDRESS = re.compile(r"(?:/watch/|\A)([A-Za-z0-9_-]{11})(?:[?#/]|\Z)")
LABELS = {
    "video": "New videos of channels with a bell",
    "post": "New posts of channels with a bell",
    "comment": "Comments on what is yours",
    "reply": "Replies to your comments",
    "mention": "Mentions of you",
    "heart": "Hearts for your comments",
    "milestone": "Milestones of likes and subscribers",
    "processing": "Videos that are ready, or could not be processed",
    "share": "Playlists that are shared with you",
}


class NotificationsForm(forms.Form):
    """Where somebody hears of what: two boxes per kind, and how often e-mails come."""

    email_pace = forms.ChoiceField(
        label="E-mails come",
        choices=[("hourly", "Within the hour"), ("daily", "Once a day"), ("weekly", "Once a week")],
        widget=forms.RadioSelect,
        help_text="New videos and posts come once a day at most.",
    )

    def __init__(self, data: Any = None, *, chosen: dict[str, Any]) -> None:
        super().__init__(data, initial={"email_pace": chosen["email_pace"]})
        for kind in NOTIFIED:
            where = chosen[f"notify_{kind}"]
            for name, words in (("page", "on the site"), ("email", "by e-mail")):
                field = forms.BooleanField(
                    required=False, label=f"{LABELS[kind]} {words}", initial=where in {name, "both"}
                )
                self.fields[f"{kind}_{name}"] = field

    def rows(self) -> list[dict[str, Any]]:
        """``{label, page, email}`` with bound fields, per kind."""
        return [
            {"label": LABELS[kind], "page": self[f"{kind}_page"], "email": self[f"{kind}_email"]}
            for kind in NOTIFIED
        ]

    def preferences(self) -> dict[str, Any]:
        """The data of ``accounts.profile.update_preferences``."""
        said = self.cleaned_data
        words = {(True, True): "both", (True, False): "page", (False, True): "email", (False, False): "none"}
        chosen = {f"notify_{kind}": words[said[f"{kind}_page"], said[f"{kind}_email"]] for kind in NOTIFIED}
        return chosen | {"email_pace": said["email_pace"]}


class PostForm(forms.Form):
    """A post: a text, perhaps with a picture or one of the site's videos."""

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

    def __init__(self, *args: Any, is_edit: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if is_edit:
            del self.fields["picture"], self.fields["video"]

    def clean(self) -> dict[str, Any]:
        """Also ``video_id``, of the address that was typed."""
        data = super().clean() or {}
        if address := data.get("video", ""):
            found = VIDEO_ADDRESS.search(address)
            if found is None:
                raise forms.ValidationError({"video": "This is not the address of a video."})
            data["video_id"] = found[1]
        return data
