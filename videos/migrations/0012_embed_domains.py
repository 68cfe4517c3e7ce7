from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("videos", "0011_upload_concatenation"),
    ]

    operations = [
        migrations.AddField(
            model_name="video",
            name="embed_domains",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
