"""Licenses of videos, and what new videos begin with."""

import json
import re

import pytest

from streamsite.licenses import License, license_url
from streamsite.site_settings import sections, services
from streamsite.site_settings.features import Features
from streamsite.visibility import Visibility
from videos.models import Video
from videos.services import build_draft


def save(**values):
    services.save(sections.section_of(Features), values)


def draft(owner, **data):
    return build_draft(owner, filename="x.mp4", size=5, data=data)


def test_every_license_has_an_address_but_the_standard_one():
    assert license_url("standard") == ""
    for name in set(License.values) - {"standard"}:
        assert license_url(name).startswith("https://creativecommons.org/")
    assert license_url("cc-by-nc-sa") == "https://creativecommons.org/licenses/by-nc-sa/4.0/"


def test_the_owner_chooses_a_license_and_viewers_see_it(cast):
    video = cast.video()
    page = cast.page("anonymous")
    address = f"/watch/{video.pk}"
    assert "creativecommons" not in page.get(address).content.decode()
    owner = cast.api("owner")
    assert owner.get(f"/api/v1/videos/{video.pk}").json()["license"] == "standard"
    answer = owner.patch(f"/api/v1/videos/{video.pk}", {"license": "cc-by-sa"}, format="json")
    assert answer.json()["license"] == "cc-by-sa"
    text = page.get(address).content.decode()
    url = "https://creativecommons.org/licenses/by-sa/4.0/"
    assert f'href="{url}" rel="license noopener"' in text
    data = json.loads(re.search(r'application/ld\+json">(.*?)</script>', text, re.S)[1])
    assert data["license"] == url
    answer = owner.patch(f"/api/v1/videos/{video.pk}", {"license": None}, format="json")
    assert answer.json()["license"] == "standard"


@pytest.mark.parametrize("value", ["gpl", "", 5, ["cc-by"]])
def test_an_unknown_license_is_refused(cast, value):
    video = cast.video()
    answer = cast.api("owner").patch(f"/api/v1/videos/{video.pk}", {"license": value}, format="json")
    assert answer.status_code == 400
    assert "license" in answer.json()["fields"]


def test_new_videos_begin_with_the_sites_defaults(cast):
    assert (draft(cast.owner).visibility, draft(cast.owner).license) == (Visibility.PRIVATE, "standard")
    save(visibility=Visibility.UNLISTED.value, license="cc-by")
    assert (draft(cast.owner).visibility, draft(cast.owner).license) == (Visibility.UNLISTED, "cc-by")
    chosen = draft(cast.owner, visibility=Visibility.PUBLIC.value, license="cc0")
    assert (chosen.visibility, chosen.license) == (Visibility.PUBLIC, "cc0")
    text = cast.page("owner").get("/upload").content.decode()
    assert re.search(r'value="unlisted"[^>]* checked', text)
    assert re.search(r'value="cc-by"[^>]* selected', text)


def test_who_must_verify_an_email_first_begins_private_whatever_the_default(cast, settings):
    save(visibility=Visibility.PUBLIC.value)
    settings.REQUIRE_VERIFIED_EMAIL = True
    assert draft(cast.owner).visibility == Visibility.PRIVATE


def test_rows_without_the_field_have_the_standard_license(cast):
    from videos import video_store

    video = cast.video()
    video_store.collection(Video._meta.db_table).update_one({"_id": video.pk}, {"$unset": {"license": ""}})
    assert cast.api("anonymous").get(f"/api/v1/videos/{video.pk}").json()["license"] == "standard"
