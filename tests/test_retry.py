"""Transactions that meet another's write are made again, whole."""

import pytest
from django.db import OperationalError, transaction

from accounts.models import User
from streamsite.mongo.collections import collection
from streamsite.mongo.retry import in_transaction
from videos import services, storage
from videos.models import Video


def conflicting(cast, times):
    """A block that reads, lets somebody else write ``times`` times, and then writes."""
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
    assert in_transaction(conflicting(cast, 2)) == 3
    assert User.objects.get(username="owner").bio == "other 2, seen"


def test_without_it_the_conflict_is_the_callers(cast):
    block = conflicting(cast, 1)
    with pytest.raises(OperationalError), transaction.atomic():
        block()


def test_it_ends_trying(cast):
    with pytest.raises(OperationalError):
        in_transaction(conflicting(cast, 10_000), seconds=0.2)


def test_within_another_transaction_it_runs_once(cast):
    block = conflicting(cast, 1)
    with pytest.raises(OperationalError), transaction.atomic():
        in_transaction(block)


def test_other_errors_are_not_repeated(cast):
    runs = []

    def block():
        runs.append(1)
        raise OperationalError("something else")

    with pytest.raises(OperationalError):
        in_transaction(block)
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
    assert storage.source_path(video.pk).read_bytes() == b"something"
