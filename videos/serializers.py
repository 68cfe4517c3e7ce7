"""Shapes of the video endpoints: input for checking, output for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.serializers import ChannelBadgeSerializer
from streamsite.visibility import Visibility
from videos.captions.webvtt import ENCODINGS, FORMAT_NAMES
from videos.models import CATEGORIES, Status
from videos.models.caption import CaptionKind, CaptionSource
from videos.models.reaction import ReactionValue
from videos.playback.heartbeats import SOURCES


class ChapterSerializer(serializers.Serializer[Any]):
    """Where a part of the video begins, in seconds."""

    start = serializers.FloatField()
    title = serializers.CharField(max_length=100)


class ChapterPreviewInputSerializer(serializers.Serializer[Any]):
    """A text that may list chapters; without one, the video's description."""

    description = serializers.CharField(max_length=5000, required=False, allow_blank=True, allow_null=True)
    lines = serializers.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="Chapters as the studio's editor takes them.",
    )


class ChapterProblemSerializer(serializers.Serializer[Any]):
    """Why there are no chapters, or why a line is not one."""

    code = serializers.CharField(help_text="A stable code; new ones may be added.")
    detail = serializers.CharField(help_text="The explanation to show.")
    line = serializers.IntegerField(allow_null=True, help_text="Counted from 1; null for the whole text.")


class ChapterPreviewSerializer(serializers.Serializer[Any]):
    """The chapters that a text would give the video."""

    chapters = ChapterSerializer(many=True)
    problems = ChapterProblemSerializer(many=True)


class CaptionSerializer(serializers.Serializer[Any]):
    """A text track."""

    id = serializers.CharField()
    language = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=CaptionKind.choices)
    source = serializers.ChoiceField(choices=CaptionSource.choices)  # type: ignore[assignment]
    url = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ImportedCaptionsSerializer(serializers.Serializer[Any]):
    """How a caption file was read."""

    format = serializers.ChoiceField(choices=list(FORMAT_NAMES))
    encoding = serializers.ChoiceField(choices=list(ENCODINGS))
    cues = serializers.IntegerField()
    left_out = serializers.IntegerField(help_text="Cues that could not be read.")


class CaptionWrittenSerializer(CaptionSerializer):
    """A text track that was added or changed, and how its file was read: null when none was sent."""

    imported = ImportedCaptionsSerializer(allow_null=True)


class CaptionDescriptionSerializer(serializers.Serializer[Any]):
    """What describes a text track."""

    language = serializers.CharField(max_length=12)
    label = serializers.CharField(max_length=60, required=False)  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=CaptionKind.choices, required=False)


class CaptionUploadSerializer(CaptionDescriptionSerializer):
    """A text track as a file."""

    file = serializers.FileField(help_text="WebVTT, SubRip, ASS/SSA, SBV or TTML/DFXP, at most 2 MB.")
    encoding = serializers.ChoiceField(
        choices=list(ENCODINGS),
        required=False,
        help_text="Detected unless it is given; aliases are understood.",
    )


class CueSerializer(serializers.Serializer[Any]):
    """Seconds from which and until which a text is shown."""

    start = serializers.FloatField()
    end = serializers.FloatField()
    text = serializers.CharField()


class CaptionTextSerializer(CaptionDescriptionSerializer):
    """A text track as text or as cues."""

    text = serializers.CharField(required=False, help_text="The content of a caption file.")
    cues = CueSerializer(many=True, required=False)


class PageOfCaptionsSerializer(serializers.Serializer[Any]):
    """All text tracks of a video."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = CaptionSerializer(many=True)


class TranscriptSerializer(serializers.Serializer[Any]):
    """Cues of one text track."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    language = serializers.CharField(allow_null=True)
    caption_id = serializers.CharField(allow_null=True)
    results = CueSerializer(many=True)


