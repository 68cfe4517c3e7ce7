"""Pages are compressed with Brotli or gzip, and neither shows by its length how well the page compresses."""

from __future__ import annotations

import gzip

import brotli
import pytest
from django.http import HttpResponse, StreamingHttpResponse

from streamsite import page_compression
from streamsite.page_compression import PageCompressionMiddleware, choose_encoding, compress

TEXT = b"<p>A page with words, and more words.</p>" * 50


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0.5, gzip;q=1", "gzip"),
        ("br;q=0.8, gzip;q=0.8", "br"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("gzip;q=0", ""),
        ("identity, gzip;q=0.1", "gzip"),
        ("BR ; Q=1.0", "br"),
        ("br;q=many, gzip", "gzip"),
        ("br;q=nan", ""),
        ("brotli, xgzip", ""),
        ("*", ""),
        ("", ""),
    ],
)
def test_the_browser_says_what_it_takes(accepted, chosen):
    assert choose_encoding(accepted) == chosen


def answer_to(rf, response, accepted="gzip, br"):
    request = rf.get("/", HTTP_ACCEPT_ENCODING=accepted)
    return PageCompressionMiddleware(lambda _request: response)(request)


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [("gzip, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress), ("", None, bytes)],
)
def test_headers_of_a_page(rf, accepted, encoding, unpack):
    page = HttpResponse(TEXT, headers={"ETag": '"one"', "Vary": "Cookie"})
    answer = answer_to(rf, page, accepted)
    assert answer.headers.get("Content-Encoding") == encoding
    assert unpack(answer.content) == TEXT
    assert answer["Vary"] == "Cookie, Accept-Encoding"
    assert answer["ETag"] == ('W/"one"' if encoding else '"one"')
    if encoding:
        assert answer["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize("kind", ["application/json", "image/svg+xml", "video/mp4", "text/plain", "text/vtt"])
def test_nothing_else_is_compressed(rf, kind):
    answer = answer_to(rf, HttpResponse(TEXT, content_type=kind))
    assert answer.content == TEXT
    assert "Content-Encoding" not in answer


def test_short_pages_and_those_that_are_compressed_stay(rf):
    assert answer_to(rf, HttpResponse(b"<p>short</p>")).content == b"<p>short</p>"
    packed = gzip.compress(TEXT)
    answer = answer_to(rf, HttpResponse(packed, headers={"Content-Encoding": "gzip"}))
    assert (answer.content, answer["Content-Encoding"]) == (packed, "gzip")


def test_a_page_in_parts_is_compressed_with_gzip(rf):
    answer = answer_to(rf, StreamingHttpResponse([TEXT, TEXT], content_type="text/html"))
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(b"".join(answer.streaming_content)) == TEXT * 2


def test_any_length_of_padding_is_skipped():
    for padding in range(1, 257):
        packed = compress(TEXT, padding)
        assert brotli.decompress(packed) == TEXT
        assert len(packed) == len(compress(TEXT, 1)) + padding - 1


@pytest.mark.parametrize("accepted", ["br", "gzip"])
def test_the_length_of_the_same_page_varies(rf, accepted):
    """Among some requests, by nearly as many bytes as the padding may have."""
    lengths = [len(answer_to(rf, HttpResponse(TEXT), accepted).content) for _ in range(200)]
    assert max(lengths) - min(lengths) > 80
    assert max(lengths) - min(lengths) < PageCompressionMiddleware.max_random_bytes
    assert len(set(lengths)) > 50


def test_padding_varies_by_a_source_that_nobody_can_predict(rf, monkeypatch):
    monkeypatch.setattr(page_compression.secrets, "randbelow", lambda most: most - 1)
    longest = len(answer_to(rf, HttpResponse(TEXT)).content)
    assert longest == len(compress(TEXT, PageCompressionMiddleware.max_random_bytes))


def test_pages_of_the_site(cast):
    cast.video(title="A film")
    client = cast.page("anonymous")
    packed = client.get("/", HTTP_ACCEPT_ENCODING="gzip, deflate, br, zstd")
    plain = client.get("/")
    assert packed["Content-Encoding"] == "br"
    assert b"A film" in brotli.decompress(packed.content)
    assert "Content-Encoding" not in plain
    assert "Accept-Encoding" in packed["Vary"]
    assert "Accept-Encoding" in plain["Vary"]
    part = client.get("/", HTTP_HX_REQUEST="true", HTTP_ACCEPT_ENCODING="br")
    assert b"A film" in brotli.decompress(part.content)
