"""Input of the comment endpoints."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from streamsite.api.fields import (
    CleanLineField,
    CleanTextField,
    QueryTextField,
    StrictBooleanField,
    StrictChoiceField,
)
from streamsite.api.inputs import InputSerializer, QuerySerializer
from videos.comments.filters import MAX_WORD_LENGTH, MAX_WORDS
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
        choices=[CommentState.SHOWN.value, CommentState.HELD.value],
        required=False,
        default=CommentState.SHOWN.value,
    )


class MentionsQuerySerializer(QuerySerializer):
    """Parameters of the suggestions of channels to mention: a thread, or the type and id of a target."""

    q = QueryTextField(40, help_text="The text typed after `@`; may be empty.")
    about = QueryTextField(10, help_text="`video` or `post`.")
    id = QueryTextField(32, help_text="The id of the video or post.")
    thread = QueryTextField(32, help_text="The first comment of a thread, instead of `about` and `id`.")
