"""Captions over the API: uploaded, served, edited, read along."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from streamsite.mongo.collections import collection
from videos.captions import services
from videos.files import paths
from videos.files.urls import extra_url
from videos.models import Caption, Video
from videos.search import caption_matches, index
from videos.search import store as search_store

VTT = """WEBVTT

00:00.500 --> 00:02.000
Hello <b>World</b>

00:03.000 --> 00:04.000
Goodbye, <script>world</script>
"""
SRT = "1\n00:00:01,000 --> 00:00:02,000\nBonjour le monde\n"


def add(api, video, text=VTT, **fields):
    sent = {"file": SimpleUploadedFile("c.vtt", text.encode(), "text/vtt"), "language": "en", **fields}
    return api.post(f"/api/v1/videos/{video.pk}/captions", sent, format="multipart")


def test_a_caption_file_is_served_clean(cast):
    video, api = cast.video(), cast.api("owner")
    answer = add(api, video)
    assert answer.status_code == 201
    track = answer.json()
    assert (track["language"], track["label"], track["kind"]) == ("en", "English", "subtitles")
    served = cast.api("anonymous").get(track["url"])
    assert (served.status_code, served["Content-Type"]) == (200, "text/vtt; charset=utf-8")
    assert served["X-Content-Type-Options"] == "nosniff"
    text = b"".join(served.streaming_content) if served.streaming else served.content
    assert b"Hello <b>World</b>" in text
    assert b"script" not in text
    for url in (f"/api/v1/videos/{video.pk}/captions", f"/api/v1/videos/{video.pk}"):
        body = cast.api("anonymous").get(url).json()
        assert [entry["id"] for entry in body.get("results", body.get("captions"))] == [track["id"]]


def test_text_cues_and_subrip_are_accepted_as_well(cast):
    video, api = cast.video(), cast.api("owner")
    url = f"/api/v1/videos/{video.pk}/captions"
    assert api.post(url, {"language": "fr", "text": SRT}, format="json").json()["label"] == "Français"
    cues = [{"start": 1, "end": 2.5, "text": "a <b> & c"}]
    made = api.post(url, {"language": "de", "cues": cues, "kind": "captions", "label": "SDH"}, format="json")
    assert (made.status_code, made.json()["label"]) == (201, "SDH")
    lines = api.get(f"/api/v1/videos/{video.pk}/transcript?language=de").json()["results"]
    assert lines == [{"start": 1.0, "end": 2.5, "text": "a <b> & c"}]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"language": "english please"}, "language"),
        ({"language": ""}, "language"),
        ({"kind": "karaoke"}, "kind"),
        ({"label": "x" * 61}, "label"),
        ({"file": ""}, "file"),
        ({"file": SimpleUploadedFile("c.vtt", b"\xff\xfa\xfb", "text/vtt")}, "file"),
        ({"file": SimpleUploadedFile("c.vtt", b"<html>", "text/vtt")}, "file"),
    ],
)
def test_what_is_not_right_is_named(cast, fields, named):
    video = cast.video()
    answer = add(cast.api("owner"), video, **fields)
    assert answer.status_code == 400
    assert named in answer.json()["fields"]
    assert not Caption.objects.exists()


def test_fifty_megabytes_are_too_large(cast):
    answer = add(cast.api("owner"), cast.video(), "WEBVTT\n\n" + "x" * 50_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_how_a_file_was_read_is_told(cast):
    video, api = cast.video(), cast.api("owner")
    srt = "1\n00:00:01,000 --> 00:00:02,000\nПривет, как дела?\n\n2\n00:00:0x,000 --> 1\nLost\n"
    file = SimpleUploadedFile("c.srt", srt.encode("cp1251"))
    made = add(api, video, file=file, language="ru").json()
    assert made["imported"] == {"format": "srt", "encoding": "windows-1251", "cues": 1, "left_out": 1}
    url = f"/api/v1/videos/{video.pk}/captions/{made['id']}"
    assert "imported" not in api.get(url).json()
    sent = {"file": SimpleUploadedFile("c.srt", srt.encode("koi8-r")), "encoding": "koi8-r"}
    changed = api.patch(url, sent, format="multipart").json()
    assert changed["imported"]["encoding"] == "koi8-r"
    lines = api.get(f"/api/v1/videos/{video.pk}/transcript?track={made['id']}").json()["results"]
    assert [line["text"] for line in lines] == ["Привет, как дела?"]
    assert api.patch(url, {"label": "Mine"}, format="json").json()["imported"] is None
    refused = add(api, video, encoding="klingon")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["encoding"])


def test_tracks_of_one_language_are_told_apart_by_their_labels(cast):
    video, api = cast.video(language="en"), cast.api("owner")
    plain = add(api, video).json()
    signs = add(api, video, SRT, kind="forced", label="Signs").json()
    other = add(api, video, SRT, label="Another translation")
    assert (signs["kind"], other.status_code) == ("forced", 201)
    url = f"/api/v1/videos/{video.pk}"
    listed = [track["label"] for track in api.get(f"{url}/captions").json()["results"]]
    assert listed == ["Another translation", "English", "Signs"]
    api.delete(f"{url}/captions/{other.json()['id']}")
    assert api.get(f"{url}/transcript").json()["caption_id"] == plain["id"]
    chosen = api.get(f"{url}/transcript", {"track": signs["id"]}).json()
    assert (chosen["caption_id"], len(chosen["results"])) == (signs["id"], 1)
    page = cast.page("anonymous").get(f"/watch/{video.pk}").content.decode()
    for_scripts, without_scripts = page.split("<noscript>", 1)
    for part in (for_scripts, without_scripts):
        assert part.count('<track kind="subtitles"') == 2
    assert 'kind="forced"' not in page


def test_tags_are_kept_in_their_canonical_form(cast):
    video, api = cast.video(), cast.api("owner")
    assert add(api, video, language="eng").json()["language"] == "en"
    assert add(api, video, language="pt-br").json()["language"] == "pt-BR"


def test_signs_reach_page_transcript_and_search(cast):
    video, api = cast.video(visibility="public"), cast.api("owner")
    said = "I <3 you & a < b"
    track = add(api, video, f"WEBVTT\n\n00:01.000 --> 00:02.000\n{said}\n").json()
    served = cast.api("anonymous").get(track["url"])
    content = b"".join(served.streaming_content) if served.streaming else served.content
    assert b"I &lt;3 you &amp; a &lt; b" in content
    lines = api.get(f"/api/v1/videos/{video.pk}/transcript", {"q": "<3 &"}).json()["results"]
    assert [line["text"] for line in lines] == [said]
    index.refresh_document(video.pk)
    document = collection(search_store.SEARCH_VIDEOS).find_one({"_id": video.pk})
    assert document["line"] == " i 3 you a b "
    assert not {"lt", "amp"} & set(document["words"])
    moments_found = caption_matches.find_caption_matches([Video.objects.get(pk=video.pk)], "a <3")
    assert moments_found[video.pk] == {"start": 1.0, "text": said}


def test_one_track_per_language_kind_and_label(cast):
    video, api = cast.video(), cast.api("owner")
    first = add(api, video).json()
    again = add(api, video)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert add(api, video, kind="captions").status_code == 201
    assert len(list((paths.extras_dir(video.pk) / "captions").iterdir())) == 2
    other = api.patch(
        f"/api/v1/videos/{video.pk}/captions/{first['id']}", {"kind": "captions"}, format="json"
    )
    assert other.status_code == 409


def test_a_changed_text_has_another_address(cast):
    video, api = cast.video(), cast.api("owner")
    track = add(api, video).json()
    url = f"/api/v1/videos/{video.pk}/captions/{track['id']}"
    changed = api.patch(url, {"text": SRT, "language": "fr"}, format="json").json()
    assert (changed["language"], changed["label"]) == ("fr", "Français")
    assert changed["url"] != track["url"]
    assert api.get(track["url"]).status_code == 404
    assert b"Bonjour" in api.get(changed["url"]).content


def test_only_the_owner_changes_captions(cast):
    video = cast.video()
    track = add(cast.api("owner"), video).json()
    url = f"/api/v1/videos/{video.pk}/captions/{track['id']}"
    assert add(cast.api("stranger"), video).status_code == 403
    assert cast.api("stranger").delete(url).status_code == 403
    assert cast.api("owner").delete(url).status_code == 204
    assert cast.api("owner").delete(url).status_code == 404
    assert cast.api("anonymous").get(track["url"]).status_code == 404
    assert not services.list_tracks(video.pk)


def test_the_transcript_is_searched_whatever_the_case(cast):
    video, api = cast.video(language="en"), cast.api("owner")
    add(api, video)
    add(api, video, SRT, language="fr")
    url = f"/api/v1/videos/{video.pk}/transcript"
    body = cast.api("anonymous").get(url).json()
    assert (body["language"], body["next"]) == ("en", None)
    assert [line["text"] for line in body["results"]] == ["Hello World", "Goodbye, world"]
    found = api.get(url, {"q": "WORLD goodbye"}).json()["results"]
    assert [line["start"] for line in found] == [3.0]
    assert api.get(url, {"q": "le monde", "language": "fr-CA"}).json()["results"][0]["start"] == 1.0
    assert api.get(url, {"q": "nothing"}).json()["results"] == []
    assert api.get(url, {"language": "ja"}).json()["results"] == []


def test_captions_of_a_private_video_are_its_owners_alone(cast):
    video = cast.video(visibility="private")
    add(cast.api("owner"), video)
    for who, status in (("anonymous", 404), ("stranger", 404), ("owner", 200)):
        api = cast.api(who)
        for url in (
            extra_url(video, services.track_file_name(Caption.objects.get())),
            f"/api/v1/videos/{video.pk}/captions",
            f"/api/v1/videos/{video.pk}/transcript",
        ):
            assert api.get(url).status_code == status
