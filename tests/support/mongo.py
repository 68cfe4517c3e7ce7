"""Full access to a bundled MongoDB, for tests and measurements that need more than the site may do."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pymongo import MongoClient

from streamsite.mongo.server import SUPERVISOR

USER = PASSWORD = "tests"


def acknowledge_before_journal(uri: str) -> None:
    """Let a majority acknowledge writes that are not in the journal yet: no test pulls this server's plug."""
    client: MongoClient[dict[str, object]] = MongoClient(uri)
    with client:
        config = client.admin.command("replSetGetConfig")["config"]
        config |= {"version": config["version"] + 1, "writeConcernMajorityJournalDefault": False}
        client.admin.command("replSetReconfig", config, force=True)
        # Commits of a majority are known only after the next write; the server's own would come in 10 to 20 s.
        client.admin.command("appendOplogNote", data={"reconfigured": True})


def root_uri(data_dir: Path) -> str:
    """Make a user with the role ``root`` on the server that runs on a data folder; return its connection string."""
    site = urlsplit((data_dir / "run" / "mongodb-uri").read_text(encoding="utf-8").strip())
    address = site.netloc.rpartition("@")[2]
    key = (data_dir / "keys" / "mongodb_keyfile").read_text(encoding="utf-8").strip()
    client: MongoClient[dict[str, object]] = MongoClient(
        f"mongodb://{address}/?directConnection=true", password=key, **SUPERVISOR
    )
    with client:
        if not client.admin.command("usersInfo", USER)["users"]:
            client.admin.command("createUser", USER, pwd=PASSWORD, roles=["root"])
    return f"mongodb://{USER}:{PASSWORD}@{address}/?directConnection=true"