class ThumbnailUploadSerializer(serializers.Serializer[Any]):
    """An own picture."""

    file = serializers.FileField(help_text="JPEG, PNG, WebP or GIF, at most 10 MB; it is cut to 16:9.")


class ThumbnailChoiceSerializer(serializers.Serializer[Any]):
    """A frame of the video, or one of the automatic pictures."""

    at = serializers.FloatField(required=False, help_text="Seconds.")
    choice = serializers.IntegerField(required=False, help_text="1 to 3.")


class ShareLinkInputSerializer(serializers.Serializer[Any]):
    """A new share link; everything may be left out."""

    label = serializers.CharField(max_length=60, required=False)  # type: ignore[assignment]
    expires_at = serializers.DateTimeField(required=False)
    expires_in = serializers.IntegerField(required=False, help_text="Seconds; instead of expires_at.")
    max_views = serializers.IntegerField(required=False)


class ShareLinkSerializer(serializers.Serializer[Any]):
    """A share link."""

    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    url = serializers.CharField()
    expires_at = serializers.DateTimeField(allow_null=True)
    max_views = serializers.IntegerField(allow_null=True)
    views = serializers.IntegerField(help_text="Browsers let in, each counted once a day.")
    is_spent = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class PageOfShareLinksSerializer(serializers.Serializer[Any]):
    """A page of share links."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ShareLinkSerializer(many=True)


class MetadataSerializer(serializers.Serializer[Any]):
    """Fields that an owner may write; ``null`` clears optional ones. The rules are in ``videos.metadata``."""

    title = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=5000, required=False, allow_blank=True, allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=40), required=False, allow_null=True)
    category = serializers.ChoiceField(choices=CATEGORIES, required=False, allow_null=True)
    language = serializers.CharField(max_length=12, required=False, allow_blank=True, allow_null=True)
    originally_published_on = serializers.DateField(
        required=False,
        allow_null=True,
        help_text="When it was first published elsewhere, 1800-01-01 to today; null if not set.",
    )
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    allow_comments = serializers.BooleanField(required=False)
    allow_embed = serializers.BooleanField(required=False)
    embed_domains = serializers.ListField(
        child=serializers.CharField(max_length=253),
        required=False,
        allow_null=True,
        max_length=20,
        help_text="Hosts that may embed the video, such as example.org or *.example.org; empty: all.",
    )
    allow_download = serializers.BooleanField(required=False)
    normalise_loudness = serializers.BooleanField(required=False)
    publish_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="When the visibility changes. null cancels the schedule; so does visibility without publish_at.",
    )
    publish_visibility = serializers.ChoiceField(
        choices=Visibility.choices,
        required=False,
        allow_null=True,
        help_text="What it changes to; public unless told otherwise.",
    )
    chapters = serializers.ListField(
        child=ChapterSerializer(),
        required=False,
        allow_null=True,
        help_text="An empty list or null restores the description's chapters.",
    )


class UploadSerializer(MetadataSerializer):
    """``POST /videos``, multipart."""

    file = serializers.FileField()


class FileNamesSerializer(serializers.Serializer[Any]):
    """Names of files that are to be uploaded."""

    filenames = serializers.ListField(child=serializers.CharField(), max_length=100)


class FileTitlesSerializer(serializers.Serializer[Any]):
    """The titles that videos without one get, in the order of the names."""

    titles = serializers.ListField(child=serializers.CharField())


class VideoCountsSerializer(serializers.Serializer[Any]):
    """A video's counters."""

    views = serializers.IntegerField()
    likes = serializers.IntegerField()
    comments = serializers.IntegerField()


class CardSerializer(serializers.Serializer[Any]):
    """A video in a list."""

    id = serializers.CharField()
    title = serializers.CharField()
    visibility = serializers.ChoiceField(choices=Visibility.choices)
    status = serializers.ChoiceField(choices=Status.choices)
    progress = serializers.FloatField()
    duration = serializers.FloatField()
    thumbnail_url = serializers.CharField(allow_null=True)
    storyboard_url = serializers.CharField(allow_null=True)
    channel = ChannelBadgeSerializer()
    counts = VideoCountsSerializer()
    url = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)
    originally_published_on = serializers.DateField(
        allow_null=True, help_text="When it was first published elsewhere."
    )
    created_at = serializers.DateTimeField()


