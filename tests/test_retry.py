"""Transactions that meet another's write are made again, whole."""

import time
from concurrent.futures import ThreadPoolExecutor, wait
from types import SimpleNamespace

import pytest
from django.db import OperationalError, transaction

from accounts.models import User
from streamsite.errors import describe_causes
from streamsite.mongo.collections import collection
from streamsite.mongo.engine import transactions
from streamsite.mongo.retry import is_transient, run_in_transaction
from videos import services
from videos.files import paths
from videos.models import Video


def conflicting(cast, times):
    """Return a function that reads, lets someone else write ``times`` times, and then writes."""
    user_id = cast.owner.pk
    runs = []

    def block():
        user = User.objects.get(pk=user_id)
        runs.append(user.bio)
        if len(runs) <= times:
            collection("accounts_user").update_one({"_id": user_id}, {"$set": {"bio": f"other {len(runs)}"}})
        User.objects.filter(pk=user_id).update(bio=f"{user.bio}, seen")
        return len(runs)

    return block


def test_a_block_that_has_read_runs_again_and_sees_what_changed(cast):
    assert run_in_transaction(conflicting(cast, 2)) == 3
    assert User.objects.get(username="owner").bio == "other 2, seen"


def test_without_it_the_conflict_is_the_callers(cast):
    block = conflicting(cast, 1)
    with pytest.raises(OperationalError), transaction.atomic():
        block()


def test_it_ends_trying(cast):
    with pytest.raises(OperationalError):
        run_in_transaction(conflicting(cast, 10_000), seconds=0.2)


def test_within_another_transaction_it_runs_once(cast):
    block = conflicting(cast, 1)
    with pytest.raises(OperationalError), transaction.atomic():
        run_in_transaction(block)


def test_other_errors_are_not_repeated(cast):
    runs = []

    def block():
        runs.append(1)
        raise OperationalError("something else")

    with pytest.raises(OperationalError):
        run_in_transaction(block)
    assert runs == [1]


def test_an_upload_that_meets_a_conflict_is_stored_once(cast, tmp_path):
    """The server may end any transaction, for a full cache too: whoever uploads hears nothing of it."""
    upload = tmp_path / "upload"
    upload.write_bytes(b"something")
    block = conflicting(cast, 2)
    runs = []
    video = services.create_from_upload(
        cast.owner, upload, filename="a.mp4", size=9, data={}, enqueue=lambda _: runs.append(block())
    )
    assert runs == [3]
    assert Video.objects.get().pk == video.pk
    assert paths.source_path(video.pk).read_bytes() == b"something"


def test_a_repetition_with_another_outcome_is_a_conflict_too(cast, monkeypatch):
    """The first write is lost to somebody who waited for it, while the second one's conflict makes both again."""
    mine, other = cast.owner.pk, cast.member.pk
    users = collection("accounts_user")
    runs, waiting = [], []
    # The server has ended the transaction when the engine pauses: long enough for whoever waited for that.
    pausing = SimpleNamespace(monotonic=time.monotonic, sleep=lambda seconds: wait(waiting, timeout=30))
    monkeypatch.setattr(transactions, "time", pausing)

    def block():
        runs.append(1)
        changed = User.objects.filter(pk=mine, bio="").update(bio="taken")
        if len(runs) == 1:
            waiting.append(pool.submit(users.update_one, {"_id": mine}, {"$set": {"bio": "lost"}}))
            time.sleep(0.3)  # until it waits for this transaction's end
            users.update_one({"_id": other}, {"$set": {"bio": "elsewhere"}})
        User.objects.filter(pk=other).update(bio="seen")
        return changed

    with ThreadPoolExecutor(1) as pool:
        assert run_in_transaction(block) == 0
        waiting[0].result()
    assert len(runs) == 2
    assert [User.objects.get(pk=pk).bio for pk in (mine, other)] == ["lost", "seen"]


def test_the_ways_back_to_a_cause_end():
    """Even when somebody made a cycle of them: that looped forever and blocked the whole process."""
    first, second = OperationalError("first"), OperationalError("second")
    first.__cause__, second.__cause__ = second, first
    assert not is_transient(first)
    assert describe_causes(first) == "OperationalError < OperationalError"
