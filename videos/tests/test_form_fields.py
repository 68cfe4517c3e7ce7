"""Fields of forms that follow the viewer: names of languages, and times in the account's zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from accounts.models import User
from videos.forms import CaptionDescriptionForm
from videos.language_names import display_name
from videos.models import Video


@pytest.mark.parametrize(
    ("tag", "english", "german"),
    [
        ("pt-BR", "Portuguese (Brazil)", "Portugiesisch (Brasilien)"),
        ("yue", "Cantonese", "Kantonesisch"),
        ("x-unknown", "x-unknown", "x-unknown"),
        ("qqq", "qqq", "qqq"),
    ],
)
def test_languages_are_named_for_the_viewer(tag, english, german):
    assert display_name(tag) == english
    with translation.override("de"):
        assert display_name(tag) == german


def test_the_list_begins_with_what_is_set_even_if_it_is_unknown():
    with translation.override("de"):
        html = str(CaptionDescriptionForm(initial={"language": "tlh"})["language"])
    assert '<option value="tlh" selected>Klingonisch</option>' in html
    assert html.index("Klingonisch") < html.index("Englisch") < html.index("Afrikaans")
    assert html.count('value="en"') == 1


@pytest.mark.parametrize(
    ("sent", "is_valid"), [("tlh", True), ("zh-Hant-HK", True), ("English", False), ("../x", False)]
)
def test_any_tag_is_accepted_and_nothing_else(sent, is_valid):
    form = CaptionDescriptionForm({"language": sent, "kind": "subtitles"})
    assert form.is_valid() is is_valid


def test_the_owners_last_language_is_preselected(cast):
    cast.video(title="Earlier", language="ja")
    video = cast.video(title="New")
    page = cast.page("owner")
    content = page.get(f"/studio/videos/{video.pk}").content.decode()
    assert (
        content.count('<option value="ja" selected>Japanese</option>') == 2
    )  # the video's, and new subtitles'


def test_a_schedule_is_read_and_shown_in_the_accounts_zone(cast):
    User.objects.filter(pk=cast.owner.pk).update(preferences={"time_zone": "Asia/Tokyo"})
    at = datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0) + timedelta(days=3)
    video = cast.video(title="Later", visibility="private")
    Video.objects.filter(pk=video.pk).update(publish_at=at, publish_visibility="public")
    content = cast.page("owner").get(f"/studio/videos/{video.pk}").content.decode()
    assert f'value="{at:%Y-%m-%d}T12:00"' in content
    assert "data-utc" not in content
    assert "GMT+9" in content
    User.objects.filter(pk=cast.owner.pk).update(preferences={})
    content = cast.page("owner").get(f"/studio/videos/{video.pk}").content.decode()
    assert f'value="{at:%Y-%m-%d}T03:00"' in content
    assert "data-utc" in content
    assert "<noscript>" in content
