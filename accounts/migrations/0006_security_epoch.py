"""Sessions and API tokens carry their owner's security epoch; those that exist get the present one."""

from django.db import migrations, models

from streamsite.mongo.batches import batches
from streamsite.mongo.collections import collection


def write_epochs(apps, schema_editor):
    """Give every session and API token the epoch of its owner: none of them ends by the update."""
    users, sessions = collection("accounts_user"), collection("auth_session")
    tokens = apps.get_model("accounts", "ApiToken").objects
    sessions.update_many({"epoch": {"$exists": False}}, {"$set": {"epoch": 0}})
    for owners in batches(users, {"security_epoch": {"$gt": 0}}, fields=("security_epoch",)):
        for owner in owners:
            epoch = owner["security_epoch"]
            sessions.update_many({"user_id": owner["_id"], "epoch": 0}, {"$set": {"epoch": epoch}})
            tokens.filter(user_id=owner["_id"], epoch=0).update(epoch=epoch)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_quota"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="epoch",
            field=models.IntegerField(default=0, editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(write_epochs, migrations.RunPython.noop, atomic=False),
    ]
