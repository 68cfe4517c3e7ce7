from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_staff"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="kept_session_hash",
            field=models.CharField(blank=True, editable=False, max_length=129),
        ),
    ]
