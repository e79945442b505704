"""Whether the role by which the application uses the database could get round the triggers."""

from django.db import connection

_COULD_SWITCH_OFF = """
SELECT current_user FROM pg_roles WHERE rolname = current_user AND (
    rolsuper OR EXISTS (
        SELECT FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_has_role(current_user, relowner, 'MEMBER')
    )
)
"""


def role_that_could_switch_triggers_off() -> str | None:
    """Name the database role at hand if it is a superuser or owns a table; None where it may only read and write rows.

    SQLite knows no roles, so there it is always None.
    """
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(_COULD_SWITCH_OFF)
        row = cursor.fetchone()
    return row[0] if row else None
