from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("videos", "0008_download_bytes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="video",
            index=models.Index(fields=["channel", "-view_count", "-id"], name="video_own_viewed"),
        ),
        migrations.AddIndex(
            model_name="video",
            index=models.Index(fields=["channel", "-like_count", "-id"], name="video_own_liked"),
        ),
    ]
