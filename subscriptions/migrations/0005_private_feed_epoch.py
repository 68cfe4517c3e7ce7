"""The private feed's address carries its owner's security epoch; one that exists gets the present one."""

from django.db import migrations, models

from streamsite.mongo.batches import batches
from streamsite.mongo.collections import collection


def write_epochs(apps, schema_editor):
    """Give every address the epoch of its owner: none of them ends by the update."""
    feeds = apps.get_model("subscriptions", "PrivateFeed").objects
    users = collection("accounts_user")
    for owners in batches(users, {"security_epoch": {"$gt": 0}}, fields=("security_epoch",)):
        for owner in owners:
            feeds.filter(pk=owner["_id"], epoch=0).update(epoch=owner["security_epoch"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_security_epoch"),
        ("subscriptions", "0004_list_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="privatefeed",
            name="epoch",
            field=models.IntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunPython(write_epochs, migrations.RunPython.noop, atomic=False),
    ]
