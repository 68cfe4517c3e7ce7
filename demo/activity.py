"""Viewers' activity on a clip: comments, likes, views, and the watch history of the account ``demo``.

Rows are inserted with their own ids and dates, and the counters beside them set right afterwards: a killed job makes
what is missing, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import IntegrityError
from django.db.models import Model

from accounts.models import User
from demo import figures, people, subtitles
from demo.ids import demo_id, demo_random
from demo.tables.clips import Clip
from demo.tables.community import LIKED, WATCHED
from demo.tables.talk import TALK, Said
from streamsite.mongo import counters
from videos import folded_titles
from videos.comments.targets import VIDEO
from videos.comments.text import find_mentions
from videos.models import Comment, CommentReaction, Reaction, Video, Watch
from videos.models.comment import CommentState
from videos.models.reaction import ReactionValue
from videos.playback.history import is_finished

Row = TypeVar("Row", bound=Model)


def add_to_clip(clip: Clip, video: Video, since: datetime) -> None:
    """Add subtitles, comments, likes, figures, and history, as far as they are missing."""
    users = people.demo_users()
    published = since - timedelta(days=clip.days)
    subtitles.add_subtitles(clip, video)
    said = add_talk(clip.key, VIDEO, video.pk, video.channel, published, since)
    liked = list(_likes(clip, video, users, since))
    insert_missing(Reaction, liked)
    figures.add_clip(clip, video, since, [row.created_at for row in said], [row.created_at for row in liked])
    _add_history(clip, video, users, since)


def insert_missing(model: type[Row], rows: list[Row]) -> None:
    """Insert the rows whose ids are not there; leave out what another row excludes."""
    manager = model._default_manager
    there = set(manager.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    for row in rows:
        if row.pk not in there:
            try:
                row.save(force_insert=True)
            except IntegrityError:
                continue


def add_talk(
    key: str, about: str, subject: str, owner: User, published: datetime, since: datetime
) -> list[Comment]:
    """Add the comments of the table below a target, with their likes; return them."""
    users = people.demo_users()
    rows: list[Comment] = []
    likes: list[CommentReaction] = []
    for number, said in enumerate(TALK.get(key, ())):
        thread = demo_id("comment", key, str(number))
        for place, each in enumerate((said, *said.replies)):
            author = users.get(each.author)
            at = published + timedelta(hours=each.hours, minutes=(number * 17 + place * 7) % 60)
            if author is None or at > since:
                continue
            pk = demo_id("comment", key, str(number), str(place)) if place else thread
            mentions = {name: users[name].pk for name in find_mentions(each.text, most=3) if name in users}
            row = Comment(
                id=pk,
                about=about,
                subject=subject,
                owner=owner,
                author=author,
                parent=thread if place else "",
                text=each.text,
                mentions=mentions,
                state=CommentState.SHOWN,
                pinned=each.pinned,
                hearted=each.hearted,
                created_at=at,
            )
            rows.append(row)
            likes += _likes_of(each, row, users, since)
    insert_missing(Comment, rows)
    insert_missing(CommentReaction, likes)
    counters.set_right_now(Comment._meta.db_table, [row.pk for row in rows])
    return rows


def _likes_of(
    said: Said, comment: Comment, users: dict[str, User], since: datetime
) -> Iterator[CommentReaction]:
    fans = [name for name in users if name not in {said.author, "demoadmin", "demo"}]
    for name in demo_random("fans", comment.pk).sample(fans, min(said.likes, len(fans))):
        yield CommentReaction(
            id=demo_id("comment-like", comment.pk, name),
            user=users[name],
            comment=comment,
            subject=comment.subject,
            value=ReactionValue.LIKE,
            created_at=min(comment.created_at + timedelta(hours=5), since),
        )


def _likes(clip: Clip, video: Video, users: dict[str, User], since: datetime) -> Iterator[Reaction]:
    """Yield likes by a share of the accounts that grows with the clip's pull, and now and then a dislike."""
    rng = demo_random("likes", clip.key)
    for name, user in users.items():
        chance, luck, when = 0.28 + clip.pull / 280, rng.random(), rng.random()
        if name == "demo":
            chance = 2.0 if clip.key in LIKED else 0.0
        if name in {clip.channel, "demoadmin"} or chance == 0 or (luck > chance and luck < 0.985):
            continue
        yield Reaction(
            id=demo_id("like", clip.key, name),
            user=user,
            video=video,
            value=ReactionValue.LIKE if luck <= chance else ReactionValue.DISLIKE,
            created_at=since - timedelta(days=clip.days * (1 - when**1.8)),
        )


def _add_history(clip: Clip, video: Video, users: dict[str, User], since: datetime) -> None:
    """Add the clip to the history of ``demo``."""
    user = users.get("demo")
    for number, (key, share) in enumerate(WATCHED):
        if key != clip.key or user is None:
            continue
        position = round(clip.seconds * share, 1)
        entry = Watch(
            id=demo_id("watch", key),
            user=user,
            video=video,
            title=video.title,
            folded_title=folded_titles.fold_title(video.title),
            position=position,
            duration=float(clip.seconds),
            completed=is_finished(position, clip.seconds),
            watched_at=since - timedelta(hours=3 + 13 * number),
        )
        insert_missing(Watch, [entry])
