"""Events name the staff member who acted; accounts that were deactivated in the admin are closed like suspended ones."""

from django.db import migrations, models

from accounts.signals import account_deactivated
from streamsite.mongo.batches import id_batches
from streamsite.mongo.collections import collection


def finish_deactivations(apps, schema_editor):
    """End the API tokens of deactivated accounts and take their videos out of the lists.

    Earlier versions only cleared ``is_active`` when staff deactivated an account in the admin.
    """
    tokens = collection("auth_api_token")  # a model's delete() is a transaction
    for ids in id_batches(collection("accounts_user"), {"is_active": False, "erase_at": None}):
        for user_id in ids:
            tokens.delete_many({"user_id": user_id})
            account_deactivated.send(sender=None, user_id=user_id)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_security_epoch"),
    ]

    operations = [
        migrations.AddField(
            model_name="authevent",
            name="actor",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.RunPython(finish_deactivations, migrations.RunPython.noop, atomic=False),
    ]
