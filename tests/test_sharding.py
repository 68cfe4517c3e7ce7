"""``manage.py shard_collections``: keys that unique indexes allow, and commands for a cluster."""

import io
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from streamsite.mongo import indexes, sharding
from streamsite.mongo.collections import collection

SCALE = Path(__file__).resolve().parent.parent / "docs" / "scale.md"
ROW = re.compile(r"^\| `(\w+)` \| (hashed )?((?:`\w+`(?:, )?)+) \|", re.MULTILINE)


def plans():
    return {plan.key.collection: plan for plan in map(sharding.make_plan, sharding.KEYS)}


def run(*arguments):
    out = io.StringIO()
    call_command("shard_collections", *arguments, stdout=out)
    return out.getvalue()


def test_the_table_of_the_documentation_is_the_one_of_the_code():
    chapter = SCALE.read_text().partition("## Sharding")[2].partition("\n## ")[0]
    told = [
        sharding.ShardKey(name, tuple(re.findall(r"\w+", fields)), is_hashed=bool(hashed))
        for name, hashed, fields in ROW.findall(chapter)
    ]
    assert told == list(sharding.KEYS)


def test_unique_indexes_that_the_code_asks_for_allow_every_key_but_that_of_accounts(database):
    required = indexes.required_indexes()
    refused = {
        str(index.document["name"])
        for key in sharding.KEYS
        for index in required[key.collection]
        if not key.allows({**index.document, "key": list(index.document["key"].items())})
    }
    assert refused == {"username_uniq", "user_verified_email"}


def test_the_plan_reads_the_indexes_of_the_real_database(database):
    found = plans()
    assert {name: plan.in_the_way for name, plan in found.items() if not plan.is_possible} == {
        "accounts_user": ("user_verified_email", "username_uniq")
    }
    collection("playlists_playlistitem").create_index("video_id", name="once", unique=True)
    try:
        assert plans()["playlists_playlistitem"].in_the_way == ("once",)
    finally:
        collection("playlists_playlistitem").drop_index("once")


def test_a_unique_index_shorter_than_the_key_is_in_the_way(database):
    longer = sharding.ShardKey("videos_comment", ("subject", "_id"))
    assert sharding.make_plan(longer).in_the_way == ("comment_pinned_once",)


def test_the_plan_counts_what_is_there_and_changes_nothing(database, cast):
    before = indexes.compare_indexes()
    told = run("--plan")
    count = collection("accounts_user").count_documents({})
    assert f"accounts_user  key {{_id: hashed}}  {count} documents" in told
    assert "stays whole: the unique index user_verified_email, username_uniq" in told
    assert told.endswith("Nothing was changed.\n")
    assert indexes.compare_indexes() == before


def test_commands_make_a_missing_index_first_and_leave_out_what_is_not_possible(database):
    sent = []
    found = plans()
    done = list(
        sharding.run(
            [found["accounts_user"], found["search_video"], found["videos_watch"]],
            lambda *command: sent.append(command),
        )
    )
    name = sharding.database_name()
    assert sent == done
    assert sent == [
        (
            name,
            {"createIndexes": "search_video", "indexes": [{"key": {"_id": "hashed"}, "name": "shard_key"}]},
        ),
        ("admin", {"shardCollection": f"{name}.search_video", "key": {"_id": "hashed"}}),
        ("admin", {"shardCollection": f"{name}.videos_watch", "key": {"user_id": 1, "video_id": 1}}),
    ]


def test_the_index_of_a_shard_key_is_not_made_twice_and_not_extra(database):
    (_, command), _ = plans()["search_video"].commands(sharding.database_name())
    sharding.send_to_server(sharding.database_name(), command)
    try:
        assert not plans()["search_video"].lacks_index
        assert indexes.compare_indexes() == indexes.Report()
    finally:
        collection("search_video").drop_index("shard_key")


def test_a_server_that_is_no_mongos_is_refused(database):
    with pytest.raises(CommandError, match=r"no mongos.*Nothing was changed") as refused:
        run()
    assert refused.value.returncode == 1
