"""Events name the staff member who acted; accounts that were deactivated in the admin are closed like suspended ones."""

from django.db import migrations, models

from accounts.erasure import account_closed


def finish_deactivations(apps, schema_editor):
    """End the API tokens of deactivated accounts and take their videos out of the lists.

    Earlier versions only cleared ``is_active`` when staff deactivated an account in the admin.
    """
    users = apps.get_model("accounts", "User").objects.filter(is_active=False, erase_at=None)
    for user_id in list(users.values_list("pk", flat=True)):
        apps.get_model("accounts", "ApiToken").objects.filter(user_id=user_id).delete()
        account_closed.send(sender=None, user_id=user_id)


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
        migrations.RunPython(finish_deactivations, migrations.RunPython.noop),
    ]
