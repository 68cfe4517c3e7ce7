import pytest

from streamsite.testing.clips import make_clip
from videos.transcoding.errors import UnreadableMedia, UnsupportedMedia
from videos.transcoding.sniff import HEAD_BYTES, sniff, sniff_bytes


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
    ],
)
def test_container_is_known_by_its_bytes(tmp_path, name, container, demuxer):
    options = ["-c:v", "wmv2", "-c:a", "wmav2"] if name.endswith("wmv") else []
    clip = make_clip(tmp_path / name, 0.2, (64, 64), options=options)
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


def test_empty_file_is_unreadable():
    with pytest.raises(UnreadableMedia):
        sniff_bytes(b"")
