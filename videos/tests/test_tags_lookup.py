"""The lookup for a stored list's elements."""

import pytest
from django.db.models import Q

from videos.models import Video


@pytest.fixture
def tagged(database, cast):
    for title, tags in {"none": [], "one": ["day"], "two": ["day", "night"], "part": ["daybreak"]}.items():
        cast.video(title=title, tags=tags)


def titles(condition: Q) -> list[str]:
    return sorted(Video.objects.filter(condition).values_list("title", flat=True))


def test_lists_with_the_element_are_found_and_no_others(tagged):
    assert titles(Q(tags__has_element="day")) == ["one", "two"]
    assert titles(~Q(tags__has_element="day")) == ["none", "part"]
    assert titles(Q(tags__has_element="day") & ~Q(tags__has_element="night")) == ["one"]
    assert titles(Q(tags__has_element="night") | Q(title="none")) == ["none", "two"]
    assert titles(Q(tags__has_element="$day")) == titles(Q(tags__has_element="")) == []


@pytest.mark.parametrize("value", [{"$ne": 1}, ["day"], None, 5])
def test_only_a_string_is_looked_for(tagged, value):
    with pytest.raises((TypeError, ValueError)):
        titles(Q(tags__has_element=value))
