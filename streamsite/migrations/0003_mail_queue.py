"""Jobs for e-mails that wait in the queue ``default`` move to that of their own."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

MAILS = (
    "accounts.tasks.mail_user",
    "accounts.tasks.mail_reset",
    "videos.tasks.mail_decision",
    "subscriptions.tasks.send_mail",
    "subscriptions.tasks.send_mails",
)


def move(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Change the queue of those that no worker has; the others end where they began."""
    jobs = schema_editor.connection.database["task_job"]
    jobs.update_many(
        {"task": {"$in": MAILS}, "queue": "default", "state": "ready"},
        {"$set": {"queue": "mail", "max_tries": 20}},
    )


class Migration(migrations.Migration):
    dependencies = [("streamsite", "0002_job_index")]
    operations = [migrations.RunPython(move, migrations.RunPython.noop, atomic=False)]
