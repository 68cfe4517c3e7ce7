"""The list of jobs has an index with its filters; the former one goes."""

from django.db import migrations
from pymongo.errors import OperationFailure

from streamsite.mongo.collections import collection

NOT_THERE = {26, 27}  # NamespaceNotFound, IndexNotFound


def drop_former(apps, schema_editor):
    """Drop ``job_newest``, which ``ensure_indexes`` would keep as an extra one. It may have been dropped before."""
    try:
        collection("task_job").drop_index("job_newest")
    except OperationFailure as error:
        if error.code not in NOT_THERE:
            raise


class Migration(migrations.Migration):
    dependencies = [("streamsite", "0001_job")]

    operations = [migrations.RunPython(drop_former, migrations.RunPython.noop, atomic=False)]
