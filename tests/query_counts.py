"""Numbers of queries that many tests count with."""

from django.db import connection

FIRST_LIST_READ = 12 + (connection.vendor == "postgresql")
"""The queries that a person's first request of a day for a list of the API sends besides those of the list.

They read what the person was sent today, open and close the savepoint around the count, end the old count, start, lock
and raise the new one, read the countries, and add an entry with its detail to the log (after its lock, on PostgreSQL).
"""

LOG_ENTRY = 4 + (connection.vendor == "postgresql")
"""The queries of an entry in the activity log: a savepoint and its release, the newest entry, the new one, and its lock
on PostgreSQL."""
