"""Input: imports by address."""

from __future__ import annotations

from rest_framework import serializers

from streamsite.api.fields import CleanLineField, StrictCharField
from streamsite.api.inputs import InputSerializer
from streamsite.visibility import Visibility
from videos.models.address_import import MAX_URL


class ImportInputSerializer(InputSerializer):
    """A new import; everything but the address may be left out."""

    blank_is_absent = True

    url = StrictCharField(
        max_length=MAX_URL, help_text="The http or https address of a video file or HLS playlist."
    )
    visibility = serializers.ChoiceField(
        choices=Visibility.choices, required=False, help_text="The video's visibility, `private` by default."
    )
    title = CleanLineField(max_length=120, required=False, help_text="By default made of the file's name.")
    playlist_id = StrictCharField(
        max_length=32,
        required=False,
        help_text="A playlist that the video is added to when its file is there.",
    )
