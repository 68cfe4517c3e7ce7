"""Read marks say when the list of notifications was last opened; nobody has opened it yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("subscriptions", "0008_channel_trailer"),
    ]

    operations = [
        migrations.AddField(
            model_name="readmarks",
            name="seen_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