class MomentSerializer(serializers.Serializer[Any]):
    """Where a video's captions say what was looked for."""

    start = serializers.FloatField()
    text = serializers.CharField()


class FoundCardSerializer(CardSerializer):
    """A video in the library; ``moment`` only where words were asked for."""

    moment = MomentSerializer(required=False, allow_null=True)


class PageOfFoundCardsSerializer(serializers.Serializer[Any]):
    """A page of the library."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = FoundCardSerializer(many=True)
    corrected = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="Only with q: what was searched for instead of a misspelled q; null otherwise.",
    )
    matched = serializers.ChoiceField(
        ["all", "most"], required=False, help_text="Only with q: whether results have all of its words."
    )


class FeedCardSerializer(CardSerializer):
    """A video in the feed; ``is_new`` until the feed was seen after its publication."""

    is_new = serializers.BooleanField()


class PageOfFeedCardsSerializer(serializers.Serializer[Any]):
    """A page of the feed."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = FeedCardSerializer(many=True)


class FailureSerializer(serializers.Serializer[Any]):
    """Why processing failed, in words, and whether another try with the same file can help."""

    code = serializers.CharField()
    detail = serializers.CharField()
    retryable = serializers.BooleanField()


class ViewerSerializer(serializers.Serializer[Any]):
    """What the caller is to the video."""

    reaction = serializers.CharField(allow_null=True)
    position = serializers.FloatField()
    in_watch_later = serializers.BooleanField()
    can_edit = serializers.BooleanField()


class VideoSerializer(CardSerializer):
    """The video object."""

    description = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    category = serializers.CharField()
    language = serializers.CharField()
    publish_at = serializers.DateTimeField(allow_null=True)
    publish_visibility = serializers.CharField(allow_null=True)
    failure = FailureSerializer(allow_null=True)
    taken_down = serializers.BooleanField(
        allow_null=True, help_text="Whether the site's staff took it down; null for everybody but its owner."
    )
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    hls_url = serializers.CharField(allow_null=True)
    download_url = serializers.CharField(allow_null=True)
    captions = CaptionSerializer(many=True)
    chapters = ChapterSerializer(many=True)
    allow_comments = serializers.BooleanField()
    allow_embed = serializers.BooleanField()
    embed_domains = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="null for everyone but its owner."
    )
    allow_download = serializers.BooleanField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    viewer = ViewerSerializer(allow_null=True)


class DuplicateSerializer(serializers.Serializer[Any]):
    """A video of the caller's that was made of the same file."""

    id = serializers.CharField()
    title = serializers.CharField()
    url = serializers.CharField()


class UploadedVideoSerializer(VideoSerializer):
    """The video object of a file that has just been uploaded."""

    duplicate_of = DuplicateSerializer(
        allow_null=True, help_text="The caller's first video of the same file."
    )


