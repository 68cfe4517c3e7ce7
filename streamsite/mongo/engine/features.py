"""The abilities of MongoDB, as Django's feature flags."""

from __future__ import annotations

from djongo.features import DatabaseFeatures as DjongoDatabaseFeatures

from streamsite.mongo.engine.unsupported_tests import DJANGO_TEST_SKIPS


class DatabaseFeatures(DjongoDatabaseFeatures):
    """Each flag is Django's; the comments say what the flag's name does not."""

    django_test_skips = DJANGO_TEST_SKIPS
    # $getField, $dateTrunc and $lookup with both a local field and a pipeline came with MongoDB 5.0.
    minimum_database_version = (5, 0)

    # --- transactions: a replica set is required
    supports_transactions = True
    uses_savepoints = True
    can_release_savepoints = True
    atomic_transactions = False
    can_rollback_ddl = False
    test_db_allows_multiple_connections = True
    # There are no row locks; a conflicting write in a transaction fails instead.
    has_select_for_update = False

    # --- types
    has_native_uuid_field = False
    has_native_json_field = True
    supports_json_field = True
    supports_json_field_contains = False
    has_json_object_function = False
    # A JSON null at the top level is stored as the missing value is.
    supports_primitives_in_json_field = True
    # BSON datetimes count milliseconds, in UTC.
    supports_microsecond_precision = False
    supports_timezones = False

    # --- schema
    supports_foreign_keys = False
    can_create_inline_fk = False
    supports_column_check_constraints = False
    supports_table_check_constraints = False
    can_introspect_check_constraints = False
    supports_partial_indexes = True
    supports_partially_nullable_unique_constraints = True
    supports_expression_indexes = False
    supports_covering_indexes = False
    supports_nulls_distinct_unique_constraints = False
    supports_deferrable_unique_constraints = False
    supports_index_column_ordering = True
    supports_tablespaces = False
    supports_comments = False
    supports_stored_generated_columns = False
    supports_virtual_generated_columns = False
    supports_expression_defaults = False
    supports_default_keyword_in_insert = False
    supports_default_keyword_in_bulk_insert = False
    supports_cast_with_precision = False
    supports_collation_on_charfield = False
    supports_collation_on_textfield = False

    # --- queries
    supports_over_clause = False
    supports_select_intersection = False
    supports_select_difference = False
    supports_slicing_ordering_in_compound = True
    supports_paramstyle_pyformat = False
    supports_subqueries_in_group_by = False
    supports_explaining_query_execution = False
    supports_ignore_conflicts = True
    # Which values must be unique has to be said: there is no ON CONFLICT for whatever index it may be.
    supports_update_conflicts = True
    supports_update_conflicts_with_target = True
    can_return_columns_from_insert = True
    can_return_rows_from_bulk_insert = True
    can_distinct_on_fields = False
    allows_group_by_select_index = False
    # An update cannot look into other collections, so the rows to write are found first.
    update_can_self_select = False
    order_by_nulls_first = True
    supports_order_by_nulls_modifier = True
    has_case_insensitive_like = False
    requires_literal_defaults = True
    supports_aggregate_order_by_clause = False
    can_clone_databases = False
    can_introspect_foreign_keys = False
    can_use_chunked_reads = True
