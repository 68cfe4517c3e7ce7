"""Resumable uploads that are sent in parts at the same time and joined (tus ``concatenation``)."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from videos import quota
from videos import services as video_services
from videos.files import paths
from videos.models import Upload, Video
from videos.processing import cleanup
from videos.tasks import enqueue_processing
from videos.tests.test_tus import URL, call, empty_folder, encoded, jobs, offset_of, path_of
from videos.uploads import partial_file, services

__all__ = ["empty_folder"]
PIECES = (b"first,", b"second,", b"third")


def part(api, content, **headers):
    """Return the URL of a finished partial upload."""
    answer = call(api, "POST", URL, content, upload_length=len(content), upload_concat="partial", **headers)
    assert answer.status_code == 201, answer.content
    return path_of(answer)


def join(api, urls, **headers):
    headers.setdefault("upload_metadata", encoded(filename="film.mp4", title="Joined"))
    return call(api, "POST", URL, upload_concat=f"final;{' '.join(urls)}", **headers)


def files():
    return {entry.name for entry in (Path(settings.WORK_DIR) / "uploads").iterdir()}


def id_of(url):
    return url.rsplit("/", 1)[1]


def sweep(hours=1.0):
    with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=True):
        now = timezone.now().timestamp()
        for name in files():
            os.utime(partial_file.upload_path(name), (now - hours * 3600, now - hours * 3600))
        return cleanup.sweep(
            task_path="videos.tasks.process_video", enqueue=enqueue_processing, place=lambda video_id: None
        ).found


def test_parts_become_one_video_in_the_order_of_the_list(cast):
    api = cast.api("owner")
    urls = [part(api, content) for content in reversed(PIECES)][::-1]
    assert not Video.objects.exists()
    joined = join(api, urls)
    assert (joined.status_code, joined["Upload-Offset"]) == (201, "18")
    video = Video.objects.get()
    assert joined["X-Video-Id"] == video.pk
    assert (video.status, video.title, video.source_size) == ("queued", "Joined", 18)
    assert paths.source_path(video.pk).read_bytes() == b"first,second,third"
    assert [job["args"] for job in jobs()] == [[video.pk]]
    assert files() == set()
    state = call(api, "HEAD", path_of(joined))
    assert (state["Upload-Offset"], state["Upload-Length"]) == ("18", "18")
    assert state["Upload-Concat"] == f"final;{' '.join(urls)}"
    assert state["X-Video-Id"] == video.pk
    for url in urls:
        assert call(api, "HEAD", url).status_code == 404


def test_a_partial_upload_says_what_it_is(cast):
    api = cast.api("owner")
    begun = call(api, "POST", URL, upload_length=6, upload_concat="partial")
    assert begun["Upload-Concat"] == "partial"
    assert "X-Video-Id" not in begun
    url = path_of(begun)
    assert call(api, "PATCH", url, b"fir", upload_offset=0)["Upload-Offset"] == "3"
    state = call(api, "HEAD", url)
    assert (state["Upload-Offset"], state["Upload-Length"], state["Upload-Concat"]) == ("3", "6", "partial")
    assert "X-Video-Id" not in state
    assert call(api, "PATCH", url, b"st,", upload_offset=3)["Upload-Offset"] == "6"
    assert offset_of(api, url) == 6
    assert not Video.objects.exists()
    assert call(api, "DELETE", url).status_code == 204
    assert call(api, "HEAD", url).status_code == 404
    assert files() == set()


def test_a_part_may_learn_its_length_later(cast):
    api = cast.api("owner")
    url = path_of(call(api, "POST", URL, b"first,", upload_defer_length=1, upload_concat="partial"))
    assert call(api, "HEAD", url)["Upload-Defer-Length"] == "1"
    assert join(api, [url]).status_code == 400
    assert call(api, "PATCH", url, b"", upload_offset=6, upload_length=6).status_code == 204
    assert join(api, [url, part(api, b"rest")])["Upload-Offset"] == "10"


def test_addresses_may_be_whole_and_only_this_sites(cast):
    api = cast.api("owner")
    first, second = part(api, b"a"), part(api, b"b")
    for wrong in (
        f"https://evil.example{second}",
        f"{second}?x=1",
        f"/media{second}",
        "https://[",
        second + "/../x",
    ):
        assert join(api, [first, wrong]).status_code == 400
    assert join(api, [f"http://testserver{first}", f"{settings.SITE_URL}{second}"]).status_code == 201


@pytest.mark.parametrize(
    "concat", ["", "final", "final;", "final; ", "partial;/api/v1/uploads/x", "whole", "final;{0} {0}"]
)
def test_what_the_protocol_does_not_know_is_refused(cast, concat):
    api = cast.api("owner")
    url = part(api, b"a")
    answer = call(
        api,
        "POST",
        URL,
        upload_concat=concat.format(url),
        **({"upload_length": 4} if ";" not in concat else {}),
    )
    assert answer.status_code == 400
    assert Upload.objects.count() == 1
    assert not Video.objects.exists()


def test_a_final_upload_brings_neither_length_nor_bytes(cast):
    api = cast.api("owner")
    url = part(api, b"a")
    assert join(api, [url], upload_length=1).status_code == 400
    assert join(api, [url], upload_defer_length=1).status_code == 400
    answer = call(api, "POST", URL, b"more", upload_concat=f"final;{url}")
    assert answer.status_code == 400
    assert call(api, "HEAD", url).status_code == 200


def test_nothing_is_added_to_a_final_upload(cast):
    api = cast.api("owner")
    final = path_of(join(api, [part(api, b"a"), part(api, b"b")]))
    answer = call(api, "PATCH", final, b"c", upload_offset=2)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert paths.source_path(Video.objects.get().pk).read_bytes() == b"ab"


def test_parts_of_others_and_parts_that_are_none_look_alike(cast):
    api = cast.api("owner")
    mine, theirs = part(api, b"a"), part(cast.api("stranger"), b"b")
    other, none = join(api, [mine, theirs]), join(api, [mine, f"{URL}/AAAAAAAAAAAAAAAA"])
    whole = path_of(call(api, "POST", URL, upload_length=4))
    assert other.status_code == none.status_code == join(api, [mine, whole]).status_code == 404
    assert other.json()["detail"] == none.json()["detail"]
    assert call(cast.api("stranger"), "HEAD", theirs)["Upload-Offset"] == "1"


def test_an_unfinished_part_is_refused(cast):
    api = cast.api("owner")
    begun = path_of(call(api, "POST", URL, b"a", upload_length=2, upload_concat="partial"))
    assert join(api, [part(api, b"a"), begun]).status_code == 400
    assert not Video.objects.exists()


def test_parts_are_used_once_and_the_same_list_is_the_same_upload(cast):
    api = cast.api("owner")
    first, second = part(api, b"a"), part(api, b"b")
    joined = join(api, [first, second])
    again = join(api, [first, second])
    assert again.status_code == 201
    assert [again[name] for name in ("Location", "X-Video-Id", "Upload-Offset")] == [
        joined[name] for name in ("Location", "X-Video-Id", "Upload-Offset")
    ]
    assert join(api, [second, first]).status_code == 404
    assert Video.objects.count() == len(jobs()) == 1


def test_parts_of_an_upload_that_is_being_joined_belong_to_it(cast, monkeypatch):
    api = cast.api("owner")
    urls = [part(api, b"a"), part(api, b"b")]
    monkeypatch.setattr(partial_file, "join_files", lambda *_: False)  # as while another request is at it
    joined = join(api, urls)
    assert joined.status_code == 201
    state = call(api, "HEAD", path_of(joined))
    assert "Upload-Offset" not in state
    assert state["Upload-Length"] == "2"
    assert join(api, [urls[0], part(api, b"c")]).status_code == 409
    for url in urls:
        assert call(api, "DELETE", url).status_code == 404
    assert services.sweep_expired() == 0
    monkeypatch.undo()
    assert offset_of(api, path_of(joined)) == 2


def test_only_one_joins_at_a_time(cast):
    api = cast.api("owner")
    url = path_of(call(api, "POST", URL, upload_length=4))
    with partial_file._opened(id_of(url)) as descriptor, partial_file._locked(descriptor):
        assert partial_file.join_files(id_of(url), []) is False


@pytest.fixture
def interrupted(cast, monkeypatch):
    """A final upload whose process was killed before it joined anything: its address and its parts' ids."""

    class Killed(BaseException):
        pass

    def killed(*_args):
        raise Killed

    api = cast.api("owner")
    urls = [part(api, content) for content in PIECES]
    monkeypatch.setattr(partial_file, "join_files", killed)
    with pytest.raises(Killed):
        join(api, urls)
    monkeypatch.undo()
    return f"{URL}/{Upload.objects.get(kind='final').pk}", [id_of(url) for url in urls]


