"""The demo's channels and viewers, and who follows whom."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError

from accounts import image_processing, image_storage
from accounts.models import User
from demo import figures
from demo.drawing import portraits
from demo.ids import demo_id, demo_random
from demo.tables.community import FOLLOW_SHARES, FOLLOWED
from demo.tables.people import CHANNELS, SIGN_INS, VIEWERS, DemoChannel
from streamsite.mongo import counters
from subscriptions.models import Subscription
from videos.search import channels

USERNAMES = tuple(
    dict.fromkeys(
        (*(row[0] for row in SIGN_INS), *(row.username for row in CHANNELS), *(row[0] for row in VIEWERS))
    )
)
ACCOUNTS = {username: demo_id("account", username) for username in USERNAMES}


def demo_users() -> dict[str, User]:
    """Return the demo's accounts that exist and are active, by the username of the table."""
    found = User.objects.filter(is_active=True).in_bulk(list(ACCOUNTS.values()))
    return {username: found[pk] for username, pk in ACCOUNTS.items() if pk in found}


def create_people(since: datetime) -> None:
    """Create the accounts that are missing, with their images, and their subscriptions."""
    for channel in CHANNELS:
        _create(channel.username, channel.name, since - timedelta(days=64))
        _furnish(channel)
    for number, (username, name, tints) in enumerate(VIEWERS):
        user = _create(username, name, since - timedelta(days=60 - 1.7 * number, hours=number * 5 % 24))
        if user is not None and tints and not user.avatar:
            _set_image(user, "avatar", portraits.avatar("person", tints))
    _subscribe(since)


def _create(username: str, name: str, at: datetime) -> User | None:
    """Create an account that nobody can sign in to; ``None`` where somebody has the username."""
    pk = ACCOUNTS[username]
    if not User.objects.filter(username=username).exists():
        user = User(id=pk, username=username, full_name=name, created_at=at)
        user.set_unusable_password()
        try:
            user.save(force_insert=True)
        except IntegrityError:
            return User.objects.filter(pk=pk).first()
    User.objects.filter(pk=pk, created_at__gt=at).update(created_at=at)
    return User.objects.filter(pk=pk).first()


def _furnish(row: DemoChannel) -> None:
    """Give a channel its texts and images, unless somebody has changed them."""
    user = User.objects.filter(pk=ACCOUNTS[row.username], profile_version=0).first()
    if user is None:
        return
    if not user.bio:
        User.objects.filter(pk=user.pk).update(bio=row.bio, links=list(row.links), full_name=row.name)
    if not user.avatar:
        _set_image(user, "avatar", portraits.avatar(row.emblem, row.tints))
    if not user.cover:
        _set_image(user, "cover", portraits.banner(row.banner))


def _set_image(user: User, kind: str, content: object) -> None:
    prepared = image_processing.prepare_images({kind: content})  # type: ignore[dict-item]
    image_storage.replace_image(user, kind, prepared[kind])


def _subscribe(since: datetime) -> None:
    """Insert the subscriptions that are missing, spread over the past weeks."""
    users = demo_users()
    rows = []
    for username, follower in users.items():
        for channel, share in FOLLOW_SHARES.items():
            rng = demo_random("follow", username, channel)
            chosen = channel in FOLLOWED if username == "demo" else rng.random() < share
            if channel not in users or username in {channel, "demoadmin"} or not chosen:
                continue
            # More of them lately than at the beginning.
            at = since - timedelta(days=0.1 + 38 * rng.random() ** 1.4)
            pk = demo_id("subscription", username, channel)
            rows.append(Subscription(id=pk, subscriber=follower, channel=users[channel], created_at=at))
    there = set(Subscription.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    for row in rows:
        if row.pk not in there:
            try:
                row.save(force_insert=True)
            except IntegrityError:  # a person signed in as one of them and was faster
                continue
    figures.add_subscriptions(rows)
    counters.set_right_now(User._meta.db_table, [user.pk for user in users.values()])
    for user in users.values():
        channels.INDEX.refresh(user.pk)
