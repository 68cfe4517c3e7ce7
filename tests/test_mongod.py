"""The bundled MongoDB: what the site's user may do, and what earlier versions left."""

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from streamsite.mongo.server import USER, EmbeddedMongo

NOT_AUTHORIZED = 13


@pytest.fixture(scope="module")
def mongo(tmp_path_factory):
    """A server whose site user is the administrator that earlier versions made, started again."""
    folder = tmp_path_factory.mktemp("mongod")
    before = EmbeddedMongo(folder)
    before.start()
    with before.supervising() as client:
        client.admin.command("updateUser", USER, roles=["root"])
    with MongoClient(before.uri) as client:
        client["streamsite"]["kept"].insert_one({"_id": "before"})
        client.admin.command("serverStatus")
    before.stop()
    server = EmbeddedMongo(folder)
    server.start()
    yield server
    server.stop()


def test_the_sites_user_loses_the_rights_of_earlier_versions_and_no_data(mongo):
    with mongo.supervising() as client:
        (user,) = client.admin.command("usersInfo", USER)["users"]
    assert {(role["role"], role["db"]) for role in user["roles"]} == {
        *(("readWrite", "streamsite"), ("dbAdmin", "streamsite"))
    }
    with MongoClient(mongo.uri) as client:
        assert client["streamsite"]["kept"].count_documents({}) == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client["other"]["things"].insert_one({}),
        lambda client: client["other"]["things"].find_one(),
        lambda client: client["admin"]["system.users"].find_one(),
        lambda client: client["local"]["oplog.rs"].find_one(),
        lambda client: client["admin"].command("createUser", "more", pwd="x", roles=["root"]),
        lambda client: client["admin"].command("grantRolesToUser", USER, roles=["root"]),
        lambda client: client["admin"].command("shutdown"),
        lambda client: client["admin"].command("getLog", "global"),
        lambda client: client["admin"].command("replSetGetConfig"),
        lambda client: client.drop_database("admin"),
    ],
)
def test_the_sites_user_may_nothing_outside_its_database(mongo, ask):
    with MongoClient(mongo.uri) as client, pytest.raises(OperationFailure) as refused:
        ask(client)
    assert refused.value.code == NOT_AUTHORIZED


def test_without_a_password_nothing_can_be_set_up(mongo):
    """The exception for local connections is off: nobody creates the first user before the site does."""
    with MongoClient(f"mongodb://127.0.0.1:{mongo.port}/?directConnection=true") as client:
        with pytest.raises(OperationFailure):
            client.admin.command("createUser", "first", pwd="x", roles=["root"])
        with mongo.supervising() as supervisor:
            asked = supervisor.admin.command({"getParameter": 1, "enableLocalhostAuthBypass": 1})
        assert asked["enableLocalhostAuthBypass"] is False


def test_start_up_says_what_the_bundled_server_is_for(mongo, monkeypatch):
    assert "for trying out and one machine" in mongo.warning()
    assert "docs/operations.md" in mongo.warning()
    monkeypatch.setattr("streamsite.mongo.server.is_bundled", lambda binary: False)
    assert mongo.warning() == ""
