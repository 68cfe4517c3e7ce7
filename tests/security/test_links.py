"""Addresses with a user before their host are no links: what looks like the host is none."""

import pytest

from streamsite.sanitize import has_userinfo
from streamsite.templatetags.streamsite import linked
from videos.comments import text

HOSTILE = [
    "https://user:pass@evil.example/path",
    "https://bank.example@evil.example",
    "HTTPS://bank.example%20@evil.example/",
    "https://bank.example\\@evil.example",
]
FINE = ["https://ok.example/@name", "https://ok.example/a?mail=a@b.example", "https://ok.example#a@b"]


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_with_a_user_is_text(address):
    assert has_userinfo(address)
    assert [piece.kind for piece in text.split_text(f"see {address} now", text.ANY_NAME, 0)] == ["text"]
    assert "href" not in linked(f"see {address} now")


@pytest.mark.parametrize(
    "address",
    ["https://bank.example&#64;evil.example", "https://bank.example%40evil.com", "www.bank.com@evil.com"],
)
def test_what_would_become_such_a_link_is_text_too(address):
    assert "href" not in linked(address)


@pytest.mark.parametrize("address", FINE)
def test_other_addresses_are_links(address):
    assert not has_userinfo(address)
    assert ("link", address) in [
        (piece.kind, piece.value) for piece in text.split_text(address, text.ANY_NAME, 0)
    ]
    assert 'href="https://ok.example' in linked(address)
    assert linked("<b>a@b.example</b>").startswith("&lt;b&gt;<a href")


def test_no_text_of_people_is_such_a_link(cast):
    address = HOSTILE[0]
    owner = cast.api("owner")
    assert owner.patch("/api/v1/me", {"bio": address}, format="json").status_code == 200
    assert owner.patch("/api/v1/me", {"links": [address]}, format="json").status_code == 400
    video = cast.video(description=address)
    body = {"title": "List", "visibility": "public", "description": address, "video_ids": [video.pk]}
    playlist = owner.post("/api/v1/playlists", body, format="json").json()["id"]
    for path in ("/@owner/about", f"/watch/{video.pk}", f"/playlists/{playlist}"):
        answer = cast.page("anonymous").get(path)
        assert answer.status_code == 200, path
        page = answer.content.decode()
        assert address in page, path
        assert f'href="{address}' not in page, path
