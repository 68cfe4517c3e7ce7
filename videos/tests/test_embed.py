"""``/embed/{id}``: options of the address, the sites that may embed, what a frame is told."""

import re

import pytest
from django.http import QueryDict

from videos import access, embed_allowlist
from videos.syndication.embed_options import EmbedOptions


def options(query):
    return EmbedOptions.read(QueryDict(query))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", EmbedOptions()),
        ("start=90", EmbedOptions(start=90)),
        ("t=1m30s", EmbedOptions(start=90)),
        ("start=12.5&t=3", EmbedOptions(start=12.5)),
        ("start=1:30&end=2m", EmbedOptions(start=90, end=120)),
        ("end=5", EmbedOptions(end=5)),
        ("start=9&end=5", EmbedOptions(start=9)),
        ("start=0", EmbedOptions(start=0)),
        ("start=x&t=0s&end=5", EmbedOptions(start=0, end=5)),
        ("start=-4&end=x", EmbedOptions()),
        ("start=1e400&end=NaN", EmbedOptions()),
        ("start=%00&end=%D9%A1", EmbedOptions()),
        ("autoplay=1&muted=1&loop=1", EmbedOptions(autoplay=True, muted=True, loop=True)),
        ("autoplay=true&muted=yes&loop=0", EmbedOptions()),
        ("controls=0", EmbedOptions(controls=False)),
        ("controls=2", EmbedOptions()),
        ("cc=1", EmbedOptions(cc="1")),
        ("cc=0", EmbedOptions(cc="0")),
        ("cc=pt-BR", EmbedOptions(cc="pt-BR")),
        ('cc="><script>', EmbedOptions()),
        ("cc=a-language-that-is-long", EmbedOptions()),
    ],
)
def test_options_are_read_and_nonsense_is_ignored(query, expected):
    assert options(query) == expected
    assert options(expected.query().lstrip("?")) == expected


