"""Making backups: what is copied, what is not copied again, what survives a kill, what is removed."""

import shutil
import stat
import time
from datetime import timedelta
from pathlib import Path

import pytest

from streamsite import backup, site_id
from streamsite.backup import record_store, snapshots, tasks
from streamsite.backup.errors import BackupError, Busy, Damaged
from streamsite.backup.places import open_target
from streamsite.backup.targets import FolderTarget
from streamsite.tasks import queue
from streamsite.tasks.lease import Lease, LeaseLost, reset_current_lease, set_current_lease
from tests.backup.conftest import write
from tests.support.kills import SimulatedKill
from tests.support.profile import sample
from videos.files import paths


class KillingTarget(FolderTarget):
    """A folder at which the process is killed before it stores content number ``last``, or right after."""

    def __init__(self, root, last, *, after=False):
        super().__init__(root)
        self.last, self.after, self.count = last, after, 0

    def _killed(self, store, *arguments):
        self.count += 1
        if self.count == self.last and not self.after:
            raise SimulatedKill
        store(*arguments)
        if self.count == self.last:
            raise SimulatedKill

    def write(self, name, content):
        self._killed(super().write, name, content)

    def send(self, path, name):
        self._killed(super().send, path, name)


def test_a_backup_has_every_file_and_collection_and_nobody_else_can_read_it(world):
    made = world.back_up()
    snapshot = world.snapshot()
    assert made.snapshot == snapshot
    assert snapshots.parts_of(snapshot) == ("db", "keys", "media")
    assert snapshot["site_id"] == site_id.current_site_id()
    assert {"videos_video", "accounts_user", "streamsite_site"} <= snapshot["db"]["collections"].keys()
    assert not {"streamsite_backup", "task_worker", "throttle"} & snapshot["db"]["collections"].keys()
    assert snapshot["media"]["files"] == 4
    assert snapshot["keys"]["files"] == 2
    for path in [world.target.root, *world.target.root.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert list((world.target.root / "tmp").iterdir()) == []


def test_what_is_being_written_the_trash_and_the_site_s_marks_are_left_out(world):
    media = Path(world.folder / "media")
    write(media / "trash" / "2026-11-30" / "media" / "x", b"gone")
    write(media / "extras" / "AAAAAAAAAAA" / ".poster.webp.12ab", b"half")
    (media / "extras" / "link").symlink_to("/etc")
    (media / "extras" / "file").symlink_to("/etc/passwd")
    assert world.back_up().snapshot["media"]["files"] == 4


def test_a_second_backup_copies_what_is_new_only(world):
    world.back_up()
    before = world.objects()
    second = world.add_video("Second")
    made = world.back_up()
    new = world.objects().keys() - before.keys()
    source, segment = len(f"source of {second.pk}") * 1000, 70_000
    master = len(b"#EXTM3U ") + len(second.pk)
    # The file that all videos have in common is there already.
    assert made.copied == source + segment + master
    assert made.snapshot["media"]["files"] == 8
    again = world.back_up()
    assert again.copied == 0
    assert again.snapshot["media"]["pages"] == made.snapshot["media"]["pages"]
    assert {path.stat().st_mtime_ns for name, path in world.objects().items() if name in before} == {
        path.stat().st_mtime_ns for path in before.values()
    }
    assert new


def test_only_changed_pages_of_the_database_are_stored_again(world):
    first = world.back_up(parts=("db",)).snapshot["db"]["collections"]
    world.video.title = "Renamed"
    world.video.save()
    second = world.back_up(parts=("db",)).snapshot["db"]["collections"]
    changed = {name for name in first if first[name]["pages"] != second[name]["pages"]}
    assert "videos_video" in changed
    assert "accounts_user" not in changed


@pytest.mark.parametrize("parts", [("db",), ("keys",), ("media",), ("db", "media")])
def test_parts_are_backed_up_alone(world, parts):
    made = world.back_up(parts=parts)
    assert snapshots.parts_of(made.snapshot) == parts
    # What monitoring sees as a backup has both the database and the files.
    assert (backup.last_backup() is not None) == (parts == ("db", "media"))


def test_the_last_backup_is_noted(world):
    assert backup.last_backup() is None
    made = world.back_up()
    last = backup.last_backup()
    assert last.snapshot == made.snapshot["id"]
    assert last.copied == made.copied
    assert last.size == made.snapshot["db"]["bytes"] + made.snapshot["media"]["bytes"]
    assert timedelta(0) <= last.age < timedelta(minutes=5)


def test_a_backup_of_another_site_is_left_alone(world):
    world.back_up()
    site_id.adopt()
    with pytest.raises(BackupError, match="of another site"):
        world.back_up()
    assert len(snapshots.ids(world.target)) == 1


@pytest.mark.parametrize("place", ["media/backups", "media", "keys/backups"])
def test_a_place_in_what_is_backed_up_is_refused(world, place):
    with pytest.raises(BackupError, match="which is backed up"):
        world.back_up(FolderTarget(world.folder / place))
    assert not (world.folder / "media" / "backups").exists()


def test_two_backups_at_once_are_refused(world):
    with record_store.only_one(), pytest.raises(Busy):
        world.back_up()


def count_writes(world):
    counting = KillingTarget(world.folder / "counted", 0)
    world.back_up(counting)
    shutil.rmtree(world.folder / "counted")
    return counting.count


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_write_the_next_run_makes_a_whole_backup(world, after):
    writes = count_writes(world)
    assert writes > 15
    for last in sample(range(1, writes + 1), 5):
        root = world.folder / f"killed-{last}"
        with pytest.raises(SimulatedKill):
            world.back_up(KillingTarget(root, last, after=after))
        is_complete = after and last == writes
        assert len(snapshots.ids(FolderTarget(root))) == is_complete
        kept = {path: path.stat().st_mtime_ns for path in (root / "objects").rglob("*") if path.is_file()}
        world.back_up(FolderTarget(root))
        assert {path: path.stat().st_mtime_ns for path in kept} == kept
        assert world.problems(FolderTarget(root)) == []
        assert not (root / "unfinished.json").exists()
        assert list((root / "tmp").iterdir()) == []


def test_a_run_that_was_killed_after_its_snapshot_is_not_made_again(world):
    first = world.back_up().snapshot
    state = {
        "id": first["id"],
        "site_id": first["site_id"],
        "parts": ["db", "keys", "media"],
        "db": first["db"],
    }
    walk = {"pages": first["media"]["pages"], "last": "", "files": 0, "bytes": 0, "copied": 0}
    state |= {"started_at": 0, "db_at": time.time(), "before": walk, "before_done": True, "count": 0}
    world.target.write(
        snapshots.UNFINISHED, snapshots.json.dumps(state | {"copy": None, "after": walk}).encode()
    )
    assert world.back_up().snapshot["id"] != first["id"]


def test_a_job_that_was_lost_stops_and_the_next_continues(world):
    lease = Lease()
    lease.lost.set()
    token = set_current_lease(lease)
    try:
        with pytest.raises(LeaseLost):
            world.back_up()
    finally:
        reset_current_lease(token)
    assert snapshots.ids(world.target) == []
    world.back_up()


# --- retention ---


def test_old_snapshots_go_and_nothing_that_others_need(world):
    world.back_up()
    world.back_up(parts=("keys",))
    second = world.add_video("Second")
    world.back_up()
    paths.remove_all_files(second.pk)
    second.delete()
    made = world.back_up(keep=2)
    assert len(made.removed.snapshots) == 1
    kept = [snapshots.parts_of(snapshots.read(world.target, one)) for one in snapshots.ids(world.target)]
    assert sorted(kept) == [("db", "keys", "media"), ("db", "keys", "media"), ("keys",)]
    assert world.problems() == []
    before = len(world.objects())
    made = world.back_up(keep=1)
    # The source, segment and playlist of the video that is gone, and pages.
    assert made.removed.objects >= 3
    assert len(world.objects()) < before
    assert world.problems() == []
    assert len(list((world.target.root / "keys").iterdir())) == 2


def test_contents_stay_when_nobody_knows_what_a_snapshot_needs(world):
    first = world.back_up().snapshot
    world.back_up()
    before = world.objects().keys()
    (path,) = [path for path in world.objects().values() if path.name == first["media"]["pages"][0]]
    path.write_bytes(b"damaged")
    world.add_video("Second")
    with pytest.raises(Damaged):
        world.back_up(keep=2)
    assert before <= world.objects().keys()
    assert len(snapshots.ids(world.target)) == 3


# --- scheduled ---


def waiting():
    return queue.collection(queue.JOBS).count_documents({"task": "streamsite.backup.tasks.back_up"})


def test_a_backup_is_queued_when_it_is_due_and_once(world, settings):
    tasks.schedule_backup.call()
    assert waiting() == 0
    settings.BACKUP_TO = str(world.target.root)
    record = record_store.collection(record_store.RECORDS)
    world.back_up(parts=("db", "media"))
    assert not record_store.is_due(timedelta(hours=24), pause=timedelta(hours=1))
    record.update_one({"_id": "last"}, [{"$set": {"finished_at": {"$subtract": ["$$NOW", 86_400_000]}}}])
    assert record_store.is_due(timedelta(hours=24), pause=timedelta(hours=1))
    record_store.record_failure("the disk is full")
    assert not record_store.is_due(timedelta(hours=24), pause=timedelta(hours=1))
    assert record_store.is_due(timedelta(hours=24), pause=timedelta(0))


def test_a_scheduled_backup_keeps_as_many_as_the_settings_say(world, settings):
    settings.BACKUP_TO, settings.BACKUP_KEEP = str(world.target.root), 2
    settings.BACKUP_PARTS = ("db", "keys", "media")
    for _ in range(3):
        tasks.back_up.call()
    assert len(snapshots.ids(world.target)) == 2
    assert record_store.last_failure() is None


def test_a_failure_is_noted_until_a_backup_is_made(world, settings):
    settings.BACKUP_TO, settings.BACKUP_PARTS = str(world.target.root), ("db", "media")
    world.target.root.write_text("in the way")
    with pytest.raises(tasks.RetryLater):
        tasks.back_up.call()
    assert "is a file" in record_store.last_failure()[1]
    world.target.root.unlink()
    tasks.back_up.call()
    assert record_store.last_failure() is None
    assert backup.last_backup() is not None


@pytest.mark.parametrize("place", ["", "ftp://x/y", "s3://", "s3://bucket/../x", "s3://b"])
def test_places_that_are_none_are_refused(place):
    with pytest.raises(BackupError):
        open_target(place)
