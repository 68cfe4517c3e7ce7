"""Who may upload, and how much: one rule for the page, the API, resumable uploads, and menus."""

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import staff_actions
from accounts.models import User
from videos.models import Video

CODE = "uploads_not_allowed"


def tus(api, length=10, **headers):
    name = base64.b64encode(b"a.mp4").decode()
    names = {"HTTP_TUS_RESUMABLE": "1.0.0", "HTTP_UPLOAD_LENGTH": str(length)}
    return api.post("/api/v1/uploads", **names, HTTP_UPLOAD_METADATA=f"filename {name}", **headers)


def form_upload(api):
    file = SimpleUploadedFile("a.mp4", b"x" * 100, content_type="video/mp4")
    return api.post("/api/v1/videos", {"file": file}, format="multipart")


def attempts(cast, who):
    """Return the status of each way to upload; 201 and 200 where it is allowed."""
    api, page = cast.api(who), cast.page(who)
    file = SimpleUploadedFile("a.mp4", b"x" * 100, content_type="video/mp4")
    return [
        tus(api).status_code,
        tus(api, HTTP_UPLOAD_CONCAT="partial").status_code,
        form_upload(api).status_code,
        page.get("/upload").status_code,
        page.post("/upload", {"file": file, "visibility": "private"}).status_code,
    ]


@pytest.mark.parametrize(
    ("uploads", "is_creator", "is_staff", "allowed"),
    [
        ("everyone", False, False, True),
        ("approved", False, False, False),
        ("approved", True, False, True),
        ("approved", False, True, True),
        ("staff", False, False, False),
        ("staff", True, False, False),
        ("staff", False, True, True),
    ],
)
def test_every_way_to_upload_follows_the_rule(cast, settings, uploads, is_creator, is_staff, allowed):
    User.objects.filter(pk=cast.member.pk).update(is_creator=is_creator, is_staff=is_staff)
    settings.UPLOADS = uploads
    expected = [201, 201, 201, 200, 302] if allowed else [403] * 5
    assert attempts(cast, "member") == expected
    assert cast.api("member").get("/api/v1/me").json()["may_upload"] is allowed
    assert (b'href="/upload"' in cast.page("member").get("/").content) is allowed
    if not allowed:
        assert tus(cast.api("member")).json()["code"] == CODE
        assert not Video.objects.exists()


def test_an_upload_under_way_stops_when_the_right_ends(cast, settings):
    api = cast.api("owner")
    location = tus(api).headers["Location"]
    settings.UPLOADS = "staff"
    answer = api.patch(
        location,
        b"x" * 10,
        content_type="application/offset+octet-stream",
        HTTP_TUS_RESUMABLE="1.0.0",
        HTTP_UPLOAD_OFFSET="0",
    )
    assert (answer.status_code, answer.json()["code"]) == (403, CODE)


def test_staff_approve_creators(cast, settings):
    settings.UPLOADS = "approved"
    page = cast.page("staff")
    act = f"/admin/accounts/user/{cast.member.pk}/act/creator/"
    assert page.post(act).status_code == 302
    assert tus(cast.api("member")).status_code == 201
    form = {"action": "withdraw_creator", "_selected_action": [cast.member.pk], "confirmed": "yes"}
    page.post("/admin/accounts/user/", form)
    assert tus(cast.api("member")).json()["code"] == CODE
    assert not staff_actions.set_creator(cast.member, False, actor=cast.staff)


def test_the_default_quota_and_the_largest_upload_hold_everywhere(cast, settings):
    from accounts.registration.rules import RegistrationSettings
    from streamsite.site_settings import services
    from streamsite.site_settings.sections import section_of

    section = section_of(RegistrationSettings)
    services.save(section, {"max_upload_bytes": 50})
    api = cast.api("owner")
    assert tus(api, 51).status_code == 413
    assert form_upload(api).status_code == 413
    assert api.options("/api/v1/uploads").headers["Tus-Max-Size"] == "50"
    assert tus(api, 50).status_code == 201
    services.save(section, {"quota_bytes": 60})
    assert tus(api, 20).status_code == 413
    User.objects.filter(pk=cast.owner.pk).update(quota_bytes=1000)
    assert tus(cast.api("owner"), 20).status_code == 201


def test_the_settings_never_exceed_what_the_web_server_takes(cast, settings):
    from accounts.registration import rules

    settings.MAX_UPLOAD_BYTES = 40
    assert rules.max_upload_bytes() == 40
    assert tus(cast.api("owner"), 41).status_code == 413
