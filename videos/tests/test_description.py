"""Descriptions: times that seek, people, links, and no markup."""

import pytest

LONG = " Words." * 60


def shown(cast, text, **more):
    video = cast.video(description=text, duration=100.0, **more)
    html = cast.page("anonymous").get(f"/watch/{video.pk}").content.decode()
    return video, html[html.index('<section class="about"') : html.index('id="comments"')]


@pytest.mark.parametrize("rest", ["", LONG])
def test_moments_seek_people_and_links_lead_on(database, cast, rest):
    text = f"At 1:30 comes @Owner, not at 5:00. See https://example.org/a, or write to a@owner.org.{rest}"
    video, html = shown(cast, text)
    assert f'<a href="/watch/{video.pk}?t=90" data-seek="90" dir="ltr">1:30</a>' in html
    assert html.count("data-seek") == 1
    assert '<a href="/@owner" dir="ltr">@Owner</a>' in html
    assert html.count('href="/@') == 1
    assert (
        '<a href="https://example.org/a" rel="nofollow ugc noopener noreferrer" target="_blank" dir="ltr">'
        in html
    )


def test_markup_stays_text(database, cast):
    _, html = shown(cast, '<script>alert(1)</script> https://x.org/"onclick=1 @owner"><img src=x>')
    assert "<script>alert" not in html
    assert '"onclick' not in html
    assert "<img src=x" not in html


def test_people_in_posts_are_links(database, cast):
    sent = {"text": "Thanks to @Member at 1:30 <b>"}
    assert cast.member.is_active
    post = cast.api("owner").post("/api/v1/posts", sent, format="json").json()["id"]
    for path in (f"/posts/{post}", "/@owner/posts"):
        html = cast.page("anonymous").get(path).content.decode()
        assert '<a href="/@member" dir="ltr">@Member</a>' in html
        assert "data-seek" not in html
        assert "at 1:30 &lt;b&gt;" in html
