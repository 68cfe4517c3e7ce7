"""``manage.py inspectdb`` on the site's own database: its output is Python, and its models find the rows."""

from __future__ import annotations

import sys
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from tests.support.users import Cast

TABLES = ["accounts_user", "videos_video", "auth_group", "auth_permission", "subscriptions_subscription"]


def test_the_output_imports_and_reads(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys, lengths and nulls are as migrations noted them."""
    out = StringIO()
    call_command("inspectdb", *TABLES, stdout=out)
    (tmp_path / "inspected.py").write_text(
        out.getvalue().replace("class Meta:", "class Meta:\n        app_label = 'inspected'")
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    cast.video()
    try:
        import inspected  # type: ignore[import-not-found]

        user = inspected.AccountsUser.objects.get(username=cast.owner.username)
        assert user.pk == cast.owner.pk
        assert inspected.AccountsUser._meta.get_field("username").unique
        assert inspected.VideosVideo._meta.get_field("title").max_length == 120
        assert inspected.VideosVideo._meta.get_field("published_at").null
        assert inspected.VideosVideo.objects.get().channel_id == cast.owner.pk
        assert inspected.AuthPermission.objects.filter(codename="add_user").exists()
    finally:
        sys.modules.pop("inspected", None)
        apps.all_models.pop("inspected", None)
        apps.clear_cache()
