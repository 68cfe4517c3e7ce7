"""``/channels/{username}/subscribers`` and ``/subscriptions``, and the preferences that hide them."""

import pytest

from subscriptions import services
from tests.support.commands import recorded_queries

SUBSCRIBERS, SUBSCRIPTIONS = "/api/v1/channels/owner/subscribers", "/api/v1/channels/member/subscriptions"


@pytest.fixture(autouse=True)
def _subscribed(cast):
    services.subscribe(cast.member, cast.owner)
    services.subscribe(cast.stranger, cast.owner)


def names(answer):
    return [row["username"] for row in answer.json()["results"]]


def prefer(cast, who, **preferences):
    assert cast.api(who).patch("/api/v1/me/preferences", preferences, format="json").status_code == 200


def test_both_lists_are_public_at_first(cast):
    anonymous = cast.api("anonymous")
    assert names(anonymous.get(SUBSCRIBERS)) == ["stranger", "member"]
    assert names(anonymous.get(SUBSCRIPTIONS)) == ["owner"]
    assert "email" not in anonymous.get(SUBSCRIBERS).content.decode()


@pytest.mark.parametrize(
    ("url", "keeper", "preference"),
    [(SUBSCRIBERS, "owner", "subscribers_private"), (SUBSCRIPTIONS, "member", "subscriptions_private")],
)
def test_a_list_kept_private_is_absent_for_all_but_its_owner(cast, url, keeper, preference):
    prefer(cast, keeper, **{preference: True})
    for who in {"anonymous", "stranger", "owner", "member", "staff"} - {keeper}:
        answer = cast.api(who).get(url)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), who
    assert cast.api(keeper).get(url).status_code == 200
    prefer(cast, keeper, **{preference: False})
    assert cast.api("anonymous").get(url).status_code == 200


def test_private_subscriptions_are_not_told_by_the_channel_either(cast):
    prefer(cast, "member", subscriptions_private=True, theme="dark")
    prefer(cast, "stranger", autoplay=False)
    for who in ("anonymous", "owner"):
        assert names(cast.api(who).get(SUBSCRIBERS)) == ["stranger"]


def test_closed_accounts_are_not_listed(cast):
    cast.member.is_active = False
    cast.member.save(update_fields=["is_active"])
    assert names(cast.api("anonymous").get(SUBSCRIBERS)) == ["stranger"]
    assert cast.api("anonymous").get(SUBSCRIPTIONS).status_code == 404


def test_pages_of_ten_cost_no_more_commands_than_pages_of_one(cast):
    api = cast.api("anonymous")
    with recorded_queries() as one:
        api.get(f"{SUBSCRIBERS}?page_size=1")
    with recorded_queries() as all_rows:
        assert len(names(api.get(f"{SUBSCRIBERS}?page_size=10"))) == 2
    assert len(all_rows) <= len(one)