def stop_after(monkeypatch, count):
    """Let the process be killed after so many bytes were copied; nothing that follows them happens."""
    copy = partial_file.shutil.copyfileobj

    class Killed(BaseException):
        pass

    left = [count]

    def copy_some(source, target, size):
        content = source.read()
        target.write(content[: left[0]])
        target.flush()
        if len(content) > left[0]:
            raise Killed
        left[0] -= len(content)

    monkeypatch.setattr(partial_file.shutil, "copyfileobj", copy_some)
    return Killed, copy


@pytest.mark.parametrize("copied", range(0, 18, 2))
def test_a_join_that_was_killed_is_gone_on_with(cast, interrupted, monkeypatch, copied):
    url, _ = interrupted
    killed, _ = stop_after(monkeypatch, copied)
    with pytest.raises(killed):
        call(cast.api("owner"), "HEAD", url)
    monkeypatch.undo()
    assert offset_of(cast.api("owner"), url) == 18
    video = Video.objects.get()
    assert paths.source_path(video.pk).read_bytes() == b"first,second,third"
    assert (video.status, len(jobs()), files()) == ("queued", 1, set())
    assert Upload.objects.count() == 1


def test_a_process_killed_between_deleting_a_part_and_the_next_is_made_good(cast, interrupted):
    url, (first, *_) = interrupted
    partial_file.upload_path(id_of(url)).write_bytes(b"first,sec")
    partial_file.delete_file(first)
    assert offset_of(cast.api("owner"), url) == 18
    assert paths.source_path(Video.objects.get().pk).read_bytes() == b"first,second,third"


