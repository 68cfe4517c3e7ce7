from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("playlists", "0004_list_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="playlist",
            name="shown_items",
            field=models.IntegerField(editable=False, null=True),
        ),
    ]
