"""Nobody learns what a video that was hidden from them is called now, by any copy of its title."""

import pytest
from django.utils import timezone

from streamsite.mongo import repairs
from streamsite.mongo.collections import collection
from streamsite.tasks import queue
from videos import services, tasks
from videos.models import Case, Video, Watch
from videos.moderation import cases
from videos.playback import history


def follow():
    jobs = collection(queue.JOBS)
    for job in list(jobs.find({"task": "videos.tasks.follow_title"})):
        tasks.follow_title.func(*job["args"])
        jobs.delete_one({"_id": job["_id"]})


def again(video):
    return Video.objects.select_related("channel").get(pk=video.pk)


@pytest.fixture
def watched(database, cast):
    video = cast.video(title="Harbour")
    for viewer in (cast.owner, cast.member):
        history.record_position(viewer, video, 30.0)
    return video


def titles_of(cast):
    return {name: Watch.objects.get(user=getattr(cast, name)).folded_title for name in ("owner", "member")}


def test_a_history_cannot_be_searched_for_a_hidden_title(watched, cast):
    services.update(watched, {"visibility": "private", "title": "Merger"})
    follow()
    assert titles_of(cast) == {"owner": "merger", "member": "harbour"}
    assert not [
        one for one in repairs.repair_documents() if one.name.startswith("videos_watch.title") and one.wrong
    ]
    services.update(again(watched), {"visibility": "unlisted"})
    follow()
    assert titles_of(cast) == {"owner": "merger", "member": "merger"}


def test_a_title_is_told_when_the_video_is_put_back(watched, cast):
    services.take_down(watched.pk)
    services.update(again(watched), {"title": "Merger"})
    follow()
    assert titles_of(cast)["member"] == "harbour"
    services.restore(watched.pk)
    follow()
    assert titles_of(cast)["member"] == "merger"


@pytest.mark.parametrize("decision", ["warning", "taken_down"])
def test_who_reported_a_video_is_not_told_its_hidden_title(watched, cast, decision):
    answer = cast.api("member").post(f"/api/v1/videos/{watched.pk}/report", {"reason": "spam"}, format="json")
    assert answer.status_code == 201, answer.content
    cases.decide(Case.objects.get(), cast.staff, decision)
    services.update(again(watched), {"visibility": "private", "title": "Merger"})
    follow()
    told = cast.api("member").get("/api/v1/me/notifications").content.decode()
    assert "Merger" not in told
    assert ("Harbour" in told) == (decision == "taken_down")


def test_a_scheduled_publication_tells_the_title(watched, cast):
    services.update(watched, {"visibility": "private", "title": "Merger"})
    follow()
    Video.objects.filter(pk=watched.pk).update(publish_at=timezone.now())
    assert services.apply_schedule() == 1
    follow()
    assert titles_of(cast)["member"] == "merger"
