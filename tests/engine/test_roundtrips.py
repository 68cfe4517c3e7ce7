"""The number of commands that an operation costs, and the order of its stages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db.models import F

from accounts.models import User
from subscriptions.models import Subscription
from tests.support.commands import recorded, recorded_documents
from tests.support.users import Cast
from videos.models import Video

OPERATIONS: dict[str, tuple[Callable[[Cast], object], list[str]]] = {
    "get": (lambda cast: User.objects.get(pk=cast.owner.pk), ["find accounts_user"]),
    # The search learns the new channel's name.
    "create": (
        lambda cast: User.objects.create(username="new"),
        ["insert accounts_user", "update search_channel"],
    ),
    "create with a number": (
        lambda cast: Group.objects.create(name="new"),
        ["findAndModify __schema__", "insert auth_group"],
    ),
    "update": (
        lambda cast: User.objects.filter(pk=cast.owner.pk).update(view_count=F("view_count") + 1),
        ["update accounts_user"],
    ),
    "save": (lambda cast: cast.owner.save(), ["update accounts_user"]),
    "exists": (lambda cast: User.objects.filter(username="owner").exists(), ["find accounts_user"]),
    "count": (lambda cast: User.objects.filter(is_staff=True).count(), ["aggregate accounts_user"]),
    "list with its channels": (
        lambda cast: list(Video.objects.select_related("channel").order_by("-created_at")[:20]),
        ["find videos_video", "find accounts_user"],
    ),
    "list ordered by its channels": (
        lambda cast: list(Video.objects.order_by("channel__username")[:20]),
        ["aggregate videos_video"],
    ),
    "list with prefetched channels": (
        lambda cast: list(Video.objects.prefetch_related("channel").order_by("-created_at")[:20]),
        ["find videos_video", "find accounts_user"],
    ),
    "in a query": (
        lambda cast: list(Video.objects.filter(channel__in=User.objects.filter(is_staff=False))),
        ["find accounts_user", "find videos_video"],
    ),
    "bulk create": (
        lambda cast: User.objects.bulk_create([User(username=f"n{n}") for n in range(500)]),
        ["insert accounts_user"],
    ),
    "bulk create ignoring conflicts": (
        lambda cast: Subscription.objects.bulk_create(
            [Subscription(subscriber=cast.owner, channel=cast.member) for _ in range(500)],
            ignore_conflicts=True,
        ),
        ["update subscriptions_subscription"],
    ),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_commands_of_an_operation(cast: Cast, name: str) -> None:
    """The cost does not grow with the rows."""
    for number in range(3):
        cast.video(owner=cast.owner if number else cast.member)
    operation, wanted = OPERATIONS[name]
    with recorded() as commands:
        operation(cast)
    assert commands == wanted


def test_a_page_is_cut_before_it_is_joined(cast: Cast) -> None:
    """Match, sort and limit run on the base collection, where its indexes are."""
    with recorded_documents() as documents:
        rows = Video.objects.filter(listed=True).order_by("-created_at")
        list(rows.values_list("title", "channel__username")[:20])
    ((_database, command),) = documents
    stages = [next(iter(stage)) for stage in command["pipeline"]]
    assert stages[:4] == ["$match", "$sort", "$limit", "$lookup"]
