"""Check whether the application's database role could bypass the triggers."""

from django.db import connection

_PRIVILEGED_ROLE_SQL = """
SELECT current_user FROM pg_roles WHERE rolname = current_user AND (
    rolsuper OR EXISTS (
        SELECT FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_has_role(current_user, relowner, 'MEMBER')
    )
)
"""


def find_privileged_role() -> str | None:
    """Return the name of the current database role if it is a superuser or owns a table.

    Returns None if the role may only read and write rows. SQLite has no roles, so there the answer is always None.
    """
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(_PRIVILEGED_ROLE_SQL)
        row = cursor.fetchone()
    return row[0] if row else None
