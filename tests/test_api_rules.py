"""Rules that the API's code keeps: shapes are written once, input has one way in, errors are translated once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from django.conf import settings
from rest_framework import serializers

from accounts.preferences import PREFERENCES
from accounts.schemas import PreferencesDict
from streamsite.api.inputs import InputSerializer
from videos.playback import heartbeats
from videos.schemas.playback import Verdict as HeartbeatVerdict
from videos.studio.reports import VERDICT_MEANINGS
from videos.studio.schemas import Verdict

APPS = ("accounts", "videos", "playlists", "subscriptions", "takeout")
ROOT = Path(settings.BASE_DIR)
API_MODULES = [path for app in APPS for path in sorted((ROOT / app / "api").glob("*.py"))]


def _subclasses(of: type) -> Iterator[type]:
    for one in of.__subclasses__():
        yield one
        yield from _subclasses(one)


def test_the_api_was_found() -> None:
    assert len(API_MODULES) > 40


@pytest.mark.parametrize("path", API_MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_views_catch_nothing_and_read_input_through_serializers(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    faults = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Try)]
    faults += [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"data", "GET", "POST", "FILES", "query_params"}
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
    ]
    assert not faults


def test_every_serializer_validates_input() -> None:
    """Responses are described by the ``TypedDict`` of their mapper."""
    import_module("streamsite.urls")
    ours = [one for one in _subclasses(serializers.Serializer) if one.__module__.split(".")[0] in APPS]
    assert len(ours) > 30
    assert [one for one in ours if not issubclass(one, InputSerializer)] == []


def test_preferences_are_described_as_they_are() -> None:
    described = {
        name: get_args(hint) if hint is not bool else ()
        for name, hint in get_type_hints(PreferencesDict).items()
    }
    assert described == {name: preference.choices for name, preference in PREFERENCES.items()}


def test_verdicts_are_described_as_they_are() -> None:
    assert set(get_args(Verdict)) == set(VERDICT_MEANINGS)
    verdicts = {heartbeats.OPEN, heartbeats.COUNTED, heartbeats.OWNER, heartbeats.BOT}
    assert set(get_args(HeartbeatVerdict)) == verdicts
