"""Helpers that run services for pages: what they catch, what they raise, and what the page's answer is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from streamsite.errors import Absent, Conflict, Invalid, SiteError, Unavailable
from streamsite.view_actions import (
    attempt,
    form_status,
    found_or_none,
    perform,
    perform_and_redirect,
    posted_data,
    redirect_with_message,
    refusal_status,
)


class NameForm(forms.Form):
    """A form with one field."""

    name = forms.CharField()


def refuse(error: SiteError) -> Callable[[], None]:
    def action() -> None:
        raise error

    return action


def request_of(method: str, **data: str) -> HttpRequest:
    request = getattr(RequestFactory(), method)("/here", data)
    request._messages = CookieStorage(request)
    return request


def said(request: HttpRequest) -> list[tuple[str, str]]:
    return [(message.level_tag, message.message) for message in get_messages(request)]


def run(
    request: HttpRequest, form: forms.Form, action: Callable[[], object], **options
) -> HttpResponse | None:
    return perform(request, form, action, lambda result: HttpResponse(str(result)), **options)


def test_attempt_returns_the_result_or_the_refusal():
    assert attempt(lambda: 7) == 7
    assert isinstance(attempt(refuse(Absent())), Absent)
    assert isinstance(attempt(refuse(Absent()), Invalid, Absent), Absent)
    with pytest.raises(Absent):
        attempt(refuse(Absent()), Invalid)
    with pytest.raises(ZeroDivisionError):
        attempt(lambda: 1 // 0)


def test_found_or_none():
    assert found_or_none(lambda: "row") == "row"
    assert found_or_none(refuse(Absent())) is None


@pytest.mark.parametrize(("method", "data"), [("get", {"name": "x"}), ("post", {})])
def test_perform_runs_nothing_without_a_valid_posted_form(method, data):
    request = request_of(method, **data)
    form = NameForm(posted_data(request))
    assert run(request, form, refuse(Conflict())) is None
    assert form_status(form) == refusal_status(form) == (200 if method == "get" else 400)


def test_perform_answers_with_what_done_makes_of_the_result():
    request = request_of("post", name="x")
    form = NameForm(posted_data(request))
    response = run(request, form, lambda: form.cleaned_data["name"])
    assert response is not None
    assert response.content == b"x"


def test_perform_puts_a_refusal_into_the_form():
    request = request_of("post", name="x")
    form = NameForm(posted_data(request))
    refusal = Conflict("Taken.", fields={"name": ["Another name."], "unknown": ["A sentence."]})
    assert run(request, form, refuse(refusal)) is None
    assert form.errors == {"name": ["Another name."], "__all__": ["A sentence."]}
    assert (form_status(form), refusal_status(form)) == (400, 409)


def test_perform_raises_outages_and_what_it_is_not_to_catch():
    request = request_of("post", name="x")
    with pytest.raises(Unavailable):
        run(request, NameForm(request.POST), refuse(Unavailable()))
    with pytest.raises(Conflict):
        run(request, NameForm(request.POST), refuse(Conflict()), refusals=(Invalid,))


def test_perform_lets_the_view_answer_a_refusal_in_its_own_way():
    request = request_of("post", name="x")

    def refused(error: SiteError) -> HttpResponse | None:
        return HttpResponse("elsewhere") if isinstance(error, Conflict) else None

    response = run(request, NameForm(request.POST), refuse(Conflict()), refused=refused)
    assert response is not None
    assert response.content == b"elsewhere"
    form = NameForm(request.POST)
    assert run(request, form, refuse(Invalid("No.")), refused=refused) is None
    assert form.errors == {"__all__": ["No."]}


@pytest.mark.parametrize(
    ("action", "message", "expected"),
    [
        (lambda: None, "Done.", [("success", "Done.")]),
        (lambda: None, "", []),
        (refuse(Conflict("Not now.")), "Done.", [("error", "Not now.")]),
    ],
)
def test_perform_and_redirect_says_how_it_went(action, message, expected):
    request = request_of("post", next="/back")
    assert perform_and_redirect(request, action, message, "/fallback")["Location"] == "/back"
    assert said(request) == expected
    foreign = request_of("post", next="https://elsewhere.example/")
    assert perform_and_redirect(foreign, action, message, "/fallback")["Location"] == "/fallback"


def test_redirect_with_message_takes_the_name_of_a_page():
    request = request_of("post")
    assert redirect_with_message(request, "Saved.", "watch", "abc")["Location"] == "/watch/abc"
    assert said(request) == [("success", "Saved.")]
