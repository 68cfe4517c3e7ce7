"""The HTML of cards is kept by what it shows: the same as rendered anew, and another one for whoever sees another."""

import re
from datetime import timedelta

import pytest
from django.template import Context, RequestContext, engines
from django.test import RequestFactory
from django.utils import timezone, translation

from accounts import profile
from accounts.models import User
from streamsite.site_settings import sections, services
from streamsite.site_settings.features import Features
from videos.mappers import serialize_card
from videos.templatetags import cards

SOURCE = "{% load cards %}{% video_card place=place hide_channel=hide_channel %}"


@pytest.fixture
def film(cast):
    return cast.video(
        title='<b>"Walrus" & co</b>',
        has_poster=True,
        has_storyboard=True,
        view_count=1_234,
        is_sensitive=True,
    )


@pytest.fixture(autouse=True)
def _marked(site_of_warnings):
    """A site that blurs what is sensitive for those who chose nothing."""


@pytest.fixture
def site_of_warnings(database):
    services.save(sections.section_of(Features), {"sensitive_content": "blur"})


def render(card, viewer, path="/", **more):
    request = RequestFactory().get(path)
    request.user = viewer
    context = RequestContext(request, {"video": card, **more})
    return engines["django"].engine.from_string(SOURCE).render(context)


def rendered_anew(card, viewer, path="/", **more):
    cards.forget_all()
    return render(card, viewer, path, **more)


def anonymous():
    from django.contrib.auth.models import AnonymousUser

    return AnonymousUser()


def test_a_kept_card_is_the_one_that_would_be_rendered(cast, film):
    card = serialize_card(film)
    variants = [
        {},
        {"place": 1},
        {"place": 9},
        {"hide_channel": 1},
        {"list": "AAAA"},
        {"has_no_preview": 1},
        {"sizes": "10rem"},
    ]
    viewers = [anonymous(), cast.owner, cast.member]
    told = {"is_new": True, "reason": "Also <i>about</i> #sea", "snippet": "Some sea", "found_words": "sea"}
    marked = {"mark": {"percent": 40, "completed": False, "text": "40 % watched"}}
    for shown in (
        card,
        card | {"view_count": 1},
        card | told,
        card | marked,
        card | {"visibility": "private"},
    ):
        for viewer in viewers:
            for more in variants:
                expected = rendered_anew(shown, viewer, **more)
                cards.forget_all()
                for other in viewers:  # what others saw before must not matter
                    render(shown, other)
                    render(shown, other, **more)
                assert render(shown, viewer, **more) == expected
                assert "<b>" not in expected
    assert len(cards._kept._values) <= cards.MAX_KEPT


def test_it_leads_back_to_the_page_that_it_is_on(film):
    card = serialize_card(film)
    first, second = render(card, anonymous(), "/"), render(card, anonymous(), "/search?q=%22a%22&sort=newest")
    assert len(cards._kept._values) == 1
    assert "/menu?next=/&quot;" not in first
    assert re.search(r'/menu\?next=(\S+?)"', first)[1] == "/"
    assert re.search(r'/menu\?next=(\S+?)"', second)[1] == "/search%3Fq%3D%2522a%2522%26sort%3Dnewest"
    assert cards.PLACEHOLDER not in first + second


def test_viewers_see_what_they_chose(cast, film):
    card = serialize_card(film)
    assert 'class="blurred"' in render(card, anonymous())
    user = User.objects.get(pk=cast.member.pk)
    assert 'class="blurred"' in render(card, user)
    profile.update_preferences(user, {"sensitive_content": "show"})
    chosen = User.objects.get(pk=user.pk)
    assert 'class="blurred"' not in render(card, chosen)
    assert "data-preview" in render(card, chosen)
    profile.update_preferences(User.objects.get(pk=user.pk), {"hover_previews": False})
    assert "data-preview" not in render(card, User.objects.get(pk=user.pk))
    assert 'data-channel="owner"' in render(card, chosen)
    assert "data-channel" not in render(card, cast.owner)


def test_language_time_zone_and_time_are_told_apart(film, monkeypatch):
    card = serialize_card(film)
    english = render(card, anonymous())
    with translation.override("de"):
        german = render(card, anonymous())
    assert "views" in english
    assert "Aufrufe" in german
    with timezone.override("Asia/Tokyo"):
        render(card, anonymous())
    assert len(cards._kept._values) == 3
    old = card | {"published_at": (timezone.now() - timedelta(days=3, minutes=5)).isoformat()}
    assert "3 days ago" in render(old, anonymous())
    assert "just now" in render(card, anonymous())
    later = timezone.now() + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    render(card, anonymous())
    assert len(cards._kept._values) == 5  # one more for the next minute


def test_a_page_sees_new_counts_at_once(cast, film):
    page = cast.page("owner")
    assert "1.2K views" in page.get("/").content.decode()
    type(film).objects.filter(pk=film.pk).update(view_count=5)
    assert "5 views" in page.get("/").content.decode()


def test_a_card_without_a_request_is_rendered(film):
    html = engines["django"].engine.from_string(SOURCE).render(Context({"video": serialize_card(film)}))
    assert f'data-video="{film.pk}"' in html
