"""Webhooks and what was sent to them."""

import django.db.models.deletion
import django.utils.timezone
import streamsite.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("subscriptions", "0009_seen_until"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
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
                (
                    "scope",
                    models.CharField(
                        choices=[("channel", "My channel"), ("site", "Whole site")],
                        default="channel",
                        max_length=8,
                    ),
                ),
                ("url", models.CharField(max_length=500)),
                ("description", models.CharField(blank=True, max_length=200)),
                ("events", models.JSONField(default=list)),
                ("secret", models.TextField(editable=False)),
                ("former_secret", models.TextField(blank=True, editable=False)),
                ("former_until", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("disabled", "Disabled")],
                        default="active",
                        max_length=8,
                    ),
                ),
                (
                    "disabled_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("failures", "It didn't accept any event for a day."),
                            ("gone", "It answered that it's permanently gone (410)."),
                            ("staff", "Staff disabled it."),
                        ],
                        max_length=10,
                    ),
                ),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.CharField(
                        db_column="_id", editable=False, max_length=40, primary_key=True, serialize=False
                    ),
                ),
                ("type", models.CharField(max_length=40)),
                ("body", models.TextField()),
                ("about", models.JSONField(blank=True, default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.IntegerField(default=0)),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("status", models.IntegerField(blank=True, null=True)),
                ("answer", models.TextField(blank=True)),
                (
                    "error",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unreachable", "The server couldn't be reached. Its address must be public."),
                            ("timeout", "The server didn't answer in time."),
                            ("secret", "The secret can't be read any more. Replace it."),
                            ("disabled", "The webhook was disabled."),
                        ],
                        max_length=12,
                    ),
                ),
                ("seconds", models.FloatField(default=0.0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("purge_at", models.DateTimeField()),
                (
                    "webhook",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="subscriptions.webhook",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="webhook",
            index=models.Index(fields=["user", "-created_at", "-id"], name="webhook_of_user"),
        ),
        migrations.AddIndex(
            model_name="webhook",
            index=models.Index(fields=["scope", "state", "user"], name="webhook_listening"),
        ),
        migrations.AddIndex(
            model_name="webhook",
            index=models.Index(fields=["-created_at", "-id", "state"], name="webhook_newest_filtered"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_of_webhook"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["webhook", "state", "next_at"], name="delivery_state"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="delivery_due"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["about"], name="delivery_about"),
        ),
    ]
