"""Input of the comment endpoints."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from streamsite.api.fields import (
    CleanLineField,
    CleanTextField,
    QueryTextField,
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
)
from streamsite.api.inputs import InputSerializer, QuerySerializer
from videos.comments.bulk import ACTIONS, MAX_COMMENTS
from videos.comments.filters import MAX_WORD_LENGTH, MAX_WORDS
from videos.comments.owner_queries import STATES
from videos.comments.queries import SORTS
from videos.models.comment import MAX_COMMENT_LENGTH, CommentState


class CommentInputSerializer(InputSerializer):
    """The text of a comment."""

    text = CleanTextField(max_length=MAX_COMMENT_LENGTH, error_messages={"blank": _("Enter a comment.")})


class CommentFiltersSerializer(InputSerializer):
    """Filters that hold comments for the owner's review."""

    words = serializers.ListField(
        child=CleanLineField(max_length=MAX_WORD_LENGTH, allow_blank=True),
        required=False,
        max_length=MAX_WORDS,
    )
    hold_links = StrictBooleanField(required=False)
    hold_all = StrictBooleanField(required=False)


class CommentsQuerySerializer(QuerySerializer):
    """Parameters of a list of comments."""

    sort = StrictChoiceField(
        choices=list(SORTS),
        required=False,
        default="top",
        help_text="The pinned comment is always first. Defaults to top.",
    )


class StudioCommentsQuerySerializer(QuerySerializer):
    """Parameters of the studio's comments."""

    state = StrictChoiceField(
        choices=list(STATES), required=False, default=CommentState.SHOWN.value, help_text="Defaults to shown."
    )
    video = QueryTextField(32, help_text="The id of a video or post: only comments on it.")
    q = QueryTextField(100, help_text="A text that the comment contains; case makes no difference.")
    unanswered = StrictChoiceField(
        choices=["1"],
        required=False,
        default="",
        allow_blank=True,
        help_text="`1`: only first comments by others in threads where you haven't replied.",
    )


class StudioCommentsBulkSerializer(InputSerializer):
    """One change of many comments on the caller's content."""

    ids = serializers.ListField(
        child=StrictCharField(max_length=32),
        min_length=1,
        max_length=MAX_COMMENTS,
        help_text=f"1 to {MAX_COMMENTS} ids.",
    )
    action = StrictChoiceField(choices=list(ACTIONS))


class MentionsQuerySerializer(QuerySerializer):
    """Parameters of the suggestions of channels to mention: a thread, or the type and id of a target."""

    q = QueryTextField(40, help_text="The text typed after `@`; may be empty.")
    about = QueryTextField(10, help_text="`video` or `post`.")
    id = QueryTextField(32, help_text="The id of the video or post.")
    thread = QueryTextField(32, help_text="The first comment of a thread, instead of `about` and `id`.")
