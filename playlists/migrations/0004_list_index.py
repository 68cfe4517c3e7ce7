"""The admin's list of playlists has an index."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("playlists", "0003_shown_duration"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="playlist",
            index=models.Index(
                fields=["-created_at", "-id", "title", "owner", "visibility", "sort", "is_watch_later"],
                name="playlist_newest_filtered",
            ),
        ),
    ]
