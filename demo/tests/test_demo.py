"""The demo on a site: made once however often it is interrupted, behind people's uploads, and removed whole."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from demo import activity, clip_files, community, people, removal, sign_ins, store, tasks, uploads
from demo.ids import demo_video_id
from demo.tables.clips import BY_KEY
from streamsite.mongo import counters
from streamsite.mongo.engine.client import get_database
from streamsite.tasks import queue
from subscriptions.models import Broadcast, Post, Subscription
from videos import services
from videos import tasks as video_tasks
from videos.comments import services as comments
from videos.comments.targets import video_target
from videos.models import Caption, Comment, Reaction, Status, Video, Watch
from videos.playback import statistics_store
from videos.transcoding.errors import Canceled

# A real clip, smaller and shorter.
CLIP = replace(
    BY_KEY["streaming"], size=(320, 180), fps=10, seconds=15, cover=4.0, lines=BY_KEY["streaming"].lines[:3]
)
# Jobs keep their records for a week, and the last document says that the demo is not to be made again.
STAYS = {"task_job", store.DEMO, "rate_limits", "streamsite_locks"}


@pytest.fixture
def keys(settings, tmp_path):
    """A folder of its own for the demo's password."""
    settings.KEYS_DIR = tmp_path
    return tmp_path


@pytest.fixture
def site(database, keys):
    """A site with the demo's accounts and channels; what there was before them."""
    before = contents()
    sign_ins.create_sign_ins()
    people.create_people(store.wanted_since())
    return before


def contents():
    """Return the number of documents by collection, of those that have any, and the files of the media folder."""
    found = get_database("default")
    names = sorted(set(found.list_collection_names()) - STAYS)
    documents = {name: count for name in names if (count := found[name].count_documents({}))}
    media = Path(settings.MEDIA_ROOT)
    return documents, sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())


def run(command, *arguments):
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def make_clip():
    """Make the small clip, process it, and make everything around it."""
    since = store.wanted_since()
    uploads.make_video(CLIP, since)
    video_tasks.process_video.func(demo_video_id(CLIP.key), few_rungs=True)
    community.add_all(since)
    return Video.objects.get(pk=demo_video_id(CLIP.key))


def test_people_are_made_once(site):
    before = contents()
    assert User.objects.count() == len(people.USERNAMES)
    assert User.objects.filter(is_superuser=True).get().username == "demoadmin"
    assert all(
        user.has_usable_password() == (user.username in {"demo", "demoadmin", "northlight"})
        for user in User.objects.all()
    )
    people.create_people(store.wanted_since())
    assert contents() == before
    assert counters.reconcile(correct=False, settle_seconds=0) == []
    assert Subscription.objects.filter(subscriber__username="demo").count() == 4


@pytest.mark.slow
def test_a_clip_is_made_once_with_everything_around_it_and_removed_whole(site, cast, keys):
    person = cast.member
    run("remove_demo", "--dry-run")
    before_all = contents()
    video = make_clip()
    assert (video.status, video.listed, video.has_poster) == (Status.READY, True, True)
    assert (video.is_complete, video.width, len(video.poster)) == (True, 320, 16)
    assert "copied" in {note["code"] for note in video.report}, "the drawn track is the top rendition"
    assert Caption.objects.filter(video=video).count() == 2
    assert video.comment_count == Comment.objects.filter(subject=video.pk).count() > 8
    assert video.like_count == Reaction.objects.filter(video=video, value="like").count() > 5
    assert Watch.objects.get(video=video).user.username == "demo"
    assert Post.objects.count() == len(community.POSTS)
    assert timezone.now() - video.published_at > timedelta(days=11)
    assert counters.reconcile(correct=False, settle_seconds=0) == []
    assert not Broadcast.objects.filter(subject=video.pk).exists(), "old news"
    once = contents()
    make_clip()
    assert contents() == once, "a second run makes nothing twice"

    comments.create(person, video_target(video), "What a person says.")
    said = run("remove_demo")
    assert f"Removing: {len(people.USERNAMES)} accounts, 1 videos" in said
    assert "includes 1 comments by other accounts" in said
    assert "create an administrator with" in said, "its administrator went, and the next step is said"
    assert not (keys / "demo_password").exists()
    documents, files = contents()
    assert files == site[1]
    assert documents.pop("accounts_user") == before_all[0]["accounts_user"] - len(people.USERNAMES)
    left = {name for name in documents if get_database("default")[name].count_documents(_of_demo())}
    assert left == set()
    assert counters.reconcile(correct=False, settle_seconds=0) == []
    assert store.wanted_since() is None
    assert "no demo content" in run("remove_demo")
    run("seed_demo")
    assert not User.objects.filter(username="demo").exists(), "it is not made again"


def _of_demo():
    ids = [*people.ACCOUNTS.values(), demo_video_id(CLIP.key)]
    names = (
        "_id",
        "channel_id",
        "channel",
        "user_id",
        "author_id",
        "owner_id",
        "subject",
        "video_id",
        "video",
    )
    names += ("subscriber_id", "playlist_id", "actor_id", "post_id")
    return {"$or": [{name: {"$in": ids}} for name in names]}


