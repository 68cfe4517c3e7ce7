"""Sessions and API tokens carry their owner's security epoch; those that exist get the present one."""

from django.db import migrations, models

from streamsite.mongo.collections import collection


def write_epochs(apps, schema_editor):
    """Give every session and API token the epoch of its owner: none of them ends by the update."""
    user = apps.get_model("accounts", "User")
    tokens = apps.get_model("accounts", "ApiToken").objects
    sessions = collection("auth_session")
    sessions.update_many({"epoch": {"$exists": False}}, {"$set": {"epoch": 0}})
    for pk, epoch in user.objects.exclude(security_epoch=0).values_list("pk", "security_epoch").iterator():
        sessions.update_many({"user_id": pk, "epoch": 0}, {"$set": {"epoch": epoch}})
        tokens.filter(user_id=pk).update(epoch=epoch)


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
        migrations.RunPython(write_epochs, migrations.RunPython.noop),
    ]
