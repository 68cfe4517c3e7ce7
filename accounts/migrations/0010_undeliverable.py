"""Accounts remember which address a mail server refused for good, when, and why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_list_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="undeliverable_key",
            field=models.CharField(blank=True, editable=False, max_length=254),
        ),
        migrations.AddField(
            model_name="user",
            name="undeliverable_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="undeliverable_reason",
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
    ]
