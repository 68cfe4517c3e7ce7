"""Two accounts change one playlist concurrently: the result is that of one change after the other.

A state machine makes up playlists and pairs of changes. Both changes of a pair run at once; the order afterwards, the
responses, the counters, and the collaborators must be those of a plain list to which the two were applied in turn, in
either order.
"""

import threading
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from playlists import access, services
from playlists.models import Playlist, PlaylistItem
from playlists.ordering import BY_RANK
from streamsite.errors import SiteError
from tests.support.profile import walk
from videos.models import Video

EXAMPLES = walk(25, deep=200)
VIDEOS = 6
WHO = st.sampled_from(["owner", "member"])
VIDEO = st.integers(0, VIDEOS - 1)


@dataclass(frozen=True)
class Change:
    """``who`` does ``what`` to the video with a number; ``where`` is a position or a neighbor's number."""

    what: str
    who: str = "owner"
    video: int = 0
    where: int = 0


CHANGES = st.one_of(
    st.builds(Change, st.sampled_from(["add", "add_at"]), WHO, VIDEO, st.integers(0, VIDEOS)),
    st.builds(Change, st.sampled_from(["position", "before", "after"]), WHO, VIDEO, VIDEO),
    st.builds(Change, st.just("remove"), WHO, VIDEO),
    st.builds(Change, st.sampled_from(["invite", "uninvite"])),
)


@dataclass(frozen=True)
class Model:
    """A plain list of ``(number of the video, who added it)``, and whether the member collaborates."""

    rows: tuple[tuple[int, str], ...] = ()
    is_member: bool = True

    def after(self, change: Change) -> tuple["Model", str]:
        """Return the list after a change, and the response."""
        if change.what in ("invite", "uninvite"):
            return replace(self, is_member=change.what == "invite"), "ok"
        if change.who == "member" and not self.is_member:
            return self, "not_found"
        numbers = [number for number, _ in self.rows]
        if change.what in ("add", "add_at"):
            if change.video in numbers:
                return self, "already_in_playlist"
            place = change.where if change.what == "add_at" else len(numbers)
            return self._with(place, (change.video, change.who)), "ok"
        if change.video not in numbers:
            return self, "not_found"
        row = self.rows[numbers.index(change.video)]
        others = replace(self, rows=tuple(one for one in self.rows if one != row))
        if change.what == "remove":
            return (others, "ok") if change.who in ("owner", row[1]) else (self, "permission_denied")
        if change.what == "position":
            return others._with(change.where, row), "ok"
        left = [number for number, _ in others.rows]
        if change.where not in left:
            return self, "validation_error"
        return others._with(left.index(change.where) + (change.what == "after"), row), "ok"

    def _with(self, place: int, row: tuple[int, str]) -> "Model":
        return replace(self, rows=(*self.rows[:place], row, *self.rows[place:]))


class TwoWriters(RuleBasedStateMachine):
    """The state machine. The test sets cast and videos."""

    people: dict
    videos: list

    @initialize(start=st.lists(VIDEO, unique=True, max_size=4))
    def begin(self, start):
        data = {"title": "Both", "video_ids": [self.videos[number].pk for number in start]}
        self.id = services.create_playlist(self.people["owner"], data).pk
        services.add_collaborator(self._playlist(), self.people["member"])
        self.model = Model(rows=tuple((number, "owner") for number in start))
        self.version = self._playlist().version

    def _playlist(self) -> Playlist:
        return Playlist.objects.select_related("owner").get(pk=self.id)

    def _items(self) -> dict[int, str]:
        rows = PlaylistItem.objects.filter(playlist_id=self.id).values_list("video_id", "pk")
        return {self.numbers[video]: item for video, item in rows}

    def carry_out(self, change: Change, items: dict[int, str]) -> str:
        """Apply a change as the API does, through access check and service; return the response's code."""
        who = self.people[change.who]
        unknown = "x" * 16
        try:
            if change.what in ("invite", "uninvite"):
                playlist = access.playlist_for_editing(who, self.id)
                if change.what == "invite":
                    services.add_collaborator(playlist, self.people["member"])
                else:
                    services.remove_collaborator(playlist, self.people["member"].pk)
                return "ok"
            playlist = access.playlist_for_contributing(who, self.id)
            if change.what in ("add", "add_at"):
                position = change.where if change.what == "add_at" else None
                services.add_video(playlist, who, self.videos[change.video].pk, position=position)
                return "ok"
            item_id = items.get(change.video, unknown)
            if change.what == "remove":
                item = access.item_for_editing(who, playlist, item_id)
                return "ok" if services.remove_item(playlist, item, actor=who) else "not_found"
            item = access.get_item(playlist, item_id)
            where = (
                {"position": change.where}
                if change.what == "position"
                else {change.what: items.get(change.where, unknown)}
            )
            services.move_item(playlist, item, actor=who, **where)
        except SiteError as error:
            return error.code
        return "ok"

    @rule(changes=st.tuples(CHANGES, CHANGES))
    def two_at_once(self, changes):
        items, answers, barrier = self._items(), ["", ""], threading.Barrier(2)

        def run(index: int) -> None:
            barrier.wait()
            answers[index] = self.carry_out(changes[index], items)

        threads = [threading.Thread(target=run, args=(index,)) for index in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = (self._stored(), tuple(answers))
        possible = [self._in_turn(changes, order) for order in ((0, 1), (1, 0))]
        assert found in possible, (self.model, changes, found)
        self.model = found[0]

    def _in_turn(self, changes, order) -> tuple[Model, tuple[str, str]]:
        model, answers = self.model, ["", ""]
        for index in order:
            model, answers[index] = model.after(changes[index])
        return model, (answers[0], answers[1])

    def _stored(self) -> Model:
        playlist = self._playlist()
        names = {user.pk: name for name, user in self.people.items()}
        rows = PlaylistItem.objects.filter(playlist_id=self.id).order_by(*BY_RANK)
        return Model(
            tuple((self.numbers[row.video_id], names[row.added_by_id]) for row in rows),
            self.people["member"].pk in playlist.collaborators,
        )

    @invariant()
    def figures_are_those_of_the_list(self):
        if not hasattr(self, "id"):
            return
        playlist = self._playlist()
        ranks = list(PlaylistItem.objects.filter(playlist_id=self.id).values_list("rank", flat=True))
        assert len(set(ranks)) == len(ranks) == playlist.item_count == len(self.model.rows)
        length = sum(self.videos[number].duration for number, _ in self.model.rows)
        assert playlist.duration == pytest.approx(length)
        assert playlist.version >= self.version
        self.version = playlist.version


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_two_writers_at_once_are_one_after_the_other(cast, database):
    people = {"owner": cast.owner, "member": cast.member}
    TwoWriters.people = people
    TwoWriters.videos = [cast.video(title=f"Video {n}", duration=float(n + 1)) for n in range(VIDEOS)]
    TwoWriters.numbers = {video.pk: number for number, video in enumerate(TwoWriters.videos)}
    assert Video.objects.count() == VIDEOS
    rules = settings(
        max_examples=EXAMPLES,
        stateful_step_count=6,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(TwoWriters, settings=rules)
    assert Playlist.objects.count() >= EXAMPLES
