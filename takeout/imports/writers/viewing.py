"""Subscriptions, watch history, and reactions."""

from __future__ import annotations

from accounts.models import User
from accounts.usernames import normalize_username
from subscriptions import services as subscriptions
from subscriptions import subscription_store
from subscriptions.models import Notify
from takeout import formats
from takeout.imports import codes, items, values
from takeout.imports.context import ImportContext
from takeout.imports.report import CHANGED, MISSING, NEW, PRESENT
from videos.models import Watch
from videos.playback import history
from videos.reactions import services as reactions

MAX_SECONDS = 10_000_000.0


def write_subscription(context: ImportContext, item: items.Subscription) -> None:
    """Subscribe to the channel of that name, if the archive is from a site where such names mean anything."""
    kind = formats.SUBSCRIPTIONS
    said = {"ref": item.username, "title": item.title, "url": item.url}
    channel = find_channel(item.username)
    if channel is None:
        context.report.add(kind, MISSING, codes.NOT_HERE, **said)
        return
    if channel.pk == context.user.pk:
        context.report.add(kind, PRESENT)
        return
    if subscription_store.exists(context.user.pk, channel.pk):
        context.report.add(kind, PRESENT)
        return
    if not context.is_dry:
        since = context.moment(item.since, kind, item.username)
        notify = item.notify if item.notify in Notify.values else None
        subscriptions.subscribe(context.user, channel, notify=notify, since=since)
    context.report.add(kind, NEW)
    if not context.is_own_site:
        context.report.note(kind, CHANGED, codes.SAME_NAME, **said)


def find_channel(username: str) -> User | None:
    """Return the active account with this username."""
    name = normalize_username(username)[:100]
    return User.objects.filter(username=name, is_active=True).first() if name else None


def write_watched(context: ImportContext, item: items.Watched) -> None:
    """Import an entry of the history; a present entry of the video stays."""
    kind = formats.HISTORY
    video = context.resolve(item.video)
    if video is None:
        _add_missing(context, kind, item.video)
        return
    if context.is_dry:
        is_there = Watch.objects.filter(user_id=context.user.pk, video=video).exists()
        context.report.add(kind, PRESENT if is_there else NEW)
        return
    duration = values.number(item.duration, MAX_SECONDS)
    added = history.restore_entry(
        context.user.pk,
        video,
        position=min(values.number(item.position, MAX_SECONDS), duration or MAX_SECONDS),
        duration=duration,
        completed=item.completed,
        watched_at=context.moment(item.watched_at, kind, item.video.id),
    )
    context.report.add(kind, NEW if added else PRESENT)


def write_reaction(context: ImportContext, item: items.Reaction) -> None:
    """Import a like or dislike; a present reaction to the video stays."""
    kind = formats.REACTIONS
    video = context.resolve(item.video)
    if video is None:
        _add_missing(context, kind, item.video)
        return
    if reactions.get_reaction(context.user, video) is not None:
        context.report.add(kind, PRESENT)
        return
    if not context.is_dry:
        given_at = context.moment(item.given_at, kind, item.video.id)
        reactions.react(context.user, video, item.value, given_at=given_at)
    context.report.add(kind, NEW)


def _add_missing(context: ImportContext, kind: str, ref: items.VideoRef) -> None:
    if context.will_exist(ref):
        context.report.add(kind, NEW)
    else:
        context.report.add(kind, MISSING, codes.NOT_HERE, ref=ref.id, title=ref.title, url=ref.url)
