"""Remove the demo: everything that it made, and what hangs on that, as any deletion does.

An account whose password was changed belongs to a person by now, and stays; of its content only what the demo made
goes. The rest is found by ids that only the demo gives; what an earlier release's demo made, by its three accounts and
their password.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from accounts import deletion
from accounts.models import User
from demo import community, people, sign_ins, store
from demo.ids import demo_id, demo_video_id
from demo.tables.clips import CLIPS
from demo.tables.community import PLAYLISTS, POSTS
from demo.tables.people import SIGN_INS
from demo.tables.talk import TALK
from playlists.models import Playlist
from playlists.services.playlists import delete_any_playlist
from streamsite.mongo import counters
from streamsite.tasks import control
from subscriptions.models import Post, Subscription
from subscriptions.posts import services as posts
from videos import services, tasks
from videos.access import own_videos
from videos.comments.states import delete_comment
from videos.models import Comment, Video

POLL_SECONDS, MAX_WAIT_SECONDS = 0.5, 120.0


@dataclass
class Removal:
    """The content to remove: accounts to delete, accounts to keep, and the number of other objects.

    ``by_people`` are numbers of what people added to it, which goes with it.
    """

    accounts: list[User] = field(default_factory=list)
    kept: list[User] = field(default_factory=list)
    videos: list[Video] = field(default_factory=list)
    playlists: list[Playlist] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    by_people: dict[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to remove."""
        return not (self.accounts or self.videos or self.playlists or self.posts)


def stop_making() -> None:
    """Let no job make anything anymore, and wait for one that a worker has begun."""
    store.mark_removed()
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while control.has_running("demo.tasks.") and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def find() -> Removal:
    """Return what would be removed."""
    found = Removal()
    for user in _accounts():
        (found.kept if _is_adopted(user) else found.accounts).append(user)
    going = [user.pk for user in found.accounts]
    staying = [user.pk for user in found.kept]
    made = Video.objects.filter(pk__in=[demo_video_id(clip.key) for clip in CLIPS], channel_id__in=staying)
    found.videos = [*(video for pk in going for video in own_videos(pk)), *made]
    lists = Playlist.objects.filter(pk__in=[community.playlist_id(row) for row in PLAYLISTS])
    found.playlists = list(lists)
    found.posts = list(Post.objects.filter(pk__in=[demo_id("post", row.key) for row in POSTS]))
    found.by_people = _count_by_people(found)
    return found


def _accounts() -> Iterator[User]:
    """Yield the demo's accounts, and those of an earlier release's demo."""
    yield from User.objects.filter(pk__in=list(people.ACCOUNTS.values())).order_by("username")
    file = sign_ins.password_file()
    if file.is_file():
        password = file.read_text(encoding="utf-8").strip()
        names = [row[0] for row in SIGN_INS]
        for user in User.objects.filter(username__in=names).exclude(pk__in=list(people.ACCOUNTS.values())):
            if user.email == f"{user.username}@example.org" and user.check_password(password):
                yield user


def _is_adopted(user: User) -> bool:
    """Return whether a person has given the account a password of their own."""
    if not user.has_usable_password() or not user.is_active:
        return False
    file = sign_ins.password_file()
    return file.is_file() and not user.check_password(file.read_text(encoding="utf-8").strip())


def _count_by_people(found: Removal) -> dict[str, int]:
    """Return how much of what goes was added by accounts that stay."""
    demo = list({*people.ACCOUNTS.values(), *(user.pk for user in found.accounts)})
    subjects = [item.pk for item in (*found.videos, *found.posts)]
    going = [user.pk for user in found.accounts]
    own = set(map(demo_video_id, (clip.key for clip in CLIPS)))
    return {
        "comments": Comment.objects.filter(subject__in=subjects).exclude(author_id__in=demo).count(),
        "subscriptions": Subscription.objects.filter(channel_id__in=going)
        .exclude(subscriber_id__in=demo)
        .count(),
        "videos": sum(video.pk not in own for video in found.videos),
    }


def remove(found: Removal) -> None:
    """Remove it, after ``stop_making``. An interrupted removal is continued by the next one.

    The accounts go last, because everything is found by them.
    """
    for playlist in found.playlists:
        delete_any_playlist(playlist)
    for post in found.posts:
        posts.delete(post)
    for video in found.videos:
        services.delete(video)
        tasks.forget_video.func(video.pk)
    for user in found.accounts:
        User.objects.filter(pk=user.pk).update(is_active=False, erase_at=deletion.DELETION_STARTED)
        deletion.delete_if_due(user.pk)
    _remove_traces([user.pk for user in found.kept])
    if not found.kept:
        _password_files()


def _remove_traces(kept: list[str]) -> None:
    """Remove what the demo wrote as an account that a person uses now."""
    for user_id in kept:
        for comment in Comment.objects.filter(author_id=user_id, pk__in=_comment_ids()):
            delete_comment(comment.pk)
        counters.set_right_now(User._meta.db_table, [user_id])


def _comment_ids() -> list[str]:
    ids = []
    for key, threads in TALK.items():
        for number, said in enumerate(threads):
            ids.append(demo_id("comment", key, str(number)))
            ids += [
                demo_id("comment", key, str(number), str(place + 1)) for place in range(len(said.replies))
            ]
    return ids


def _password_files() -> None:
    kept: Path = sign_ins.password_file()
    for file in (kept, kept.with_name("demo_password.new")):
        file.unlink(missing_ok=True)
