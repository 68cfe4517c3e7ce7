"""Subscriptions as OPML: export, import, and rejected files."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import etree

from accounts.models import User
from subscriptions.models import Subscription

EXPORT, IMPORT = "/api/v1/me/subscriptions/opml", "/api/v1/me/subscriptions/import"
HERE = "http://localhost:8000"


def send(cast, content, who="member", status=200):
    file = SimpleUploadedFile("list.opml", content if isinstance(content, bytes) else content.encode())
    answer = cast.api(who).post(IMPORT, {"file": file})
    assert answer.status_code == status, answer.content
    return answer.json()


def opml(*addresses):
    rows = "".join(f'<outline text="x" xmlUrl="{address}"/>' for address in addresses)
    return f'<?xml version="1.0"?><opml version="2.0"><body><outline text="Folder">{rows}</outline></body></opml>'


def test_an_export_is_imported_by_another_account(cast):
    names = ["owner", "stranger", "staffer"]
    assert [cast.owner, cast.stranger, cast.staff]
    User.objects.filter(username="owner").update(full_name='A "<b>" & co')
    for name in names:
        cast.api("member").put(f"/api/v1/channels/{name}/subscription")
    answer = cast.api("member").get(EXPORT)
    assert answer["Content-Disposition"].startswith("attachment")
    root = etree.fromstring(answer.content)
    assert root.tag == "opml"
    rows = root.findall("body/outline")
    assert {row.get("type") for row in rows} == {"rss"}
    assert [row.get("text") for row in rows] == ['A "<b>" & co', "staffer", "stranger"]
    cast.user("other")
    assert send(cast, answer.content, "member") == {
        "subscribed": 0,
        "already": 3,
        "unknown": [],
        "refused": [],
    }
    cast.__dict__["newcomer"] = User.objects.get(username="other")
    assert send(cast, answer.content, "newcomer")["subscribed"] == 3
    assert send(cast, answer.content, "newcomer")["already"] == 3
    assert User.objects.get(username="owner").subscriber_count == 2
    assert Subscription.objects.filter(subscriber__username="other").count() == 3


def test_unknown_and_refused_channels_are_reported(cast):
    assert [cast.owner, cast.member]
    cast.api("owner").put("/api/v1/me/blocks/member")
    said = send(
        cast,
        opml(
            f"{HERE}/feeds/channels/owner.rss",
            f"{HERE}/feeds/channels/member.rss",
            f"{HERE}/feeds/channels/nobody.rss",
            f"{HERE}/@stranger/videos",
            "https://elsewhere.example/feeds/channels/owner.rss",
            "http://[::1",
        ),
    )
    assert said["subscribed"] == 0
    assert said["refused"] == ["@owner", "@member"]
    assert said["unknown"] == [
        "https://elsewhere.example/feeds/channels/owner.rss", "http://[::1", "@nobody", "@stranger",
    ]  # fmt: skip


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no xml",
        b"<html/>",
        b"<opml><body>",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="nonsense"?><opml/>',
        f'<!DOCTYPE opml [<!ENTITY l0 "ha">{LAUGHS}]><opml><body><outline text="&l12;"/></body></opml>'.encode(),
        b'<!DOCTYPE opml SYSTEM "http://127.0.0.1:1/x"><opml/>',
        b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body><outline text="&x;"/></body></opml>',
        b"<opml>" + b"<outline>" * 100_000,
    ],
)
def test_other_files_are_rejected_and_harmless(cast, content):
    begun = time.process_time()
    assert send(cast, content, status=400)["code"] == "validation_error"
    assert time.process_time() - begun < 5


def test_a_missing_or_huge_file_is_refused(cast):
    assert cast.api("member").post(IMPORT, {}).status_code == 400
    assert cast.api("member").post(IMPORT, {"file": "text"}).status_code == 400
    assert send(cast, b" " * 2_000_001, status=413)["code"] == "too_large"


def test_the_page_tells_what_was_imported(cast):
    assert cast.owner.is_active
    page = cast.page("member")
    assert "Download OPML" in page.get("/subscriptions/programs").content.decode()
    file = SimpleUploadedFile("x.opml", opml(f"{HERE}/@owner", f"{HERE}/@nobody").encode())
    said = page.post("/subscriptions/import", {"file": file}).content.decode()
    assert "1 new subscription," in said
    assert "@nobody" in said
    assert page.get("/subscriptions/export.opml")["Content-Type"].startswith("text/x-opml")
    assert page.post("/subscriptions/import", {"file": SimpleUploadedFile("x", b"no")}).status_code == 400
