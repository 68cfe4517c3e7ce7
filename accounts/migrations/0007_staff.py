"""Events name the staff member who acted on the account."""

from django.db import migrations, models


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
    ]
