"""The picture of a video: sent, taken from the film, automatic again."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from videos.files import paths
from videos.processing import pipeline
from videos.transcoding.image_sizes import file_names


def png(size=(640, 640), color=(200, 30, 30), name="p.png"):
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def put(api, video, **fields):
    return api.put(f"/api/v1/videos/{video.pk}/thumbnail", fields, format="multipart")


def fetched(api, url):
    answer = api.get(url)
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return Image.open(io.BytesIO(content))


def test_a_sent_picture_is_cut_to_the_shape_of_a_video(cast):
    video, api = cast.video(), cast.api("owner")
    answer = put(api, video, file=png())
    assert answer.status_code == 200
    large = fetched(cast.api("anonymous"), answer.json()["thumbnail_url"])
    assert (large.format, large.size) == ("WEBP", (1280, 720))
    card = cast.api("anonymous").get("/api/v1/videos").json()["results"][0]
    assert fetched(api, card["thumbnail_url"]).size == (640, 360)
    again = put(api, video, file=png(color=(0, 0, 200)))
    assert again.json()["thumbnail_url"] != answer.json()["thumbnail_url"]
    assert api.get(answer.json()["thumbnail_url"]).status_code == 404
    assert len(list(paths.extras_dir(video.pk).iterdir())) == len(file_names())
    assert api.delete(f"/api/v1/videos/{video.pk}/thumbnail").status_code == 204
    assert not list(paths.extras_dir(video.pk).iterdir())


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n" + b"\0" * 50]
)
def test_what_is_no_picture_is_refused(cast, content):
    video = cast.video()
    answer = put(cast.api("owner"), video, file=SimpleUploadedFile("p.png", content, "image/png"))
    assert answer.status_code == 400
    assert not paths.extras_dir(video.pk).exists()


def test_a_bomb_is_refused(cast):
    answer = put(cast.api("owner"), cast.video(), file=png(size=(9000, 9000)))
    assert answer.status_code == 400


@pytest.mark.slow
def test_a_moment_of_the_film_becomes_the_picture(cast, clip):
    video, api = cast.video(ready=False, status="queued"), cast.api("owner")
    url = f"/api/v1/videos/{video.pk}/thumbnail"
    early = api.put(url, {"at": 0}, format="json")
    assert early.status_code in {400, 409}
    source = paths.source_path(video.pk)
    source.parent.mkdir(parents=True)
    source.write_bytes(clip.read_bytes())
    pipeline.process(video.pk)
    automatic = api.get(f"/api/v1/videos/{video.pk}").json()["thumbnail_url"]
    taken = api.put(url, {"at": 1.5}, format="json")
    assert taken.status_code == 200
    assert fetched(api, taken.json()["thumbnail_url"]).size == (320, 180)
    assert api.put(url, {"at": 99}, format="json").status_code == 400
    assert api.put(url, {"at": "soon"}, format="json").json()["fields"] == {
        "at": ["A valid number is required."]
    }
    assert api.put(url, {"choice": 9}, format="json").status_code == 400
    chosen = api.put(url, {"choice": 1}, format="json")
    assert chosen.json()["thumbnail_url"].rsplit("/", 1)[1] == automatic.rsplit("/", 1)[1]


def test_only_the_owner_chooses(cast):
    video = cast.video()
    assert put(cast.api("stranger"), video, file=png()).status_code == 403
    assert put(cast.api("anonymous"), video, file=png()).status_code == 401
