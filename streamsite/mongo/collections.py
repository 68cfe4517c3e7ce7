"""Direct access to MongoDB for what Django's ORM cannot say: conditional updates, upserts, TTL documents.

Used by stores; tests/test_stores.py lists the rest. Within ``atomic()`` pass
``session=session_for("default")`` to take part in the transaction.
"""

from __future__ import annotations

from typing import Any

from pymongo.collection import Collection
from pymongo.write_concern import WriteConcern

from streamsite.mongo.engine.client import get_database
from streamsite.mongo.engine.commands import FIRST_BATCH

THROTTLES = "throttle"
# ``batchSize`` of results that are read whole: without it the server stops after 101 documents to be asked for more.
WHOLE_RESULT = FIRST_BATCH


def collection(name: str, *, acknowledged_by: int | str | None = None) -> Collection[dict[str, Any]]:
    """Return the collection ``name``; ``acknowledged_by=1`` for counters that may lose an event in a crash."""
    found: Collection[dict[str, Any]] = get_database("default")[name]
    if acknowledged_by is not None:
        return found.with_options(write_concern=WriteConcern(w=acknowledged_by))
    return found