def test_the_sweeper_joins_what_nobody_asks_for_any_more(cast, interrupted):
    found = sweep(hours=2)
    assert found["uploads_joined"] == 1
    video = Video.objects.get()
    assert (video.status, len(jobs()), files()) == ("queued", 1, set())
    assert sweep(hours=2)["uploads_joined"] == 0


def test_a_part_that_was_lost_loses_the_upload_and_nothing_else(cast, interrupted):
    url, (first, *_) = interrupted
    partial_file.delete_file(first)
    assert call(cast.api("owner"), "HEAD", url).status_code == 404
    assert sweep(hours=settings.UPLOAD_EXPIRES_HOURS + 1)["uploads_expired"] == 1
    assert not Upload.objects.exists()
    assert not Video.objects.exists()
    assert files() == set()


def test_giving_up_an_interrupted_one_takes_its_parts_along(cast, interrupted):
    url, _ = interrupted
    upload = Upload.objects.select_related("video").get(kind="final")
    services.cancel_upload(upload)
    assert not Upload.objects.exists()
    assert not Video.objects.exists()
    assert files() == set()
    assert call(cast.api("owner"), "HEAD", url).status_code == 404


def test_deleting_the_draft_takes_the_parts_along(cast, interrupted):
    video_services.delete(Video.objects.get())
    assert not Upload.objects.exists()
    assert files() == set()


def test_forgotten_parts_are_swept(cast):
    api = cast.api("owner")
    part(api, b"a")
    call(api, "POST", URL, b"a", upload_length=2, upload_concat="partial")
    assert sweep(hours=2)["upload_files"] == 0
    assert sweep(hours=settings.UPLOAD_EXPIRES_HOURS + 1)["uploads_expired"] == 2
    assert not Upload.objects.exists()
    assert files() == set()


def test_bytes_count_once_against_the_quota(cast, settings):
    settings.USER_QUOTA_BYTES = 20
    api = cast.api("owner")
    urls = [part(api, content) for content in PIECES]
    assert quota.used_bytes(cast.owner) == 18
    assert call(api, "POST", URL, upload_length=3, upload_concat="partial").status_code == 413
    assert call(api, "POST", URL, upload_length=3).status_code == 413
    late = path_of(call(api, "POST", URL, b"a", upload_defer_length=1, upload_concat="partial"))
    assert quota.used_bytes(cast.owner) == 19
    assert call(api, "PATCH", late, b"bc", upload_offset=1).status_code == 413
    assert quota.used_bytes(cast.owner) == 19
    assert join(api, urls).status_code == 201
    assert quota.used_bytes(cast.owner) == 19
    assert call(api, "DELETE", late).status_code == 204
    assert quota.used_bytes(cast.owner) == 18


def test_the_sum_of_parts_may_not_exceed_the_largest_size(cast, settings):
    settings.MAX_UPLOAD_BYTES = 10
    api = cast.api("owner")
    urls = [part(api, b"012345"), part(api, b"012345")]
    assert join(api, urls).status_code == 413
    assert call(api, "HEAD", urls[0]).status_code == 200


def test_parts_do_not_use_up_the_number_of_uploads(cast, settings):
    settings.MAX_OPEN_UPLOADS_PER_USER = 1
    settings.MAX_PARTIAL_UPLOADS_PER_USER = 4
    api = cast.api("owner")
    urls = [part(api, b"a") for _ in range(4)]
    assert call(api, "POST", URL, upload_length=1, upload_concat="partial").status_code == 409
    assert join(api, urls).status_code == 201
    assert part(api, b"a")


def test_what_describes_the_video_comes_with_the_final_upload(cast):
    api = cast.api("owner")
    urls = [part(api, b"a", upload_metadata=encoded(title="Of the part", visibility="public"))]
    assert call(api, "HEAD", urls[0])["Upload-Metadata"].startswith("title ")
    assert join(api, urls, upload_metadata=encoded(visibility="secret")).status_code == 400
    assert join(api, urls, upload_metadata=encoded(title="Whole")).status_code == 201
    video = Video.objects.get()
    assert (video.title, video.visibility) == ("Whole", "private")


def test_many_parts_are_one_list(cast):
    api = cast.api("owner")
    answer = join(api, [f"{URL}/{number:016d}" for number in range(501)])
    assert answer.status_code == 400
