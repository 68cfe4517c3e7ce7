"""Playlists of other servers are read as RFC 8216 says, and what cannot be joined is refused."""

import pytest

from videos.imports import failures, hls
from videos.imports.failures import ImportFailed
from videos.imports.hls import Piece, Variant

URL = "https://films.example/a/master.m3u8?token=1"


def segments(*lines):
    return "\n".join(["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:4", *lines, "#EXT-X-ENDLIST"])


def refused(text):
    with pytest.raises(ImportFailed) as caught:
        hls.read_pieces(text, URL)
    return caught.value.code


def test_a_playlist_is_known_by_its_first_line():
    assert hls.is_playlist(b"#EXTM3U\n")
    assert hls.is_playlist(b"\xef\xbb\xbf#EXTM3U\n")
    assert not hls.is_playlist(b"<html>#EXTM3U")


def test_the_largest_variant_is_taken_with_its_default_sound():
    text = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Deutsch",URI="de/index.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English, plain",DEFAULT=YES,URI="en/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=500000,CODECS="avc1.640015,mp4a.40.2",AUDIO="a"
low/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=3000000,CODECS="avc1.640028,mp4a.40.2",AUDIO="a"
/b/high.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=9000000,URI="frames.m3u8"
"""
    assert hls.best_variant(text, URL) == Variant(
        "https://films.example/b/high.m3u8", "https://films.example/a/en/index.m3u8"
    )


def test_sound_without_an_address_is_with_the_pictures():
    text = '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x"\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\nv.m3u8\n'
    assert hls.best_variant(text, URL) == Variant("https://films.example/a/v.m3u8")


def test_a_playlist_of_segments_has_no_variants():
    assert hls.best_variant(segments("#EXTINF:4,", "1.ts"), URL) is None


def test_segments_come_in_order_after_their_initialization_section():
    text = segments(
        '#EXT-X-MAP:URI="init.mp4"', "#EXTINF:4,", "1.m4s", "#EXTINF:4,", "https://cdn.example/2.m4s"
    )
    assert hls.read_pieces(text, URL) == [
        Piece("https://films.example/a/init.mp4"),
        Piece("https://films.example/a/1.m4s"),
        Piece("https://cdn.example/2.m4s"),
    ]


def test_byte_ranges_continue_where_the_one_before_ended():
    text = segments(
        *('#EXT-X-MAP:URI="all.mp4",BYTERANGE="700@0"', "#EXTINF:4,", "#EXT-X-BYTERANGE:1000@700", "all.mp4"),
        *("#EXTINF:4,", "#EXT-X-BYTERANGE:300", "all.mp4"),
    )
    pieces = hls.read_pieces(text, URL)
    assert [(piece.offset, piece.length) for piece in pieces] == [(0, 700), (700, 1000), (1700, 300)]
    assert pieces[2].range_header == {"range": "bytes=1700-1999"}


def test_what_has_no_end_is_live():
    assert refused("#EXTM3U\n#EXTINF:4,\n1.ts\n") == failures.LIVE_STREAM


@pytest.mark.parametrize("method", ["AES-128", "SAMPLE-AES", ""])
def test_encrypted_segments_are_refused(method):
    assert (
        refused(segments(f'#EXT-X-KEY:METHOD={method},URI="key"', "#EXTINF:4,", "1.ts")) == failures.ENCRYPTED
    )


def test_a_key_of_none_is_no_encryption():
    assert hls.read_pieces(segments("#EXT-X-KEY:METHOD=NONE", "#EXTINF:4,", "1.ts"), URL)


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ('#EXT-X-MAP:URI="a.mp4"', "#EXTINF:4,", "1.m4s", '#EXT-X-MAP:URI="b.mp4"', "#EXTINF:4,", "2.m4s"),
        ("#EXT-X-MAP:BYTERANGE=1", "#EXTINF:4,", "1.m4s"),
        ("#EXTINF:4,", "#EXT-X-BYTERANGE:-5@0", "1.m4s"),
        ("#EXTINF:4,", "#EXT-X-BYTERANGE:9" + "9" * 30, "1.m4s"),
    ],
)
def test_what_cannot_be_joined_is_refused(lines):
    assert refused(segments(*lines)) == failures.UNSUPPORTED_STREAM


def test_a_master_playlist_without_an_address_is_refused():
    with pytest.raises(ImportFailed):
        hls.best_variant("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n#EXT-X-ENDLIST\n", URL)


def test_too_many_segments_are_refused(monkeypatch):
    monkeypatch.setattr(hls, "MAX_SEGMENTS", 1)
    assert refused(segments("#EXTINF:4,", "1.ts", "#EXTINF:4,", "2.ts")) == failures.TOO_LARGE
