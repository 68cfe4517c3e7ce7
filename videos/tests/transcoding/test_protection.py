"""Encrypted files are known by their headers, in every container that can say so; others are not taken for them."""

import pytest

from tests.support.clips import make_clip
from videos.transcoding.encryption import is_encrypted
from videos.transcoding.errors import EncryptedMedia
from videos.transcoding.probe import probe
from videos.transcoding.sniff import sniff

ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
ASF_ENCRYPTION = bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e")


def element(kind: str, content: bytes) -> bytes:
    """Return an EBML element with a size of four bytes."""
    return bytes.fromhex(kind) + (0x10000000 | len(content)).to_bytes(4, "big") + content


def matroska(*, encodings: bytes) -> bytes:
    track = element("ae", element("d7", b"\x01") + encodings)
    segment = element("114d9b74", bytes(20)) + element("1654ae6b", track) + element("1f43b675", bytes(40))
    return element("1a45dfa3", element("4282", b"webm")) + bytes.fromhex("1853806701ffffffffffffff") + segment


def written(path, content):
    path.write_bytes(content)
    return path


def found(path):
    return is_encrypted(path, sniff(path))


@pytest.mark.parametrize(("kind", "expected"), [("5035", True), ("5034", False)])
def test_matroska(tmp_path, kind, expected):
    encodings = element("6d80", element("6240", element("5033", b"\x01") + element(kind, bytes(8))))
    assert found(written(tmp_path / "film.webm", matroska(encodings=encodings))) == expected


@pytest.mark.parametrize(("entry", "expected"), [(b"encv", True), (b"drmi", True), (b"avc1", False)])
@pytest.mark.parametrize("options", [[], ["-movflags", "+faststart"]], ids=["index last", "index first"])
def test_mp4(tmp_path, entry, expected, options):
    clip = make_clip(tmp_path / "film.mp4", 0.2, (64, 64), options=options)
    content = clip.read_bytes()
    at = content.rindex(b"avc1")
    assert found(written(clip, content[:at] + entry + content[at + 4 :])) == expected


def test_a_purchased_song_is_refused_with_the_reason(tmp_path):
    song = make_clip(tmp_path / "song.m4a", 0.5, video=False)
    content = song.read_bytes()
    at = content.rindex(b"mp4a")
    with pytest.raises(EncryptedMedia, match="copy-protected"):
        probe(written(song, content[:at] + b"drms" + content[at + 4 :]))


@pytest.mark.parametrize(("object_id", "expected"), [(ASF_ENCRYPTION, True), (bytes(16), False)])
def test_windows_media(tmp_path, object_id, expected):
    assert found(written(tmp_path / "film.wmv", ASF_HEADER + bytes(14) + object_id + bytes(40))) == expected


@pytest.mark.parametrize(("name", "size", "start"), [("film.ts", 188, 0), ("film.m2ts", 192, 4)])
def test_a_scrambled_broadcast(tmp_path, name, size, start):
    clip = make_clip(tmp_path / name, 0.5, (64, 64))
    assert not found(clip)
    content = bytearray(clip.read_bytes())
    for offset in range(start + 3, len(content), size):
        content[offset] |= 0x80
    assert found(written(clip, content))


def test_a_scrambled_disc(tmp_path):
    clip = make_clip(tmp_path / "disc.mpg", 0.5, (64, 64), options=["-f", "vob"])
    assert not found(clip)
    content = bytearray(clip.read_bytes())
    at = content.find(b"\x00\x00\x01\xe0")
    while at >= 0:
        content[at + 6] |= 0x10
        at = content.find(b"\x00\x00\x01\xe0", at + 4)
    assert found(written(clip, content))


@pytest.mark.parametrize("length", [8, 40, 200])
@pytest.mark.parametrize("name", ["film.mp4", "film.mkv"])
def test_a_damaged_header_is_no_encryption(tmp_path, name, length):
    clip = make_clip(tmp_path / name, 0.2, (64, 64))
    assert not found(written(clip, clip.read_bytes()[:length].ljust(length + 64, b"\xff")))
