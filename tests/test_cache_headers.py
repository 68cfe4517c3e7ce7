"""Cache policies as values, on responses and as decorators of views."""

from __future__ import annotations

from django.http import HttpResponse

from streamsite.cache_headers import NEVER_STORED, PRIVATE_REVALIDATED, cached_for, public_for


def test_a_policy_sets_itself_on_a_response():
    assert NEVER_STORED.set_on(HttpResponse())["Cache-Control"] == "no-store"
    assert public_for(60).set_on(HttpResponse())["Cache-Control"] == "public, max-age=60"
    kept = HttpResponse(headers={"Cache-Control": "no-store"})
    assert PRIVATE_REVALIDATED.set_default_on(kept)["Cache-Control"] == "no-store"
    assert PRIVATE_REVALIDATED.set_default_on(HttpResponse())["Cache-Control"] == "private, no-cache"


def test_a_policy_decorates_a_view():
    @cached_for(3600)
    def view(request: object) -> HttpResponse:
        """Say hello."""
        return HttpResponse("hello")

    assert view(None)["Cache-Control"] == "max-age=3600"
    assert (view.__name__, view.__doc__) == ("view", "Say hello.")


def test_a_policy_is_no_header_value_by_itself():
    """WSGI servers refuse values that are not exactly ``str``, so a policy must not pass for one."""
    assert not isinstance(NEVER_STORED, str)
    assert type(NEVER_STORED.set_on(HttpResponse())["Cache-Control"]) is str
