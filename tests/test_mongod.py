"""The bundled MongoDB: what the site's user may do, and what earlier versions left."""

import json
import time

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from streamsite import log_rotation
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


def test_its_log_is_of_bounded_size(mongo, tmp_path):
    """While it runs, and without a line less: each has a number, and the last file ends where the next one begins."""
    folder = mongo.data_dir / "logs"
    log = folder / "mongod.log"
    with MongoClient(mongo.uri) as client:
        client["streamsite"].command("profile", 0, slowms=-1)  # each command has a line
        for _ in range(log_rotation.KEPT + 2):
            size = log.stat().st_size
            mongo.rotate_log(10**9)
            assert log.stat().st_size >= size  # not larger than the limit, and left alone
            mongo.rotate_log(size - 1)
            deadline = time.monotonic() + 20
            while not (log.is_file() and log.stat().st_size):
                assert time.monotonic() < deadline, "no new log"
                client["streamsite"]["kept"].find_one()
                mongo.rotate_log(10**9)  # asks again when the server did not hear
                time.sleep(0.02)
            assert client["streamsite"]["kept"].count_documents({}) == 1
    names = [log.name, *(f"mongod.log.{number}" for number in range(1, log_rotation.KEPT + 1))]
    assert sorted(path.name for path in folder.iterdir()) == names
    for name in names:
        for line in (folder / name).read_text().splitlines():
            assert json.loads(line)["t"]


def test_former_logs_move_up(tmp_path):
    log = tmp_path / "x.log"
    log_rotation.shift(log)
    for number in range(log_rotation.KEPT + 2):
        log.write_text(str(number))
        log_rotation.shift(log)
        assert not log.exists()
    log.write_text("")
    log_rotation.shift(log)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "x.log": "",
        "x.log.1": "4",
        "x.log.2": "3",
        "x.log.3": "2",
    }


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
