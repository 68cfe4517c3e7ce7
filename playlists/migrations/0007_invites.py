"""Add the invite links of playlists."""

import django.db.models.deletion
import django.utils.timezone
import streamsite.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("playlists", "0006_reworded_choices"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlaylistInvite",
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
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("epoch", models.IntegerField(editable=False)),
                ("expires_at", models.DateTimeField()),
                ("uses", models.IntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "playlist",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invites",
                        to="playlists.playlist",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["playlist", "-created_at", "-id"], name="playlist_invite_newest")
                ],
            },
        ),
    ]