def test_a_removal_that_was_interrupted_is_continued(site):
    found = removal.find()
    removal.stop_making()
    first = found.accounts[0]
    removal.remove(replace(found, accounts=[first], kept=found.accounts[1:]))
    assert not User.objects.filter(pk=first.pk).exists()
    # Killed while the second one is deleted.
    User.objects.filter(pk=found.accounts[1].pk).update(
        is_active=False, erase_at=removal.deletion.DELETION_STARTED
    )
    run("remove_demo")
    assert contents() == site


def test_an_account_that_a_person_took_over_stays(site):
    admin = User.objects.get(username="demoadmin")
    admin.set_password("a password of their own")
    admin.save()
    assert "Kept: demoadmin" in run("remove_demo")
    assert list(User.objects.values_list("username", flat=True)) == ["demoadmin"]
    assert counters.reconcile(correct=False, settle_seconds=0) == []


def test_figures_fill_the_studio(site):
    since = store.wanted_since()
    channel = User.objects.get(username="plainly")
    video = Video.objects.create(
        id=demo_video_id(CLIP.key), channel=channel, title=CLIP.title, duration=CLIP.seconds, source_size=1
    )
    activity.add_to_clip(CLIP, video, since)
    video.refresh_from_db()
    channel.refresh_from_db()
    assert video.view_count == channel.view_count > 100
    total = statistics_store.find_total(video.pk)
    days = statistics_store.find_days(
        statistics_store.VIDEO_DAYS, {"video": video.pk}, "2000-01-01", "2100-01-01"
    )
    assert sum(day.get("views", 0) for day in days.values()) == total["views"] == video.view_count
    assert sum(sum(day.get("sources", {}).values()) for day in days.values()) == total["views"]
    assert all(day["seconds"] <= day["offered"] for day in days.values() if "offered" in day)
    assert len(days) >= 11
    assert total["shown"]["0"] <= total["viewings"]


def test_the_demo_waits_for_everyone_else(cast, keys):
    sign_ins.create_sign_ins()
    tasks.enqueue_demo()
    person = Video.objects.create(channel=cast.owner, title="A person's", source_size=9 * 1024**3)
    for number in range(45):
        Video.objects.create(channel=cast.owner, title=f"Earlier {number}", source_size=1)
    assert not clip_files.is_needed_by_people()
    video_tasks.enqueue_processing(person)
    assert clip_files.is_needed_by_people()
    taken = queue.take("test", [clip_files.TRANSCODE], 60)
    assert taken.args == [person.pk], "queued last, of the account that waits longest, and still first"
    queue.finish(taken)
    assert queue.take("test", [clip_files.TRANSCODE], 60).task == tasks.make_people.module_path


def test_a_clip_that_is_drawn_gives_way_to_an_upload(site, cast, tmp_path):
    person = Video.objects.create(channel=cast.owner, title="A person's", source_size=1)
    video_tasks.enqueue_processing(person)
    with pytest.raises(Canceled):
        clip_files.render_clip(BY_KEY["lake"], tmp_path)
    tasks.make_clip.func("lake")
    assert not Video.objects.filter(pk=demo_video_id("lake")).exists()
    waiting = get_database("default")[queue.JOBS].find_one(
        {"task": tasks.make_clip.module_path, "state": "ready"}
    )
    assert waiting["args"] == ["lake"]
    assert waiting["priority"] < video_tasks.DEMO_PRIORITY


def test_a_site_with_videos_gets_no_demo(cast, keys):
    Video.objects.create(channel=cast.owner, title="A person's", source_size=1)
    run("seed_demo")
    assert User.objects.filter(username="demo").exists(), "accounts as ever"
    assert store.load() is None
    assert get_database("default")[queue.JOBS].count_documents({"task": tasks.make_people.module_path}) == 0


def test_the_demo_of_an_earlier_release_stays_and_can_be_removed(cast, keys):
    (keys / "demo_password").write_text("earlier-pass-word")
    for name in ("demo", "demoadmin", "northlight"):
        User.objects.create_user(name, f"{name}@example.org", "earlier-pass-word")
    User.objects.create_user("kettle", "kettle@example.org", "earlier-pass-word")
    run("seed_demo")
    assert store.load() is None, "no second demo"
    run("remove_demo")
    assert not User.objects.filter(username__in=["demo", "demoadmin", "northlight"]).exists()
    assert User.objects.filter(username="kettle").exists()


def test_a_person_with_a_name_of_the_demo_keeps_everything(cast, keys):
    person = User.objects.create_user("plainly", "plainly@example.org", "a person's password")
    sign_ins.create_sign_ins()
    people.create_people(store.wanted_since())
    person.refresh_from_db()
    assert (person.full_name, person.bio, person.avatar) == ("", "", "")
    assert "plainly" not in people.demo_users()
    run("remove_demo")
    assert User.objects.filter(pk=person.pk).exists()


def test_what_a_person_deletes_of_a_finished_demo_stays_deleted(site):
    store.mark_finished()
    services.delete(Video.objects.create(id=demo_video_id("lake"), channel=User.objects.first(), title="x"))
    before = get_database("default")[queue.JOBS].count_documents({})
    tasks.enqueue_demo()
    tasks.make_clip.func("lake")
    assert get_database("default")[queue.JOBS].count_documents({}) - before == 0
    assert not Video.objects.filter(pk=demo_video_id("lake")).exists()
