"""Add the epoch of a schedule and the state of the last decision mail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("videos", "0015_caption_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="video",
            name="schedule_epoch",
            field=models.IntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="mailed_state",
            field=models.CharField(blank=True, editable=False, max_length=10),
        ),
    ]
