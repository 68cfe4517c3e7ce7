"""Webhooks: who may have which, limits, secrets, and what the API answers."""

import pytest

from accounts.models import User
from accounts.signals import account_deleted
from streamsite.mongo.collections import collection
from subscriptions.models import Webhook, WebhookDelivery
from subscriptions.tests.webhook_fixtures import (  # noqa: F401 - fixtures
    ALL,
    HOOKS,
    age_proofs,
    hook,
    receiver,
    run_jobs,
)
from tests.support.mailbox import deliver

GOOD = {"url": "https://example.org/hook", "events": ["video.ready"]}


def test_a_webhook_is_made_read_changed_and_deleted(cast):
    api = cast.api("owner")
    made = api.post(HOOKS, GOOD | {"description": "  My\nscript "}, format="json")
    assert made.status_code == 201
    body = made.json()
    assert made["Location"] == f"{HOOKS}/{body['id']}"
    assert body["secret"].startswith("whsec_")
    assert body["description"] == "My script"
    assert (body["state"], body["scope"], body["events"]) == ("active", "channel", ["video.ready"])
    read = api.get(f"{HOOKS}/{body['id']}").json()
    assert read == {name: value for name, value in body.items() if name != "secret"}
    assert api.get(HOOKS).json()["results"] == [read]
    changed = api.patch(f"{HOOKS}/{body['id']}", {"events": ALL[::-1], "paused": True}, format="json").json()
    assert (changed["events"], changed["state"], changed["url"]) == (ALL, "paused", GOOD["url"])
    assert api.patch(f"{HOOKS}/{body['id']}", {"paused": False}, format="json").json()["state"] == "active"
    assert api.delete(f"{HOOKS}/{body['id']}").status_code == 204
    assert api.get(f"{HOOKS}/{body['id']}").status_code == 404
    assert api.get(HOOKS).json()["results"] == []


def test_the_secret_is_encrypted_and_told_once(cast):
    secret = cast.api("owner").post(HOOKS, GOOD, format="json").json()["secret"]
    stored = str(list(collection(Webhook._meta.db_table).find()))
    assert secret not in stored
    assert secret.removeprefix("whsec_") not in stored
    assert secret not in cast.api("owner").get(HOOKS).content.decode()


