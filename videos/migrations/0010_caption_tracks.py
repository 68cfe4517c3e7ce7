from django.db import migrations, models


class Migration(migrations.Migration):
    """Several caption tracks of one language and kind, told apart by their labels; the processing report."""

    dependencies = [
        ("videos", "0009_studio_orders"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="caption", name="caption_once"),
        migrations.AddConstraint(
            model_name="caption",
            constraint=models.UniqueConstraint(
                fields=["video", "language", "kind", "label"], name="caption_track_once"
            ),
        ),
        migrations.AlterField(
            model_name="caption",
            name="kind",
            field=models.CharField(
                choices=[
                    ("subtitles", "Subtitles"),
                    ("captions", "Captions for the deaf and hard of hearing"),
                    ("descriptions", "Descriptions for the blind"),
                    ("forced", "Forced: only what is said in another language"),
                ],
                default="subtitles",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="video",
            name="report",
            field=models.JSONField(default=list, editable=False),
        ),
    ]
