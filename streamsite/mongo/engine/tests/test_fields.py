"""djongo's own fields and managers on this engine."""

from __future__ import annotations

import pytest
from bson import ObjectId
from django.core.exceptions import ValidationError
from django.db.models import F

from streamsite.mongo.engine.tests.djongo_models import Poem

pytestmark = pytest.mark.usefixtures("database")


def _poem(**values: object) -> Poem:
    given = {
        "name": "Rain",
        "head": {"text": "a head", "number": 7},
        "lines": [{"text": "one", "number": 1}, {"text": "two", "number": 2}],
    }
    return Poem.objects.create(**{**given, **values})


def test_object_ids() -> None:
    """MongoDB's kind of key: made by the driver, found by its value; Django admin gets it from text."""
    poem = _poem()
    assert isinstance(poem.pk, ObjectId)
    assert Poem.objects.get(pk=poem.pk) == poem
    assert Poem.objects.get(pk=Poem._meta.pk.to_python(str(poem.pk))) == poem
    assert list(Poem.objects.filter(pk__in=[poem.pk, ObjectId()])) == [poem]
    assert not Poem.objects.filter(pk=ObjectId()).exists()
    many = Poem.objects.bulk_create([Poem(name="a"), Poem(name="b")])
    assert len({made.pk for made in many}) == 2


def test_embedded_documents() -> None:
    """They come back as they were stored, change with the row, and are validated."""
    poem = _poem()
    poem.refresh_from_db()
    assert poem.head == {"text": "a head", "number": 7}
    poem.head = {"text": "another", "number": 8}
    poem.save()
    assert Poem.objects.get().head["text"] == "another"
    Poem.objects.update(head=None)
    assert Poem.objects.filter(head=None).count() == 1
    with pytest.raises(ValidationError):
        Poem(name="x", head={"text": " ", "number": 1}).full_clean()


def test_arrays_of_documents() -> None:
    """In their order, empty ones too."""
    poem = _poem()
    poem.refresh_from_db()
    assert [line["text"] for line in poem.lines] == ["one", "two"]
    poem.lines = [*poem.lines, {"text": "three", "number": 3}]
    poem.save(update_fields=["lines"])
    assert len(Poem.objects.get().lines) == 3
    assert _poem(lines=[]).lines == []


def test_the_driver_s_methods() -> None:
    """``Model.objects.mongo_*`` reach the collection; what they write, the ORM reads."""
    poem = _poem()
    assert Poem.objects.mongo_count_documents({"lines.text": "two"}) == 1
    assert Poem.objects.mongo_find_one({"head.number": 7})["name"] == "Rain"
    Poem.objects.mongo_update_one({"_id": poem.pk}, {"$push": {"lines": {"text": "new", "number": 9}}})
    assert Poem.objects.get().lines[-1]["text"] == "new"
    found = list(Poem.objects.mongo_aggregate([{"$unwind": "$lines"}, {"$count": "lines"}]))
    assert found == [{"lines": 3}]
    assert Poem.objects.mongo_delete_many({}).deleted_count == 1


def test_other_fields_beside_them() -> None:
    """Filters, updates and JSON keys work on a model of djongo's as on any other."""
    _poem(likes=3, meta={"mood": "wet"})
    _poem(name="Sun", likes=5)
    assert Poem.objects.filter(likes__gt=3).update(likes=F("likes") + 1) == 1
    assert list(Poem.objects.order_by("-likes").values_list("name", "likes")) == [("Sun", 6), ("Rain", 3)]
    assert Poem.objects.get(meta__mood="wet").name == "Rain"
