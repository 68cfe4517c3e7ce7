"""``/me``."""


def test_the_account_is_ones_own(cast):
    body = cast.api("owner").get("/api/v1/me").json()
    assert body["email"] == "owner@example.org"
    assert body["counts"] == {"subscribers": 0, "subscriptions": 0, "videos": 0, "views": 0}


def test_only_the_profile_can_be_written(cast):
    api = cast.api("owner")
    before = api.get("/api/v1/me").json()
    wanted = {
        "full_name": "O",
        "bio": "About",
        "id": "x",
        "username": "y",
        "is_staff": True,
        "email_verified": True,
    }
    after = api.patch("/api/v1/me", wanted, format="json").json()
    assert after == before | {"full_name": "O", "bio": "About"}


def test_anonymous_is_401(cast):
    assert cast.api("anonymous").get("/api/v1/me").json()["code"] == "not_authenticated"
