"""Read what a database consists of, to compare one that was upgraded with a new one."""

import re

from django.db import connection

GENERATED_NAME = re.compile(r'"?\b\w+(_[0-9a-f]{8}(_like|_uniq)?|_pkey|_key)\b"?(?= ON )')
"""The name of an index that nobody chose. It keeps the former name of a table that was renamed."""
CAST = re.compile(r"::(character varying|text)(\[\])?|[()]")
"""PostgreSQL writes these elsewhere in a condition after a dump was restored or the type of a column was changed."""


def list_triggers():
    """Every trigger: its table, its name and what it does."""
    if connection.vendor == "postgresql":
        return _rows(
            "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(pg_trigger.oid), prosrc"
            " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal AND tgenabled = 'O'"
        )
    return _rows("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")


def list_tables():
    """Every table with its columns, constraints, indexes and rights, in any order of the columns."""
    if connection.vendor == "postgresql":
        return _tables_of_postgres()
    tables = _rows("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence'")
    indexes = _rows("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    return {(name, *sorted(re.search(r"\((.*)\)", sql)[1].split(", "))) for name, sql in tables} | {
        GENERATED_NAME.sub("", sql) for (sql,) in indexes
    }


def _tables_of_postgres():
    columns = _rows(
        "SELECT table_name, column_name, data_type, character_maximum_length, numeric_precision, numeric_scale,"
        " is_nullable, column_default, is_identity FROM information_schema.columns WHERE table_schema = 'public'"
    )
    # A condition may also test for NULL or not, as its columns could be NULL at that time: a check counts by its name.
    constraints = _rows(
        "SELECT conrelid::regclass::text, CASE WHEN contype = 'c' AND conname NOT LIKE '%\\_check' THEN conname"
        " ELSE pg_get_constraintdef(oid) END FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
    )
    indexes = {
        (table, GENERATED_NAME.sub("", CAST.sub("", sql)))
        for table, sql in _rows("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    }
    rights = _rows(
        "SELECT relname, pg_get_userbyid(relowner), relacl::text FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    functions = _rows(
        "SELECT proname, prosrc, pg_get_userbyid(proowner), proacl::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace"
    )
    return columns | constraints | indexes | rights | functions


def list_migrations():
    """The app and the name of every migration that is recorded as applied."""
    return _rows("SELECT app, name FROM django_migrations")


def _rows(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return set(cursor.fetchall())
