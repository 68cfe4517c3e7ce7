import pytest

from tests.support.clips import make_clip
from videos.transcoding.errors import UnreadableMedia, UnsupportedMedia
from videos.transcoding.sniff import HEAD_BYTES, sniff, sniff_bytes

WMV = ["-c:v", "wmv2", "-c:a", "wmav2"]
GIF = ["-c:v", "gif", "-pix_fmt", "rgb8"]


@pytest.mark.parametrize(
    ("name", "container", "demuxer"),
    [
        ("a.mp4", "mp4", "mov"),
        ("a.mov", "mp4", "mov"),
        ("a.mkv", "matroska", "matroska"),
        ("a.webm", "matroska", "matroska"),
        ("a.avi", "avi", "avi"),
        ("a.ts", "mpegts", "mpegts"),
        ("a.m2ts", "mpegts", "mpegts"),
        ("a.mpg", "mpegps", "mpeg"),
        ("a.flv", "flv", "flv"),
        ("a.wmv", "asf", "asf"),
        ("a.ogv", "ogg", "ogg"),
        ("a.mxf", "mxf", "mxf"),
        ("a.nut", "nut", "nut"),
        ("a.gif", "gif", "gif"),
    ],
)
def test_container_is_known_by_its_bytes(tmp_path, name, container, demuxer):
    options = {"wmv": WMV, "mxf": ["-c:v", "mpeg2video", "-c:a", "pcm_s16le", "-ar", "48000"], "gif": GIF}
    extra = options.get(name[-3:], [])
    clip = make_clip(tmp_path / name, 0.2, (64, 64), audio=not name.endswith("gif"), options=extra)
    nameless = clip.rename(tmp_path / "source")
    found = sniff(nameless)
    assert (found.name, found.demuxer) == (container, demuxer)


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\nfile:///etc/passwd\n",
        "\ufeff#EXTM3U\nhttp://127.0.0.1/\n",
        "ffconcat version 1.0\nfile /etc/passwd\n",
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nm=video 5004 RTP/AVP 96\r\n",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>',
        "<!doctype html><script>alert(1)</script>",
        '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "<?php system($_GET['c']);",
        "[playlist]\nFile1=/etc/passwd\n",
    ],
)
def test_text_is_refused_as_text(text):
    with pytest.raises(UnsupportedMedia) as caught:
        sniff_bytes(text.encode()[:HEAD_BYTES])
    assert "text" in caught.value.detail


@pytest.mark.parametrize(
    "head",
    [
        b"\x00",
        b"G",
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"\xff\xd8\xff\xe0" + bytes(64),
        b"GIF89a" + bytes(64),
        b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(64),
        b"\xff\xfb\x90\x00" + bytes(600),
        b"\x00\x00\x00\x18styp" + bytes(64),
        b"\x00\x00\x00\x18moof" + bytes(64),
        b"\x00\x00\x00\x18ftypheic" + bytes(64),
        b"\x00\x00\x00\x18ftypavif" + bytes(64),
        b"PK\x03\x04" + bytes(64),
        b"%PDF-1.7\n" + bytes(64),
        b"\x7fELF" + bytes(64),
        b"\x47" + b"A" * 400,
    ],
)
def test_other_files_are_refused(head):
    with pytest.raises(UnsupportedMedia):
        sniff_bytes(head)


@pytest.mark.parametrize(
    "head",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"\xff\xd8\xff\xe0" + bytes(64),
        b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(64),
        b"\x00\x00\x00\x18ftypheic" + bytes(64),
    ],
)
def test_an_image_is_refused_as_an_image(head):
    with pytest.raises(UnsupportedMedia, match="is an image, not a video"):
        sniff_bytes(head)


def test_empty_file_is_unreadable():
    with pytest.raises(UnreadableMedia):
        sniff_bytes(b"")


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (b"#!AMR\n\x3c" + bytes(40), "amr"),
        (b"#!AMR-WB\n\x3c" + bytes(40), "amr"),
        (b"RF64\xff\xff\xff\xffWAVEds64" + bytes(40), "wav"),
        (b"FORM\x00\x00\x00\x40AIFCCOMM" + bytes(40), "aiff"),
        (b"GIF87a\x40\x00\x40\x00" + bytes(40), "gif"),
        (b"\x00\x00\x01\xb3" + bytes(40), "mpegvideo"),
    ],
)
def test_signature_of_a_container(head, container):
    assert sniff_bytes(head).name == container


@pytest.mark.parametrize(
    "head",
    [
        b"\x0b\x77" + bytes(600),
        b"\xff\xf1\x4c\x80\x03\xdf\xfc" + bytes(600),
        b"\xff\xfd\xe4\x04" + bytes(900),
        b"\x1f\x07\x00\xbf" + bytes(600),
        b"RF64\x00\x00\x00\x00AVI " + bytes(64),
        b"FORM\x00\x00\x00\x40ILBM" + bytes(64),
        b"nut/multimedia" + bytes(64),
    ],
)
def test_half_a_signature_is_not_enough(head):
    with pytest.raises(UnsupportedMedia, match="Upload video as MP4"):
        sniff_bytes(head)
