"""Values on their way to and from BSON, and emptying collections."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bson import Decimal128
from bson.decimal128 import create_decimal128_context
from django.conf import settings
from django.db import DataError, NotSupportedError
from django.db.models.expressions import BaseExpression, Col
from django.utils import timezone
from djongo.operations import DatabaseOperations as DjongoDatabaseOperations

from .introspection import SCHEMA_COLLECTION

if TYPE_CHECKING:
    from django.db.models import Field

    from .base import DatabaseWrapper

EPOCH_OF_TIMES = datetime.date(1900, 1, 1)  # djongo's: a time of day is a datetime on this day


class DatabaseOperations(DjongoDatabaseOperations):
    """djongo's storage layout: dates and times as BSON datetimes, UUIDs as hex, durations as microseconds."""

    connection: DatabaseWrapper
    compiler_module = "streamsite.mongo.engine.compiler"
    integer_field_ranges = DjongoDatabaseOperations.integer_field_ranges | {
        "PositiveBigIntegerField": (0, 2**63 - 1),
    }

    def max_name_length(self) -> int:
        """Return MongoDB's limit for index names (127 bytes); collection names may be longer."""
        return 120

    # --- to the database ------------------------------------------------------------------------

    def adapt_datefield_value(self, value: object) -> Any:
        """Return a date as the datetime of its midnight."""
        if isinstance(value, datetime.date):
            return datetime.datetime(value.year, value.month, value.day)
        return value

    def adapt_datetimefield_value(self, value: object) -> Any:
        """Return an aware datetime as a naive one in UTC; expressions pass."""
        return value if hasattr(value, "resolve_expression") else super().adapt_datetimefield_value(value)

    def adapt_timefield_value(self, value: object) -> Any:
        """Return a time of day as a datetime on djongo's fixed day."""
        if isinstance(value, datetime.time):
            if timezone.is_aware(value):
                raise ValueError("MongoDB stores no time zone with a time of day.")
            return datetime.datetime.combine(EPOCH_OF_TIMES, value)
        return value

    def adapt_decimalfield_value(
        self, value: object, max_digits: int | None = None, decimal_places: int | None = None
    ) -> Any:
        """Return a decimal as Decimal128, whose 34 digits are more than a column has."""
        if not isinstance(value, Decimal):
            return value
        return Decimal128(create_decimal128_context().create_decimal(value))

    def adapt_json_value(self, value: object, encoder: type[json.JSONEncoder] | None) -> Any:
        """Return JSON as nested values, by way of its text: what is not JSON must not get in."""
        if value is None:
            raise NotSupportedError(
                "A JSON null cannot be told from a missing value at the top of a JSONField."
            )
        try:
            return json.loads(json.dumps(value, cls=encoder, allow_nan=False))
        except ValueError as error:
            raise DataError(f"The value is no JSON: {error}") from error

    # --- from the database ----------------------------------------------------------------------

    def get_db_converters(self, expression: BaseExpression) -> list[Callable[..., Any]]:
        """Return the functions that turn a column's BSON values into Django's."""
        internal_type = expression.output_field.get_internal_type()
        converters: list[Callable[..., Any]] = list(_CONVERTERS.get(internal_type, ()))
        if internal_type in _INTEGER_TYPES and not isinstance(expression, Col):
            converters.append(_to_int)
        if internal_type == "DateTimeField" and settings.USE_TZ:
            converters.append(self.convert_datetimefield_value)
        return converters

    def convert_datetimefield_value(self, value: object, expression: object, connection: object) -> Any:
        """Return a stored datetime as an aware one."""
        if isinstance(value, datetime.datetime):
            return timezone.make_aware(value, self.connection.timezone)
        return value

    # --- emptying -------------------------------------------------------------------------------

    def sql_flush(
        self,
        style: object,
        tables: Iterable[str],
        *,
        reset_sequences: bool = False,
        allow_cascade: bool = False,
    ) -> list[str]:
        """Return what ``execute_sql_flush`` takes: names of collections, and the sequence note to reset."""
        return [*tables, *([SCHEMA_COLLECTION] if reset_sequences else [])]

    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        """Empty collections; their indexes stay."""
        database = self.connection.database
        for name in sql_list:
            if name == SCHEMA_COLLECTION:
                database[name].update_many({"auto.seq": {"$exists": True}}, {"$set": {"auto.seq": 0}})
            else:
                database[name].delete_many({})

    def last_executed_query(self, cursor: object, sql: object, params: object) -> str:
        """Return a text for the debug log."""
        return repr(sql)

    def datetime_cast_date_sql(self, sql: str, params: object, tzname: str | None) -> tuple[str, Any]:
        """Return a name for the expression; nothing runs it."""
        return f"DATE({sql})", params


def _to_int(value: object, expression: object, connection: object) -> Any:
    """Convert a whole number: computed ones may arrive as doubles, stored ones never do."""
    if isinstance(value, Decimal128):
        return int(value.to_decimal())
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _to_decimal(value: object, expression: object, connection: object) -> Any:
    if isinstance(value, Decimal128):
        return value.to_decimal()
    if isinstance(value, (int, float)):
        return Decimal(str(value))
    return value


def to_float(value: object, expression: object, connection: object) -> Any:
    """Return a stored number of a float column as the column's value."""
    return float(value.to_decimal()) if isinstance(value, Decimal128) else value


def _to_uuid(value: object, expression: object, connection: object) -> Any:
    return uuid.UUID(value) if isinstance(value, str) else value


def _to_date(value: object, expression: object, connection: object) -> Any:
    return value.date() if isinstance(value, datetime.datetime) else value


def _to_time(value: object, expression: object, connection: object) -> Any:
    return value.time() if isinstance(value, datetime.datetime) else value


def _to_json_text(value: object, expression: object, connection: object) -> Any:
    """Convert a JSON value to text, which Django's field parses; it would parse a bare string as JSON."""
    return None if value is None else json.dumps(value)


# Django's field types that hold whole numbers.
NUMBER_TYPES = frozenset(
    {
        "AutoField",
        "BigAutoField",
        "BigIntegerField",
        "IntegerField",
        "PositiveBigIntegerField",
        "PositiveIntegerField",
        "PositiveSmallIntegerField",
        "SmallAutoField",
        "SmallIntegerField",
    }
)
_INTEGER_TYPES = NUMBER_TYPES | {"DurationField"}
_CONVERTERS: dict[str, tuple[Callable[..., Any], ...]] = {
    "DateField": (_to_date,),
    "TimeField": (_to_time,),
    "DecimalField": (_to_decimal,),
    "FloatField": (to_float,),
    "UUIDField": (_to_uuid,),
    "JSONField": (_to_json_text,),
}


def bson_types(field: Field[Any, Any], connection: DatabaseWrapper) -> list[str]:
    """Return the BSON types that a column's values can have, null aside."""
    target: Any = field
    while target.is_relation:
        target = target.target_field
    kind = target.db_type(connection)
    if kind in ("int", "long"):
        return ["int", "long"]
    if kind == "double":
        return ["double", "int", "long"]
    return [kind]
