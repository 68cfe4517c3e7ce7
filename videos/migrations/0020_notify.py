"""Add followers of threads."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import streamsite.ids


class Migration(migrations.Migration):
    dependencies = [
        ("videos", "0019_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ThreadFollow",
            fields=[
                (
                    "id",
                    models.CharField(
                        db_column="_id",
                        default=streamsite.ids.object_id,
                        editable=False,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("thread", models.CharField(max_length=32)),
                ("follows", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["thread", "follows", "id"], name="thread_followers")],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "thread"), name="thread_follow_once")
                ],
            },
        ),
    ]
