"""Sharing a video without scripts: its link, embed code and QR code, for whoever may watch it."""

import pytest

from streamsite.qr_codes import qr_svg


@pytest.fixture
def video(cast):
    return cast.video(title="A <b>day</b>", duration=120.0)


def test_the_page_has_link_code_and_picture(cast, video):
    content = cast.page("anonymous").get(f"/watch/{video.pk}/share?t=1:05&width=854&loop=1").content.decode()
    assert f'/watch/{video.pk}?t=65" dir="ltr" readonly' in content
    assert (
        f"/embed/{video.pk}?start=65&amp;amp;loop=1&quot; width=&quot;854&quot; height=&quot;480&quot;"
        in content
    )
    assert f'src="/watch/{video.pk}/qr.svg?t=65"' in content
    assert "<b>day</b>" not in content


def test_nonsense_is_left_out(cast, video):
    content = (
        cast.page("anonymous").get(f"/watch/{video.pk}/share?t=9:99:99&width=x&controls=7").content.decode()
    )
    assert f'/watch/{video.pk}" dir="ltr" readonly' in content
    assert "width=&quot;640&quot;" in content


def test_the_picture_says_the_link(cast, video, settings):
    answer = cast.page("anonymous").get(f"/watch/{video.pk}/qr.svg?t=7")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.decode() == qr_svg(f"{settings.SITE_URL}/watch/{video.pk}?t=7")


def test_hidden_videos_are_absent_and_private_ones_have_no_code(cast):
    secret = cast.video(visibility="private")
    for path in ("share", "qr.svg"):
        assert cast.page("stranger").get(f"/watch/{secret.pk}/{path}").status_code == 404
        assert cast.page("owner").get(f"/watch/{secret.pk}/{path}").status_code == 200
    assert "Embed code" not in cast.page("owner").get(f"/watch/{secret.pk}/share").content.decode()
    closed = cast.video(allow_embed=False)
    assert "Embed code" not in cast.page("anonymous").get(f"/watch/{closed.pk}/share").content.decode()


def test_a_description_of_many_short_lines_is_folded(cast):
    long, short = cast.video(description="a\nb\nc\nd\ne"), cast.video(description="a\nb")
    assert "about-more" in cast.page("anonymous").get(f"/watch/{long.pk}").content.decode()
    assert "about-more" not in cast.page("anonymous").get(f"/watch/{short.pk}").content.decode()
