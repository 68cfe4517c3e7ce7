"""Migration operations that make clips of owners, with an index of each kind."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


def create_clips(
    app: str, more: Sequence[tuple[str, models.Field[object, object]]] = (), **options: object
) -> list[Operation]:
    """Return operations that create ``Owner`` and ``Clip`` in ``app``; ``more`` and ``options`` are the clip's."""
    special = models.UniqueConstraint(
        fields=["rank"], condition=models.Q(kind="special"), name="clip_special_rank"
    )
    return [
        migrations.CreateModel("Owner", [("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel(
            "Clip",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("title", models.CharField(max_length=40, db_index=True)),
                ("code", models.CharField(max_length=40, unique=True, null=True)),
                ("rank", models.IntegerField(null=True)),
                ("kind", models.CharField(max_length=10, default="a")),
                ("owner", models.ForeignKey(f"{app}.Owner", models.CASCADE)),
                *more,
            ],
            options={
                "indexes": [models.Index(fields=["kind", "-rank"], name="clip_kind_rank")],
                "constraints": [special],
                **options,
            },
        ),
    ]
