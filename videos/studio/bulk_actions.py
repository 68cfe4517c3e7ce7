"""Apply one change to many videos, through the same gates and services as a change to one.

Other apps register their own actions; this one does not know them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from streamsite.errors import Invalid, SiteError
from streamsite.visibility import Visibility
from videos import access, schedules, services
from videos.metadata import clean_metadata
from videos.models import CATEGORIES, Video

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

MAX_VIDEOS = 100
CHANGED, UNCHANGED, REFUSED = "changed", "unchanged", "refused"
DELETE = "delete"
# Makes the change; False when the video was like that already, a sentence when there is more to say than that it was
# changed. May raise a ``SiteError``, which is the outcome then.
Change = Callable[[Video], bool | str]


@dataclass(frozen=True)
class BulkAction:
    """A change: ``prepare(actor, value)`` validates the value once, ``choices(actor)`` lists values to choose from."""

    label: StrOrPromise
    prepare: Callable[[User, object], Change]
    choices: Callable[[User], Sequence[tuple[str, StrOrPromise]]]


@dataclass(frozen=True)
class BulkOutcome:
    """The outcome for one video: ``code`` and ``detail`` give the reason of a refusal, or ``detail`` a side effect."""

    video_id: str
    outcome: str
    code: str | None = None
    detail: str | None = None


_actions: dict[str, BulkAction] = {}


def register_action(name: str, action: BulkAction) -> None:
    """Add an action."""
    _actions[name] = action


def registered_actions() -> dict[str, BulkAction]:
    """Return all actions by name."""
    return dict(_actions)


def apply_action(actor: User, video_ids: object, action: object, value: object = None) -> list[BulkOutcome]:
    """Apply the action to each of the videos, in order. Idempotent.

    Raises ``Invalid``, before anything changes, when the list, the action or the value is invalid.
    """
    ids = parse_video_ids(video_ids)
    if not isinstance(action, str) or action not in _actions:
        raise Invalid(
            _("Unknown action."),
            fields={"action": [_("Choose one of: %(values)s.") % {"values": ", ".join(_actions)}]},
        )
    change = _actions[action].prepare(actor, value)
    return [_apply_to_one(actor, video_id, change) for video_id in ids]


def parse_video_ids(video_ids: object) -> list[str]:
    """Return 1 to 100 unique ids. Raises ``Invalid`` for anything else."""
    if not isinstance(video_ids, list) or not all(isinstance(one, str) for one in video_ids):
        raise Invalid(_("Select at least one video."), fields={"video_ids": [_("Send a list of IDs.")]})
    ids = list(dict.fromkeys(video_ids))
    if not 1 <= len(ids) <= MAX_VIDEOS:
        sentence = _("Select 1 to %(limit)d videos.") % {"limit": MAX_VIDEOS}
        raise Invalid(sentence, fields={"video_ids": [sentence]})
    return ids


def _apply_to_one(actor: User, video_id: str, change: Change) -> BulkOutcome:
    try:
        changed = change(access.video_for_editing(actor, video_id))
    except SiteError as error:
        return BulkOutcome(video_id, REFUSED, error.code, str(error.detail))
    detail = changed if isinstance(changed, str) else None
    return BulkOutcome(video_id, CHANGED if changed else UNCHANGED, detail=detail)


def _metadata_action(name: str) -> Callable[[User, object], Change]:
    """Return the preparation of an action that sets one metadata field by its own rules."""

    def prepare(actor: User, value: object) -> Change:
        try:
            wanted = dict(clean_metadata({name: value}))[name]
        except Invalid as error:
            raise Invalid(error.detail, fields={"value": (error.fields or {})[name]}) from None

        def change(video: Video) -> bool | str:
            # To choose the present visibility is to decide against a scheduled one.
            is_scheduled = name == "visibility" and video.publish_at is not None
            if getattr(video, name) == wanted and not is_scheduled:
                return False
            return schedules.cancellation_notice(video, services.update(video, {name: wanted})) or True

        return change

    return prepare


def _prepare_delete(actor: User, value: object) -> Change:
    def change(video: Video) -> bool:
        services.delete(video)
        return True

    return change


register_action(
    "visibility",
    BulkAction(gettext_lazy("Visibility"), _metadata_action("visibility"), lambda actor: Visibility.choices),
)
register_action(
    "category",
    BulkAction(gettext_lazy("Category"), _metadata_action("category"), lambda actor: CATEGORIES),
)
register_action(DELETE, BulkAction(gettext_lazy("Delete"), _prepare_delete, lambda actor: []))
