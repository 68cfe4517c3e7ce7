"""The admin's list of accounts has its filters and search in its index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_hashing"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="user",
            name="user_newest",
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                fields=[
                    "-created_at",
                    "-id",
                    "username",
                    "full_name",
                    "email",
                    "is_active",
                    "is_staff",
                    "email_verified",
                ],
                name="user_newest_filtered",
            ),
        ),
    ]
