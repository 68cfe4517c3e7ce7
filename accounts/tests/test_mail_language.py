"""Emails are written in the account's language and time zone, whatever language the request or the worker has."""

from __future__ import annotations

import pytest
from django.utils import translation
from rest_framework.test import APIClient

from accounts import locale, tasks
from accounts.models import User
from tests.support.mailbox import deliver
from tests.support.users import PASSWORD


def register(**headers):
    body = {"username": "owner", "email": "owner@example.org", "password": PASSWORD}
    answer = APIClient().post("/api/v1/auth/register", body, format="json", headers=headers)
    assert answer.status_code == 201
    return User.objects.get(username="owner")


def html_of(message):
    return message.alternatives[0][0]


@pytest.mark.parametrize(
    ("header", "code", "stored"), [("ar-EG", "ar", {"language": "ar"}), ("fr", "en", {})]
)
def test_an_account_gets_the_language_in_which_its_owner_signs_up(database, header, code, stored):
    user = register(**{"Accept-Language": header})
    assert user.preferences == stored
    (message,) = deliver()
    direction = "rtl" if code == "ar" else "ltr"
    assert f'<html lang="{code}" dir="{direction}">' in html_of(message)


def test_an_email_follows_the_account_not_the_thread(database):
    user = register()
    deliver()
    User.objects.filter(pk=user.pk).update(preferences={"language": "de", "time_zone": "Asia/Tokyo"})
    with translation.override("ar"):
        tasks.enqueue_mail("password_changed", user)
        (message,) = deliver()
        assert translation.get_language() == "ar"
    assert '<html lang="de" dir="ltr" data-time-zone="Asia/Tokyo">' in html_of(message)


def test_a_language_that_the_site_gave_up_is_the_sites_own(database):
    user = register()
    user.preferences = {"language": "tlh", "time_zone": "Mars/Base"}
    assert (locale.language(user), locale.time_zone(user)) == ("en", None)
