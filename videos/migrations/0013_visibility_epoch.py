"""Count the changes of who may see a video."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("videos", "0012_embed_domains"),
    ]

    operations = [
        migrations.AddField(
            model_name="video",
            name="visibility_epoch",
            field=models.IntegerField(default=0, editable=False),
        ),
    ]
