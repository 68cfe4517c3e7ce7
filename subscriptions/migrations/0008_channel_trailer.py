"""Add the trailer of a channel's front page; pages without the field have none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0007_finding")]

    operations = [
        migrations.AddField(
            model_name="channelpage",
            name="trailer",
            field=models.CharField(blank=True, default="", max_length=11),
        ),
    ]
