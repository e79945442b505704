"""What a person's first request of a day for a list of the API costs besides the list itself."""

from django.db import connection

FIRST_READ = 12 + (connection.vendor == "postgresql")
"""Queries: what was sent today; around the count; the counts, an old one's end, a new one, held, its rows; the
countries; the log's newest entry, the new one with its detail, and on PostgreSQL the log's lock."""
