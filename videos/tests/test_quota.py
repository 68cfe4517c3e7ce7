"""Quotas by role and account, what pages say of them, and uploads that begin at the same moment."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import connections

from accounts.models import User
from accounts.registration.rules import RegistrationSettings
from streamsite.errors import TooLarge
from streamsite.site_settings import live, sections, services, store
from tests.support.site_settings import hidden
from videos import quota, quota_store
from videos.models import Upload, Video
from videos.tests.test_tus import begin, empty_folder
from videos.uploads import creation

__all__ = ["empty_folder"]

pytestmark = pytest.mark.usefixtures("database")
SECTION = sections.section_of(RegistrationSettings)
PAGE = "/admin/site/registration/"


def set_quotas(**values):
    services.save(SECTION, values)


def creator(cast):
    User.objects.filter(pk=cast.member.pk).update(is_creator=True)
    return User.objects.get(pk=cast.member.pk)


def test_without_quotas_of_roles_everyone_has_the_same(cast, settings):
    settings.USER_QUOTA_BYTES = 500
    assert {quota.quota_bytes_of(user) for user in (cast.owner, creator(cast), cast.staff)} == {500}


def test_roles_have_quotas_of_their_own(cast):
    set_quotas(quota_bytes=100, creator_quota_bytes=200)
    both = cast.user("both", is_staff=True)
    both.is_creator = True
    found = [quota.quota_bytes_of(user) for user in (cast.owner, creator(cast), cast.staff, both)]
    assert found == [100, 200, 100, 200]
    set_quotas(staff_quota_bytes=0)
    found = [quota.quota_bytes_of(user) for user in (cast.owner, creator(cast), cast.staff, both)]
    assert found == [100, 200, 0, 0]


def test_an_account_may_have_more_less_or_no_limit(cast):
    set_quotas(quota_bytes=100, staff_quota_bytes=300)
    for own in (50, 0, 1_000):
        cast.staff.quota_bytes = own
        assert quota.quota_bytes_of(cast.staff) == own
    cast.staff.quota_bytes = None
    assert quota.quota_bytes_of(cast.staff) == 300


def test_the_environment_gives_the_defaults(cast, settings):
    settings.CREATOR_QUOTA_BYTES, settings.STAFF_QUOTA_BYTES = 7, 9
    assert quota.quota_bytes_of(creator(cast)) == 7
    assert quota.quota_bytes_of(cast.staff) == 9
    set_quotas(creator_quota_bytes=None)
    assert quota.quota_bytes_of(creator(cast)) == settings.USER_QUOTA_BYTES


def test_a_stored_quota_that_is_no_size_is_ignored(cast):
    store.update(0, "registration", {"creator_quota_bytes": "much", "staff_quota_bytes": True}, [])
    live.install(store.find())
    assert quota.quota_bytes_of(creator(cast)) == 0
    assert quota.quota_bytes_of(cast.staff) == 0


def test_the_form_tells_empty_from_zero(editor):
    fields = hidden(editor, PAGE) | {"creator_quota_bytes": "2.5", "staff_quota_bytes": "0"}
    assert editor.post(PAGE, fields).status_code == 302
    found = live.current(RegistrationSettings)
    assert (found.creator_quota_bytes, found.staff_quota_bytes) == (2_500_000_000, 0)
    assert editor.get(PAGE).context["form"].initial["creator_quota_bytes"] == "2.5"
    fields = hidden(editor, PAGE)
    assert Decimal(str(fields["creator_quota_bytes"])) == Decimal("2.5")
    assert (
        editor.post(PAGE, fields | {"creator_quota_bytes": "", "staff_quota_bytes": "0"}).status_code == 302
    )
    found = live.current(RegistrationSettings)
    assert (found.creator_quota_bytes, found.staff_quota_bytes) == (None, 0)
    refused = editor.post(PAGE, hidden(editor, PAGE) | {"staff_quota_bytes": "-1"})
    assert "staff_quota_bytes" in refused.context["form"].errors


@pytest.mark.parametrize("address", ["/upload", "/studio/videos"])
def test_pages_show_what_is_used_and_left(cast, settings, address):
    assert "storage-use" not in cast.page("owner").get(address).content.decode()
    settings.USER_QUOTA_BYTES = 10_000_000
    cast.video(source_size=2_000_000)
    text = cast.page("owner").get(address).content.decode()
    assert "You&#x27;ve used 2 MB of 10 MB." in text or "You've used 2 MB of 10 MB." in text
    assert "8 MB left." in text
    assert '<progress value="2000000" max="10000000"' in text
    assert 'data-level="low"' not in text
    cast.video(source_size=9_000_000)
    text = cast.page("owner").get(address).content.decode()
    assert "There is no room for more uploads." in text
    assert '<progress value="10000000" max="10000000"' in text
    assert 'data-level="low"' in text


def at_once(count, work):
    """Run ``work`` in so many threads at the same moment; return how many did not raise ``TooLarge``."""
    gate, stored = threading.Barrier(count), []

    def run(number):
        gate.wait()
        try:
            work(number)
            stored.append(number)
        except TooLarge:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(stored)


def test_uploads_that_begin_at_once_take_what_is_there_and_no_more(cast, settings):
    settings.USER_QUOTA_BYTES = 100
    owner = cast.owner
    count = at_once(8, lambda number: creation.create_upload(owner, length=40, metadata=""))
    assert count == 2
    assert quota.used_bytes(owner) == 80
    assert Upload.objects.count() == Video.objects.count() == 2


def test_what_is_stored_at_once_takes_what_is_there_and_no_more(cast, settings):
    settings.USER_QUOTA_BYTES = 100
    owner = cast.owner
    videos = [cast.unsaved_video(source_size=30) for _ in range(8)]
    stored = at_once(
        8, lambda number: quota.store_within(owner, 30, lambda: videos[number].save(force_insert=True))
    )
    assert stored == 3
    assert quota.used_bytes(owner) == 90


def test_a_refused_upload_leaves_nothing_and_takes_nothing(cast, settings, empty_folder):
    settings.USER_QUOTA_BYTES = 100
    api = cast.api("owner")
    assert begin(api, 101).status_code == 413
    assert not Upload.objects.exists()
    assert begin(api, 100).status_code == 201


def test_the_turns_of_a_deleted_account_go_with_it(cast, settings):
    settings.USER_QUOTA_BYTES = 100
    creation.create_upload(cast.owner, length=40, metadata="")
    assert quota_store.take(cast.owner.pk)
    quota_store.delete_for_account(cast.owner.pk)
    assert not quota_store.take(cast.owner.pk)
