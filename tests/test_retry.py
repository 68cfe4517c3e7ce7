"""Transactions that meet another's write are made again, whole."""

import pytest
from django.db import OperationalError, transaction

from accounts.models import User
from streamsite.mongo.collections import collection
from streamsite.mongo.retry import in_transaction


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
