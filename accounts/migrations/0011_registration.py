"""Accounts may wait for approval and be approved as creators; invitations to sign up."""

import django.utils.timezone
from django.db import migrations, models

import streamsite.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_undeliverable"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="is_creator",
            field=models.BooleanField(default=False, editable=False, verbose_name="approved creator"),
        ),
        migrations.AddField(
            model_name="user",
            name="registration_state",
            field=models.CharField(
                blank=True,
                choices=[("", "Complete"), ("waiting", "Waiting for approval"), ("declined", "Declined")],
                default="",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Invitation",
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
                ("hint", models.CharField(editable=False, max_length=12)),
                ("note", models.CharField(blank=True, max_length=80)),
                ("max_uses", models.IntegerField()),
                ("remaining", models.IntegerField()),
                ("created_by", models.CharField(blank=True, max_length=32)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "db_table": "auth_invitation",
                "indexes": [models.Index(fields=["-created_at", "-id"], name="invitation_newest")],
            },
        ),
    ]
