"""Comments on an account's content, for its studio: all of them, or those that filters leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.badge_rows import with_badges
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import Page
from streamsite.visibility import Viewer
from videos.comments import mappers, queries, store
from videos.comments.schemas import StudioCommentDict
from videos.models import Comment
from videos.models.comment import CommentState

ALL = "all"
STATES = (CommentState.SHOWN.value, CommentState.HELD.value, ALL)


@dataclass(frozen=True)
class StudioFilter:
    """Conditions for comments in the studio; the defaults leave every comment that is shown or held.

    ``video`` is the id of a target, ``words`` a text that the comment contains, ``unanswered`` leaves threads of others
    without a reply by the owner.
    """

    state: str = ALL
    video: str = ""
    words: str = ""
    unanswered: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> StudioFilter:
        """Return the filter of validated parameters, see ``StudioCommentsQuerySerializer``."""
        return cls(query["state"], query["video"].strip(), query["q"].strip(), query["unanswered"] == "1")

    @property
    def states(self) -> list[str]:
        """The states of comments that it leaves."""
        return [CommentState.SHOWN, CommentState.HELD] if self.state == ALL else [self.state]


def comments_for_owner(owner_id: str, chosen: StudioFilter) -> QuerySet[Comment]:
    """Return the comments on an account's content that ``chosen`` leaves, with authors; order by ``queries.LATEST``.

    With words, a video or ``unanswered``, the latest of them: see ``store.find_ids_for_owner``.
    """
    rows = with_badges(Comment.objects.filter(owner_id=owner_id), "author")
    if not (chosen.video or chosen.words or chosen.unanswered):
        return (
            rows.filter(state__in=chosen.states)
            if len(chosen.states) > 1
            else rows.filter(state=chosen.state)
        )
    found = store.find_ids_for_owner(
        owner_id, chosen.states, video=chosen.video, words=chosen.words, unanswered=chosen.unanswered
    )
    return rows.filter(pk__in=found)


def studio_page(page: Page[Comment], viewer: Viewer) -> PageDict[StudioCommentDict]:
    """Return a page of comments for the owner of their targets, with title and thumbnail of each."""
    about, known = queries.load_target_titles(page.rows), queries.owner_state(viewer, page.rows)
    pictures = queries.load_target_thumbnails(page.rows)
    return page.body(
        lambda row: mappers.serialize_comment_for_owner(
            row, viewer, known, about.get(row.subject), pictures.get(row.subject)
        )
    )