class PageOfCardsSerializer(serializers.Serializer[Any]):
    """A page of videos."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = CardSerializer(many=True)


class StepSerializer(serializers.Serializer[Any]):
    """One step of a job."""

    name = serializers.CharField()
    state = serializers.ChoiceField(choices=["waiting", "running", "done", "failed", "skipped"])
    percent = serializers.FloatField()
    seconds = serializers.FloatField()


class NoteSerializer(serializers.Serializer[Any]):
    """One thing that processing did with the uploaded file."""

    code = serializers.CharField(help_text="A stable code; new ones may be added.")
    detail = serializers.CharField(help_text="The explanation to show.")


class ProcessingSerializer(serializers.Serializer[Any]):
    """The job as its owner may read it."""

    status = serializers.ChoiceField(choices=Status.choices)
    progress = serializers.FloatField()
    playable = serializers.BooleanField(
        help_text="Whether it can be watched, perhaps while it is still made."
    )
    attempt = serializers.IntegerField()
    ahead = serializers.IntegerField(
        allow_null=True, help_text="How many jobs are taken before this one while it waits."
    )
    steps = StepSerializer(many=True)
    error = FailureSerializer(allow_null=True)
    report = NoteSerializer(
        many=True, help_text="What was done with the file; empty until the video is ready, and of old videos."
    )
    duplicate_of = DuplicateSerializer(
        allow_null=True, help_text="The caller's first video of the same file, once the file was compared."
    )


class HeartbeatSerializer(serializers.Serializer[Any]):
    """A heartbeat: where the player is, and what it has shown since the last one."""

    position = serializers.FloatField(min_value=0, help_text="Seconds.")
    watched = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(min_value=0), min_length=2, max_length=2),
        required=False,
        max_length=50,
        help_text="Pairs [start, end] in seconds.",
    )
    session = serializers.CharField(
        required=False, max_length=64, help_text="Chosen by the player, one per visit."
    )
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=SOURCES, required=False, help_text="What led to the video."
    )


class HeartbeatAnswerSerializer(serializers.Serializer[Any]):
    """What became of a heartbeat."""

    position = serializers.FloatField()
    completed = serializers.BooleanField()
    view = serializers.ChoiceField(
        choices=["open", "counted", "owner", "bot"], help_text="The verdict on this viewer's view of today."
    )
    remembered = serializers.BooleanField(help_text="Whether it is in the caller's history.")


class ReactionInputSerializer(serializers.Serializer[Any]):
    """What is thought of it."""

    value = serializers.ChoiceField(choices=ReactionValue.choices)


class ReactionSerializer(serializers.Serializer[Any]):
    """The caller's reaction, and how many like it."""

    reaction = serializers.ChoiceField(choices=ReactionValue.choices, allow_null=True)
    likes = serializers.IntegerField()


class WatchedSerializer(serializers.Serializer[Any]):
    """An entry of the history."""

    video = CardSerializer()
    watched_at = serializers.DateTimeField()
    position = serializers.FloatField(help_text="Seconds.")
    duration = serializers.FloatField(help_text="Seconds.")
    completed = serializers.BooleanField()


class PageOfWatchedSerializer(serializers.Serializer[Any]):
    """A page of the history."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = WatchedSerializer(many=True)


class SuggestionSerializer(serializers.Serializer[Any]):
    """A video by its title, or a channel by its name."""

    kind = serializers.ChoiceField(choices=["video", "channel"])
    text = serializers.CharField()
    url = serializers.CharField(
        help_text="The watch page or the channel; the search for a title that several videos have."
    )


class FoundChannelSerializer(ChannelBadgeSerializer):
    """A channel with its address."""

    url = serializers.CharField()


class PageOfFoundChannelsSerializer(serializers.Serializer[Any]):
    """A page of channels that were searched for."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = FoundChannelSerializer(many=True)


class SuggestedPlaylistSerializer(serializers.Serializer[Any]):
    """A public playlist."""

    id = serializers.CharField()
    title = serializers.CharField()
    owner = ChannelBadgeSerializer()
    url = serializers.CharField()


class SuggestionsSerializer(serializers.Serializer[Any]):
    """At most eight suggestions, the channels among them with their pictures, and playlists."""

    results = SuggestionSerializer(many=True)
    channels = FoundChannelSerializer(many=True)
    playlists = SuggestedPlaylistSerializer(many=True)


class RecommendationSerializer(CardSerializer):
    """A video and why it is here."""

    reason = serializers.CharField()


class PageOfRecommendationsSerializer(serializers.Serializer[Any]):
    """A page of videos with reasons."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = RecommendationSerializer(many=True)
