"""The browsers that get notifications: one row each, of push services only, of those who are signed in there."""

import hashlib
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from streamsite.errors import Invalid
from streamsite.mongo.collections import collection
from subscriptions.notifications.push import encryption, services, store, vapid
from subscriptions.tests.push_fixtures import LIST, device, service  # noqa: F401 - fixtures
from tests.support.push_service import Device, bytes_of, text_of


def test_posting_twice_is_one_browser(service, cast):  # noqa: F811
    made = service.device("one")
    api = cast.api("member")
    answers = [api.post(LIST, made.subscription(), format="json", HTTP_USER_AGENT="Fox/1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    page = api.get(LIST)
    assert "no-store" in page.headers["Cache-Control"]
    assert page.json() == {
        "next": None,
        "previous": None,
        "results": [answers[0].json()],
        "public_key": service.public_key,
    }
    row = answers[0].json()
    assert row["id"] == hashlib.sha256(made.endpoint.encode()).hexdigest()[:32]
    assert (row["user_agent"], row["last_sent_at"]) == ("Fox/1", None)
    assert set(row) == {"id", "user_agent", "created_at", "last_sent_at"}


def test_many_at_once_are_one_browser(service, cast):  # noqa: F811
    made = service.device("one")
    api = cast.api("member")
    with ThreadPoolExecutor(8) as pool:
        statuses = list(
            pool.map(lambda _: api.post(LIST, made.subscription(), format="json").status_code, range(8))
        )
    assert set(statuses) <= {200, 201}
    assert len(store.list_for_user(cast.member.pk)) == 1


def test_a_browser_belongs_to_who_signed_in_last(service, cast):  # noqa: F811
    made = service.device("shared")
    for who in ("member", "stranger"):
        assert cast.api(who).post(LIST, made.subscription(), format="json").status_code == 201
    assert cast.api("member").get(LIST).json()["results"] == []
    assert len(cast.api("stranger").get(LIST).json()["results"]) == 1


def test_others_browsers_are_not_there(device, cast):  # noqa: F811
    one = device("member")
    assert cast.api("stranger").get(LIST).json()["results"] == []
    assert cast.api("stranger").delete(f"{LIST}/{one.id}").status_code == 404
    assert cast.api("anonymous").delete(f"{LIST}/{one.id}").status_code == 401
    page = cast.page("stranger")
    assert page.post("/settings/notifications/browsers", {"id": one.id}).status_code == 302
    assert one.id not in page.get("/settings/notifications").content.decode()
    assert store.find([one.id])
    assert cast.api("member").delete(f"{LIST}/{one.id}").status_code == 204
    assert cast.api("member").delete(f"{LIST}/{one.id}").status_code == 404


def test_api_tokens_have_no_browsers(service, cast):  # noqa: F811
    api = cast.api("anonymous")
    _token, text = cast.api_token(cast.member, "read", "write")
    api.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    assert api.get(LIST).status_code == 403
    assert api.post(LIST, service.device("x").subscription(), format="json").status_code == 403


def test_the_21st_takes_the_place_of_the_oldest(service, cast):  # noqa: F811
    api = cast.api("member")
    made = [service.device(f"number-{number}") for number in range(services.MAX_BROWSERS + 1)]
    for one in made:
        assert api.post(LIST, one.subscription(), format="json").status_code == 201
    kept = {row["endpoint"] for row in store.list_for_user(cast.member.pk)}
    assert kept == {one.endpoint for one in made[1:]}


@pytest.mark.parametrize(
    "endpoint",
    [
        *("http://fcm.googleapis.com/x", "ftp://fcm.googleapis.com/x", "fcm.googleapis.com", "//fcm.googleapis.com/x"),
        *("https://127.0.0.1/x", "https://[::1]/x", "https://0x7f.1/x", "https://2130706433/x", "https://localhost/x"),
        *("https://169.254.169.254/latest/meta-data", "https://10.0.0.1/", "https://evil.example/"),
        *("https://fcm.googleapis.com.evil.example/x", "https://evilfcm.googleapis.com/x"),
        *("https://push.apple.com/x", "https://evilpush.apple.com/x", "https://x.push.apple.com.evil.example/"),
        *("https://fcm.googleapis.com@evil.example/x", "https://user:x@fcm.googleapis.com/x"),
        *("https://fcm.googleapis.com:8443/x", "https://fcm.googleapis.com:0/x", "https://fcm.googleapis.com:x/"),
        *("https://evil.example\\@fcm.googleapis.com/", "https://fcm.googleapis.com/ x"),
        *("https://fcm.googleapis.com/\r\nX: y",),
        *("https://fcm.googleapis.com/#x", "https://fcm.googleapis.com\t/x", "https://ｆcm.googleapis.com/x"),
        *("https://fcm.googleapis.com./x", "", "https://" + "a" * 2_000),
        *("https://a..push.apple.com/", "https://.push.apple.com/", f"https://{'a' * 300}.push.apple.com/"),
        *("https://[::1%25.push.apple.com]/", "https://[v1.push.apple.com]/", "https://a_b.push.apple.com/"),
    ],
)  # fmt: skip
def test_only_push_services_are_endpoints(service, cast, endpoint):  # noqa: F811
    answer = cast.api("member").post(LIST, Device(endpoint).subscription(), format="json")
    assert answer.status_code == 400, endpoint
    assert set(answer.json()["fields"]) == {"endpoint"}


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:DEF-_",
        "https://FCM.googleapis.com:443/wp/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-by3p.notify.windows.com/w/?token=abc%2b",
    ],
)
def test_the_push_services_of_browsers_are_known(service, cast, endpoint):  # noqa: F811
    assert cast.api("member").post(LIST, Device(endpoint).subscription(), format="json").status_code == 201


