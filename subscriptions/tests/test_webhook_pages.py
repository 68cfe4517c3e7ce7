"""The studio's pages of webhooks: made, shown once, tested, replayed, paused, deleted; others' are absent."""

import re

import pytest
from django.test import Client

from subscriptions.models import Webhook
from subscriptions.tests.webhook_fixtures import (  # noqa: F401 - fixtures
    HOOKS,
    age_proofs,
    hook,
    receiver,
    run_jobs,
)
from tests.test_pages import NASTY

LIST = "/studio/webhooks"
FORM = {
    "url": "https://example.org/hook",
    "events": ["video.ready", "comment.created"],
    "description": "Mine",
}
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")


def test_a_webhook_is_made_and_its_secret_shown_once(cast):
    page = cast.page("owner")
    assert "No webhooks yet" in page.get(LIST).content.decode()
    made = page.post(LIST, FORM)
    assert made.status_code == 201
    assert "no-store" in made["Cache-Control"]
    assert SECRET.search(made.content.decode())
    webhook = Webhook.objects.get()
    assert (webhook.url, webhook.events, webhook.scope) == (FORM["url"], FORM["events"], "channel")
    shown = page.get(f"{LIST}/{webhook.pk}")
    assert not SECRET.search(shown.content.decode())
    assert FORM["url"] in page.get(LIST).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"url": "http://127.0.0.1/"}, {"url": ""}, {"events": []}, {"events": ["live.started"]}]
)
def test_problems_are_shown_at_their_fields(cast, wrong):
    answer = cast.page("owner").post(LIST, FORM | wrong)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == list(wrong)
    assert not Webhook.objects.exists()


def test_members_cannot_choose_the_site_and_staff_can(cast):
    assert "scope" not in cast.page("owner").get(LIST).context["form"].fields
    cast.page("owner").post(LIST, FORM | {"scope": "site"})
    assert Webhook.objects.get().scope == "channel"
    cast.page("staff").post(LIST, FORM | {"scope": "site"})
    assert Webhook.objects.filter(scope="site", user=cast.staff).count() == 1


def test_the_way_through_a_webhooks_page(cast, hook, receiver):  # noqa: F811
    made = hook()
    page, path = cast.page("owner"), f"{LIST}/{made['id']}"
    receiver.answers = [(500, {}, b"<script>alert(1)</script>")]
    assert page.post(f"{path}/test").status_code == 302
    run_jobs()
    shown = page.get(path).content.decode()
    assert "webhook.test" in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert(1)" not in shown
    assert page.post(f"{path}/state", {"paused": "1"}).status_code == 302
    assert Webhook.objects.get().state == "paused"
    page.post(f"{path}/state", {"paused": "0"})
    assert Webhook.objects.get().state == "active"
    changed = page.post(path, {"url": receiver.url, "events": ["video.failed"], "description": NASTY[:150]})
    assert changed.status_code == 302
    assert Webhook.objects.get().events == ["video.failed"]
    replaced = page.post(f"{path}/secret")
    assert replaced.status_code == 200
    assert SECRET.search(replaced.content.decode())[0] != made["secret"]
    for address in (LIST, path):
        assert "<img src=x" not in page.get(address).content.decode()
    assert page.post(f"{path}/delete").status_code == 302
    assert not Webhook.objects.exists()


def test_a_delivery_is_sent_again_from_the_page(cast, hook, receiver):  # noqa: F811
    made = hook()
    page = cast.page("owner")
    page.post(f"{LIST}/{made['id']}/test")
    run_jobs()
    (delivery,) = cast.api("owner").get(f"{HOOKS}/{made['id']}/deliveries").json()["results"]
    page.post(f"{LIST}/{made['id']}/deliveries/{delivery['id']}/redeliver")
    run_jobs()
    assert receiver.events() == ["webhook.test", "webhook.test"]


def test_an_old_sign_in_is_confirmed_first_and_what_was_typed_is_kept(cast, hook):  # noqa: F811
    made = hook()
    page, path = cast.page("owner"), f"{LIST}/{made['id']}"
    age_proofs()
    other = FORM | {"url": "https://example.org/other"}
    for address, back in ((LIST, LIST), (path, path), (f"{path}/secret", path)):
        asked = page.post(address, other)
        assert asked.status_code == 302, address
        assert asked.url == f"/settings/confirm?next={back.replace('/', '%2F')}"
        if address != back:
            continue
        form = page.get(back).context["form"]
        assert {name: form[name].value() for name in other} == other
        assert page.get(back).context["form"]["url"].value() != other["url"]
    assert Webhook.objects.get().url == made["url"]
    assert page.post(path, other | {"url": made["url"]}).status_code == 302
    assert Webhook.objects.get().description == FORM["description"]


@pytest.mark.parametrize("who", ["stranger", "staff"])
def test_others_webhooks_have_no_pages(cast, hook, who):  # noqa: F811
    made = hook()
    page, path = cast.page(who), f"{LIST}/{made['id']}"
    assert page.get(path).status_code == 404
    for action in ("secret", "state", "test", "delete", "deliveries/x/redeliver"):
        assert page.post(f"{path}/{action}").status_code == 404, action
    assert page.post(path, FORM).status_code == 404
    stored = Webhook.objects.get()
    assert (stored.url, stored.state) == (made["url"], "active")


def test_no_form_works_without_its_token(cast, hook):  # noqa: F811
    made = hook()
    page = Client(enforce_csrf_checks=True)
    page.force_login(cast.owner, backend="accounts.backends.LoginBackend")
    for path in (
        "",
        f"/{made['id']}",
        f"/{made['id']}/secret",
        f"/{made['id']}/test",
        f"/{made['id']}/delete",
    ):
        assert page.post(f"{LIST}{path}", FORM).status_code == 403, path
    assert Webhook.objects.count() == 1


def test_staff_find_and_disable_them_without_their_secrets(cast, hook, receiver):  # noqa: F811
    hook()
    webhook = Webhook.objects.get()
    page = cast.page("staff")
    listed = page.get("/admin/subscriptions/webhook/").content.decode()
    shown = page.get(f"/admin/subscriptions/webhook/{webhook.pk}/change/").content.decode()
    assert receiver.url in listed
    assert webhook.secret not in shown
    chosen = {"action": "disable", "_selected_action": [webhook.pk]}
    assert page.post("/admin/subscriptions/webhook/", chosen).status_code == 302
    webhook.refresh_from_db()
    assert (webhook.state, webhook.disabled_because) == ("disabled", "staff")
    refused = cast.api("owner").patch(f"{HOOKS}/{webhook.pk}", {"paused": False}, format="json")
    assert refused.status_code == 403
    assert Webhook.objects.get().state == "disabled"