def test_a_repeated_creation_makes_one_webhook_and_keeps_its_secret_to_the_first_answer(cast):
    api = cast.api("owner")
    first, second = (api.post(HOOKS, GOOD, format="json", HTTP_IDEMPOTENCY_KEY="k") for _time in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert "secret" not in second.json()
    assert Webhook.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("url", "ftp://example.org/"), ("url", "http://127.0.0.1/"), ("url", "http://localhost/"), ("url", "")),
        *(("url", "http://user:pw@example.org/"), ("url", "https://example.org:22/"), ("url", "http://0x7f.1/")),
        *(("url", "javascript:alert(1)"), ("url", "https://exa mple.org/"), ("url", "https://x.org/" + "x" * 500)),
        *(("events", []), ("events", ["video.watched"]), ("events", ["live.started"]), ("events", "video.ready")),
        *(("description", "x" * 201), ("scope", "world"), ("url", 5), ("events", [5])),
    ],
)  # fmt: skip
def test_what_cannot_be_a_webhook_is_400_with_its_field(cast, field, value):
    answer = cast.api("owner").post(HOOKS, GOOD | {field: value}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert list(answer.json()["fields"]) == [field]
    assert not Webhook.objects.exists()


def test_reserved_events_are_named_as_such(cast):
    answer = cast.api("owner").post(HOOKS, GOOD | {"events": ["live.started"]}, format="json")
    assert "reserved" in answer.json()["fields"]["events"][0]


def test_the_site_is_for_staff(cast):
    assert cast.api("owner").post(HOOKS, GOOD | {"scope": "site"}, format="json").status_code == 403
    made = cast.api("staff").post(HOOKS, GOOD | {"scope": "site"}, format="json")
    assert (made.status_code, made.json()["scope"]) == (201, "site")


def test_an_account_has_ten_webhooks(cast):
    api = cast.api("owner")
    for _time in range(10):
        assert api.post(HOOKS, GOOD, format="json").status_code == 201
    answer = api.post(HOOKS, GOOD, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "limit_reached")
    assert Webhook.objects.count() == 10
    assert cast.api("member").post(HOOKS, GOOD, format="json").status_code == 201


def test_others_webhooks_are_absent(cast, hook):  # noqa: F811
    made = hook()
    api = cast.api("owner")
    delivery = api.post(f"{HOOKS}/{made['id']}/test", format="json").json()
    for who in ("stranger", "staff", "anonymous"):
        other = cast.api(who)
        code = 401 if who == "anonymous" else 404
        for method, path in [
            *(("get", ""), ("patch", ""), ("delete", ""), ("post", "/secret"), ("post", "/test")),
            *(("get", "/deliveries"), ("post", f"/deliveries/{delivery['id']}/redeliver")),
        ]:
            answer = getattr(other, method)(f"{HOOKS}/{made['id']}{path}", {}, format="json")
            assert answer.status_code == code, (who, method, path)
    mine = cast.api("stranger").post(HOOKS, GOOD, format="json").json()
    stolen = cast.api("stranger").post(f"{HOOKS}/{mine['id']}/deliveries/{delivery['id']}/redeliver")
    assert stolen.status_code == 404


def test_scopes_of_api_tokens_hold(cast, client):
    made = cast.api("owner").post(HOOKS, GOOD, format="json").json()
    for scopes, code, write in (
        (("read",), "permission_denied", 403),
        (("write", "read"), "proof_required", 200),
    ):
        _token, text = cast.api_token(cast.owner, *scopes)
        headers = {"HTTP_AUTHORIZATION": f"Token {text}", "content_type": "application/json"}
        assert client.get(HOOKS, HTTP_AUTHORIZATION=f"Token {text}").status_code == 200
        for path in (HOOKS, f"{HOOKS}/{made['id']}/secret"):
            answer = client.post(path, GOOD, **headers)
            assert (answer.status_code, answer.json()["code"]) == (403, code)
        assert client.patch(f"{HOOKS}/{made['id']}", {"paused": True}, **headers).status_code == write
    assert Webhook.objects.count() == 1


def test_an_old_session_sends_nothing_elsewhere(cast):
    api = cast.api("owner")
    made = api.post(HOOKS, GOOD, format="json").json()
    path, stored = f"{HOOKS}/{made['id']}", Webhook.objects.get()
    age_proofs()
    for method, address, body in (
        ("post", HOOKS, GOOD),
        ("patch", path, {"url": "https://example.org/other"}),
        ("post", f"{path}/secret", {}),
    ):
        refused = getattr(api, method)(address, body, format="json")
        assert (refused.status_code, refused.json()["code"]) == (403, "proof_required"), address
    now = Webhook.objects.get()
    assert (now.url, now.secret) == (stored.url, stored.secret)
    same = {"url": GOOD["url"], "description": "Mine", "paused": True}
    assert api.patch(path, same, format="json").status_code == 200


def test_the_owner_is_told_of_a_new_webhook(cast):
    cast.api("owner").post(HOOKS, GOOD, format="json")
    (mail,) = deliver()
    assert mail.to == [cast.owner.email]
    assert GOOD["url"] in mail.body
    assert "/studio/webhooks" in mail.body


def test_a_deleted_account_takes_its_webhooks_along(cast, hook):  # noqa: F811
    hook()
    cast.api("owner").post(f"{HOOKS}/{Webhook.objects.get().pk}/test")
    account_deleted.send(sender=User, user_id=cast.owner.pk)
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_deliveries_are_paged(cast, hook):  # noqa: F811
    made = hook()
    api = cast.api("owner")
    ids = [api.post(f"{HOOKS}/{made['id']}/test").json()["id"] for _time in range(3)]
    run_jobs()
    page = api.get(f"{HOOKS}/{made['id']}/deliveries?page_size=2").json()
    rest = api.get(page["next"]).json()
    assert [one["id"] for one in [*page["results"], *rest["results"]]] == ids[::-1]
    assert rest["next"] is None
