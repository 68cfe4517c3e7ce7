"""Measure one engine in a process of its own: ``python engine_child.py pymongo|engine|official URI``.

Prints JSON: for each operation the median over the rounds of this process's CPU time and of the time that passed,
in microseconds per operation.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import sys
import time
from collections.abc import Callable

ROUNDS = 7
TURNS = 300
ROWS = 2_000
BULK = 1_000
START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)

Operation = Callable[[int], object]


def measured(operations: dict[str, tuple[Operation, int, int]]) -> dict[str, list[float]]:
    """Return ``{name: [CPU, wall]}`` for ``{name: (operation, turns, units per turn)}``."""
    figures = {}
    for name, (operation, turns, units) in operations.items():
        for turn in range(5):
            operation(-turn - 1)
        cpu, wall = [], []
        for number in range(ROUNDS):
            cpu_start, wall_start = time.process_time(), time.perf_counter()
            for turn in range(turns):
                operation(number * turns + turn)
            cpu.append((time.process_time() - cpu_start) / turns / units * 1e6)
            wall.append((time.perf_counter() - wall_start) / turns / units * 1e6)
        figures[name] = [statistics.median(cpu), statistics.median(wall)]
    return figures


def rows() -> list[dict[str, object]]:
    """Return the documents that all engines read."""
    return [
        {
            "_id": f"item{n}",
            "title": f"Item {n}",
            "text": "x" * 200,
            "views": n,
            "listed": n % 2 == 0,
            "created": START + dt.timedelta(minutes=n),
            "channel_id": f"channel{n % 20}",
        }
        for n in range(ROWS)
    ]


def with_pymongo(uri: str) -> dict[str, list[float]]:
    """Measure the bare driver."""
    from pymongo import DESCENDING, MongoClient

    client: MongoClient[dict[str, object]] = MongoClient(uri, w="majority", journal=True)
    database = client["bench_pymongo"]
    items, channels = database["item"], database["channel"]
    client.drop_database(database)
    items.create_index([("channel_id", 1), ("created", DESCENDING)])
    channels.insert_many([{"_id": f"channel{n}", "name": f"Channel {n}"} for n in range(20)])
    items.insert_many(rows())
    page = {"channel_id": "channel3"}
    joined = [
        {"$match": page},
        {"$sort": {"created": -1}},
        {"$limit": 20},
        {"$lookup": {"from": "channel", "localField": "channel_id", "foreignField": "_id", "as": "channel"}},
        {"$unwind": "$channel"},
    ]

    def new(key: str) -> dict[str, object]:
        return {**rows_template, "_id": key}

    rows_template = rows()[0]
    return measured(
        {
            "get(pk)": (lambda n: items.find_one({"_id": f"item{n % ROWS}"}), TURNS, 1),
            "create()": (lambda n: items.insert_one(new(f"new{n}")), TURNS, 1),
            "list of 20": (lambda n: list(items.find(page).sort("created", -1).limit(20)), TURNS, 1),
            "list of 20, select_related": (lambda n: list(items.aggregate(joined)), TURNS, 1),
            "update(F() + 1)": (
                lambda n: items.update_one({"_id": f"item{n % ROWS}"}, {"$inc": {"views": 1}}),
                TURNS,
                1,
            ),
            "count()": (lambda n: items.count_documents(page), TURNS, 1),
            "delete()": (lambda n: items.delete_one({"_id": f"new{n}"}), TURNS, 1),
            "bulk_create(1000), each": (
                lambda n: items.insert_many([new(f"bulk{n}-{m}") for m in range(BULK)]),
                3,
                BULK,
            ),
        }
    )


def with_django(database: dict[str, object], auto_field: str) -> dict[str, list[float]]:
    """Measure the ORM on a backend."""
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={"default": database}, DEFAULT_AUTO_FIELD=auto_field, USE_TZ=True, INSTALLED_APPS=[]
    )
    django.setup()
    from django.db import connection, models
    from django.db.models import F

    class Channel(models.Model):
        id = models.CharField(primary_key=True, db_column="_id", max_length=20)
        name = models.CharField(max_length=40)

        class Meta:
            app_label = "bench"

    class Item(models.Model):
        id = models.CharField(primary_key=True, db_column="_id", max_length=40)
        title = models.CharField(max_length=80)
        text = models.TextField()
        views = models.BigIntegerField(default=0)
        listed = models.BooleanField(default=True)
        created = models.DateTimeField()
        channel = models.ForeignKey(Channel, on_delete=models.CASCADE, db_index=False)

        class Meta:
            app_label = "bench"
            indexes = [models.Index(fields=["channel", "-created"], name="item_page")]

    with connection.schema_editor() as editor:
        for model in (Channel, Item):
            editor.create_model(model)
    Channel.objects.bulk_create([Channel(id=f"channel{n}", name=f"Channel {n}") for n in range(20)])
    stored = [{("id" if key == "_id" else key): value for key, value in row.items()} for row in rows()]
    Item.objects.bulk_create([Item(**row) for row in stored])
    page = Item.objects.filter(channel_id="channel3").order_by("-created")
    first = {key: value for key, value in stored[0].items() if key != "id"}
    return measured(
        {
            "get(pk)": (lambda n: Item.objects.get(pk=f"item{n % ROWS}"), TURNS, 1),
            "create()": (lambda n: Item.objects.create(id=f"new{n}", **first), TURNS, 1),
            "list of 20": (lambda n: list(page.all()[:20]), TURNS, 1),
            "list of 20, select_related": (lambda n: list(page.select_related("channel")[:20]), TURNS, 1),
            "update(F() + 1)": (
                lambda n: Item.objects.filter(pk=f"item{n % ROWS}").update(views=F("views") + 1),
                TURNS,
                1,
            ),
            "count()": (lambda n: page.count(), TURNS, 1),
            "delete()": (lambda n: Item.objects.filter(pk=f"new{n}").delete(), TURNS, 1),
            "bulk_create(1000), each": (
                lambda n: Item.objects.bulk_create([Item(id=f"bulk{n}-{m}", **first) for m in range(BULK)]),
                3,
                BULK,
            ),
        }
    )


def main() -> None:
    """Measure the engine named on the command line, and print the result."""
    kind, uri = sys.argv[1:]
    if kind == "pymongo":
        figures = with_pymongo(uri)
    elif kind == "engine":
        figures = with_django(
            {
                "ENGINE": "streamsite.mongo.engine",
                "NAME": "bench_engine",
                "ENFORCE_SCHEMA": False,
                "CLIENT": {"host": uri},
            },
            "django.db.models.BigAutoField",
        )
    else:
        durable = f"{uri}&w=majority&journal=true"
        figures = with_django(
            {"ENGINE": "django_mongodb_backend", "NAME": "bench_official", "HOST": durable},
            "django_mongodb_backend.fields.ObjectIdAutoField",
        )
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    main()