def frame_of(cast, video, query=""):
    answer = cast.page("anonymous").get(f"/embed/{video.pk}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_carries_the_options(cast):
    text = frame_of(cast, cast.video(), "?start=1m&end=90&loop=1&muted=1&autoplay=1&controls=0&cc=de")
    root = re.search(r"<main [^>]*>", text)[0]
    for attribute in ('end="90.000"', 'loop="1"', 'muted="1"', 'controls="0"', 'cc="de"'):
        assert f"data-{attribute}" in root
    assert 'data-start="60.0"' in text
    assert 'data-autoplay="1"' in text
    assert " loop preload" not in text  # the browser's own loop goes back to 0
    assert " loop preload" in frame_of(cast, cast.video(), "?loop=1")
    plain = re.search(r"<main [^>]*>", frame_of(cast, cast.video()))[0]
    assert plain == '<main class="embed-main" data-embed>'


CLEANED = [
    (["Example.org", "*.Foo.example", "example.org"], ["example.org", "*.foo.example"]),
    ("one.example, two.example\nthree.example", ["one.example", "two.example", "three.example"]),
    (["https://Example.org/", "http://b.example"], ["example.org", "b.example"]),
    (
        ["exämple.org", "faß.de", "*.日本.example"],
        ["xn--exmple-cua.org", "xn--fa-hia.de", "*.xn--wgv71a.example"],
    ),
    (["localhost", "example.org."], ["localhost", "example.org"]),
    (None, []),
    ("", []),
    (["", " "], []),
]
REFUSED = [
    *(["*"], ["*.org"], ["a.*.org"], ["127.0.0.1"], ["[::1]"], ["1.2.3"], ["example.org:8080"]),
    *(
        ["https://example.org/page"],
        ["https://u:p@example.org"],
        ["javascript://x.org"],
        ["ex_ample.org"],
        ["-a.org"],
    ),
    *(["a..org"], ["a b.org"], ["example.org; script-src *"], ["example.org\r\nX: y"], ["x" * 64 + ".org"]),
    *([".".join(["a" * 60] * 5)], ["'self'"], [5], {"a": 1}, 7, [f"{n}.example" for n in range(21)]),
]


@pytest.mark.parametrize(("given", "kept"), CLEANED)
def test_domains_are_kept_in_one_form(given, kept):
    assert embed_allowlist.clean_domains(given) == kept


@pytest.mark.parametrize("given", REFUSED)
def test_an_invalid_list_of_domains_is_refused(given):
    with pytest.raises(ValueError, match=r"isn't a domain|list of domains|up to 20"):
        embed_allowlist.clean_domains(given)


@pytest.mark.parametrize(
    ("host", "is_allowed"),
    [
        ("example.org", True),
        ("www.example.org", False),
        ("a.foo.example", True),
        ("b.a.foo.example", True),
        ("foo.example", False),
        ("evilfoo.example", False),
        ("example.org.evil.example", False),
        ("", False),
    ],
)
def test_a_wildcard_stands_for_subdomains(host, is_allowed):
    assert embed_allowlist.is_allowed(["example.org", "*.foo.example"], host) is is_allowed


def test_the_owner_writes_the_list_and_nobody_else_reads_it(cast):
    url = f"/api/v1/videos/{cast.video().pk}"
    api = cast.api("owner")
    assert api.get(url).json()["embed_domains"] == []
    sent = {"embed_domains": ["Example.org", "*.foo.example"]}
    assert api.patch(url, sent, format="json").json()["embed_domains"] == ["example.org", "*.foo.example"]
    for who in ("anonymous", "stranger"):
        assert cast.api(who).get(url).json()["embed_domains"] is None
    answer = api.patch(url, {"embed_domains": ["no domain!"]}, format="json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["embed_domains"])
    assert api.get(url).json()["embed_domains"] == ["example.org", "*.foo.example"]
    assert api.patch(url, {"embed_domains": None}, format="json").json()["embed_domains"] == []


def test_the_studio_has_a_field_with_one_domain_per_line(cast):
    video, page = cast.video(embed_domains=["a.example", "b.example"]), cast.page("owner")
    url = f"/studio/videos/{video.pk}"
    text = page.get(url).content.decode()
    assert "a.example\nb.example</textarea>" in text
    form = {"title": "A", "category": "other", "visibility": "public", "allow_embed": "on"}
    assert page.post(url, form | {"embed_domains": "https://C.example/\r\n*.d.example"}).status_code == 302
    video.refresh_from_db()
    assert video.embed_domains == ["c.example", "*.d.example"]
    refused = page.post(url, form | {"embed_domains": "what?"})
    assert refused.status_code == 400
    assert "isn&#x27;t a domain" in refused.content.decode()


def policy(answer):
    return answer["Content-Security-Policy"].rpartition("frame-ancestors ")[2]


def test_browsers_are_told_who_may_frame_a_video(cast):
    page, listed = cast.page("anonymous"), cast.video(embed_domains=["example.org", "*.foo.example"])
    answer = page.get(f"/embed/{listed.pk}")
    assert (answer.status_code, policy(answer)) == (200, "'self' example.org:* *.foo.example:*")
    assert "X-Frame-Options" not in answer
    assert policy(page.get(f"/embed/{cast.video().pk}")) == "*"
    assert policy(page.get("/embed/AAAAAAAAAAA")) == "*"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Referer": "https://example.org/page"}, 200),
        ({"Referer": "https://evil.example/"}, 403),
        ({"Referer": "https://evil.example/", "Sec-Fetch-Dest": "iframe"}, 403),
        ({"Referer": "https://evil.example/", "Sec-Fetch-Dest": "document"}, 200),
        ({"Referer": "http://testserver/embed/playlist/x"}, 200),
        ({"Referer": "http://[broken"}, 200),
    ],
)
def test_a_site_that_is_not_on_the_list_is_told_so(cast, headers, status):
    video = cast.video(title="Only there", embed_domains=["example.org"])
    answer = cast.page("anonymous").get(f"/embed/{video.pk}", headers=headers)
    assert answer.status_code == status
    assert "Referer" in answer["Vary"]
    if status == 403:  # a page with nothing of the video but its address
        assert policy(answer) == "*"
        assert b"Only there" not in answer.content
        assert b"can't be played on this site" in answer.content
    else:
        assert policy(answer) == "'self' example.org:*"


@pytest.mark.parametrize(
    ("fields", "is_open"),
    [({}, True), ({"allow_embed": False}, False), ({"embed_domains": ["example.org"]}, False)],
)
def test_only_what_every_site_may_embed_is_open_to_other_origins(cast, fields, is_open):
    video = cast.video(has_poster=True, **fields)
    assert access.is_embeddable_anywhere(video) is is_open
    state = {"allow_embed": video.allow_embed, "embed_domains": video.embed_domains}
    assert access.is_embeddable_anywhere(state) is is_open
    answer = cast.page("anonymous").get(f"/files/{video.pk}/poster.jpg")
    assert (answer.get("Cross-Origin-Resource-Policy") == "cross-origin") is is_open


def test_hidden_and_absent_are_one_page(cast):
    page = cast.page("anonymous")
    hidden = page.get(f"/embed/{cast.video(visibility='private', embed_domains=['a.example']).pk}")
    absent = page.get("/embed/AAAAAAAAAAA")
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)
    assert hidden.status_code == 404
