"""The admin's lists have their filters in their indexes."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("subscriptions", "0003_private_feed_channel_page"),
        ("videos", "0013_visibility_epoch"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="broadcast",
            name="broadcast_newest",
        ),
        migrations.RemoveIndex(
            model_name="notification",
            name="notification_newest",
        ),
        migrations.RemoveIndex(
            model_name="post",
            name="post_newest",
        ),
        migrations.AddIndex(
            model_name="broadcast",
            index=models.Index(fields=["-created_at", "-id", "kind"], name="broadcast_newest_by_kind"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["-created_at", "-id", "kind"], name="notification_newest_by_kind"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["-created_at", "-id", "is_taken_down"], name="post_newest_filtered"),
        ),
    ]