def test_the_case_of_the_host_makes_no_other_browser(service, cast):  # noqa: F811
    api = cast.api("member")
    lower, upper = (Device(f"https://{host}/Ab-C") for host in ("fcm.googleapis.com", "FCM.googleapis.com"))
    answers = [api.post(LIST, one.subscription(), format="json") for one in (lower, upper)]
    assert [answer.status_code for answer in answers] == [201, 200]
    (row,) = store.list_for_user(cast.member.pk)
    assert row["endpoint"] == lower.endpoint
    assert row["_id"] == hashlib.sha256(lower.endpoint.encode()).hexdigest()[:32]


@pytest.mark.parametrize(
    "changes", [{"endpoint": "https://a..push.apple.com/"}, {"p256dh": "AAAA!!!!"}, {"auth": "AAAA"}]
)
def test_stored_browsers_that_are_not_valid_are_removed_from_the_list(device, cast, changes):  # noqa: F811
    bad, good = device("member", "bad"), device("member", "good")
    collection(store.SUBSCRIPTIONS).update_one({"_id": bad.id}, {"$set": changes})
    assert [row["id"] for row in cast.api("member").get(LIST).json()["results"]] == [good.id]
    assert store.find([bad.id]) == []


def test_keys_are_checked(service, cast):  # noqa: F811
    good = service.device("keys")
    outside = b"\x04" + good.point[1:33] + bytes(31) + b"\x01"
    key, secret = text_of(good.point), text_of(good.auth)
    compressed = bytes([2 + good.point[-1] % 2]) + good.point[1:33]
    for name, values in {
        "p256dh": ["", "!", "AAAA", "é", text_of(outside), text_of(compressed), text_of(b"\x05" + good.point[1:]),
                   f"{key}!!!!", f"!!!!{key}", f"{key[:4]}\n{key[4:]}", f"{key[:4]}={key[4:]}", f"{key}+/", f"{key}é"],
        "auth": ["", "AAAA", "!" * 22, text_of(bytes(15)), text_of(bytes(17)), 16, None,
                 f"{secret}!!!!", f"{secret}{'=' * 9}"],
    }.items():  # fmt: skip
        for value in values:
            body = good.subscription()
            body["keys"] = {**body["keys"], name: value}
            answer = cast.api("member").post(LIST, body, format="json")
            assert answer.status_code == 400, (name, value)
    for body in ({}, [], {"endpoint": good.endpoint}, {"endpoint": good.endpoint, "keys": []}):
        assert cast.api("member").post(LIST, body, format="json").status_code == 400
    assert store.list_for_user(cast.member.pk) == []
    with pytest.raises(Invalid):
        services.subscribe(cast.member, "s", endpoint="", p256dh="", auth="", user_agent="")


