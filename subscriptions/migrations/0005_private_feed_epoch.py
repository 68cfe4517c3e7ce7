"""The private feed's address carries its owner's security epoch; one that exists gets the present one."""

from django.db import migrations, models


def write_epochs(apps, schema_editor):
    """Give every address the epoch of its owner: none of them ends by the update."""
    user = apps.get_model("accounts", "User")
    feeds = apps.get_model("subscriptions", "PrivateFeed").objects
    for pk, epoch in user.objects.exclude(security_epoch=0).values_list("pk", "security_epoch").iterator():
        feeds.filter(pk=pk).update(epoch=epoch)


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
        migrations.RunPython(write_epochs, migrations.RunPython.noop),
    ]
