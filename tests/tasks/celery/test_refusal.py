"""Celery's workers of a public site start with safe settings only, as the site's own do."""

from tests.security.test_unsafe_settings import ALL, refused


def test_celery_is_refused_with_all_problems_at_once():
    named, _ = refused(["-m", "celery", "-A", "streamsite.tasks.celery", "worker", "-Q", "default"])
    assert named == ALL