def test_keys_may_be_padded(service, cast):  # noqa: F811
    made = service.device("padded")
    body = made.subscription()
    body["keys"] = {"p256dh": f"{text_of(made.point)}=", "auth": f"{text_of(made.auth)}=="}
    assert cast.api("member").post(LIST, body, format="json").status_code == 201
    (row,) = store.list_for_user(cast.member.pk)
    assert (row["p256dh"], row["auth"]) == (text_of(made.point), text_of(made.auth))


def test_a_deleted_account_leaves_none(device, cast):  # noqa: F811
    one = device("member")
    rows = User.objects.filter(pk=cast.member.pk)
    rows.update(is_active=False, erase_at=timezone.now() - timedelta(days=1))
    deletion.delete_if_due(cast.member.pk)
    assert not rows.exists()
    assert store.find([one.id]) == []


def test_signing_out_of_the_page_removes_its_browser(service, cast):  # noqa: F811
    page = cast.page("member")
    made = service.device("page")
    answer = page.post(LIST, made.subscription(), content_type="application/json")
    assert answer.status_code == 201
    assert page.post("/logout").status_code == 302
    assert store.find([answer.json()["id"]]) == []


def test_messages_are_encrypted_as_the_standard_says():
    """The example of RFC 8291, section 5."""
    sender = ec.derive_private_key(
        int.from_bytes(bytes_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), ec.SECP256R1()
    )
    sealed = encryption.encrypt(
        b"When I grow up, I want to be a watermelon",
        p256dh=bytes_of(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        auth=bytes_of("BTBZMqHH6r4Tts7J_aSIgg"),
        salt=bytes_of("DGv6ra1nlYgDCS1FRnbzlw"),
        key=sender,
    )
    assert text_of(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_key_is_made_once_and_kept_from_others(service, settings, tmp_path):  # noqa: F811
    settings.VAPID_KEY_FILE = tmp_path / "new" / "vapid_private_key"
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: vapid._read_or_create(settings.VAPID_KEY_FILE), range(16)))
    assert len(made) == 1
    assert stat.S_IMODE(settings.VAPID_KEY_FILE.stat().st_mode) == 0o600
    assert [path.name for path in settings.VAPID_KEY_FILE.parent.iterdir()] == ["vapid_private_key"]
    settings.VAPID_PRIVATE_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
    vapid.clear_cache()
    assert vapid.public_key() == (
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
    )


def test_browsers_of_a_former_key_are_off(device, cast, settings):  # noqa: F811
    one = device("member")
    settings.VAPID_PRIVATE_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
    vapid.clear_cache()
    assert cast.api("member").get(LIST).json()["results"] == []
    assert store.find([one.id]) == []


@pytest.mark.parametrize(
    ("contact", "is_https", "subject"),
    [
        ("mailto:security@example.org", True, "mailto:security@example.org"),
        ("", True, "https://video.example.org"),
        ("", False, "mailto:site@localhost"),
    ],
)
def test_push_services_learn_whom_to_write_to(settings, contact, is_https, subject):
    settings.SECURITY_CONTACT, settings.IS_HTTPS = contact, is_https
    settings.SITE_URL, settings.DEFAULT_FROM_EMAIL = "https://video.example.org", "Site <site@localhost>"
    assert vapid.subject() == subject
