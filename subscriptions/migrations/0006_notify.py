"""Notifications name what they are about; subscriptions wait while an account of theirs is closed.

``away`` is set where it should be by the nightly repair, which changes the counters with it.
"""

from django.db import migrations, models

from streamsite.mongo.batches import batches
from streamsite.mongo.collections import collection
from subscriptions.notifications import references


def name_subjects(apps, schema_editor):
    """Store what the former version's notifications are about."""
    for rows in batches(collection("subscriptions_notification"), references.WITHOUT_REFERENCES):
        references.fill_references([row["_id"] for row in rows])


class Migration(migrations.Migration):
    dependencies = [
        ("subscriptions", "0005_private_feed_epoch"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="about",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="subscription",
            name="away",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.RunPython(name_subjects, migrations.RunPython.noop, atomic=False),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["about"], name="notification_about"),
        ),
    ]
