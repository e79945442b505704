"""Manage the database of the demonstration: check, reset, set passwords, find the latest row."""

from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.db import connection, transaction
from django.db.models import Max, Q

from tiptracker.accounts.models import User

DEMO_ACCOUNTS = {
    "officer@demo.example": "the embassy's TIP officer: logs progress, reviews and assesses",
    "second.officer@demo.example": "a second officer, because nobody verifies their own evidence",
    "ambassador@demo.example": "reads the dashboard and downloads the briefing",
    "home.affairs@demo.example": "focal point, Ministry of Home Affairs",
    "police@demo.example": "focal point, Ministry of Police and Public Safety",
    "justice@demo.example": "focal point, Ministry of Justice and Law",
    "observer@demo.example": "reads in Washington, changes nothing",
    "admin@demo.example": "sets up posts, people, countries and ministries",
}
"""Accounts of the demonstration, with the purpose of each."""

DEMO_ADDRESS_ENDINGS = ("@demo.example", "@tip-tracker.invalid")
"""Endings of all addresses in a demonstration's database: its people, and the sources, which cannot sign in."""

DOMAIN_TIME_FIELDS = frozenset({"recorded_at", "uploaded_at", "requested_at", "cleared_at"})
"""Fields in domain time. Sessions, jobs and the log use machine time."""


def describe_foreign_data() -> str:
    """Return why the demonstration must not touch this database, as a sentence.

    The sentence is empty if the database is empty or belongs to a demonstration.
    """
    tables = set(connection.introspection.table_names())
    if not tables:
        return ""
    if User._meta.db_table not in tables:
        return "The database has tables that do not belong to TIP Tracker."
    own = Q(*(("email__endswith", ending) for ending in DEMO_ADDRESS_ENDINGS), _connector=Q.OR)
    others = User.objects.get_queryset().exclude(own).count()
    return f"The database has {others} accounts that do not belong to the demonstration." if others else ""


def drop_tables() -> None:
    """Delete the tables of TIP Tracker, or the SQLite file that holds them. Call `describe_foreign_data` first."""
    if connection.vendor == "sqlite":
        connection.close()
        for ending in ("", "-wal", "-shm"):
            Path(f"{connection.settings_dict['NAME']}{ending}").unlink(missing_ok=True)
        return
    tables = [
        *connection.introspection.django_table_names(only_existing=True, include_views=False),
        "django_migrations",
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")


def set_passwords(password: str) -> None:
    """Give each of DEMO_ACCOUNTS this password.

    An account that already has it is left unchanged, so its sessions stay valid. The others get the same hash, because
    everybody may know that their passwords are equal, and hashing is slow on purpose.
    """
    accounts = User.objects.get_queryset().filter(email__in=DEMO_ACCOUNTS)
    hashes = set(accounts.values_list("password", flat=True))
    wrong = [each for each in hashes if not (is_password_usable(each) and check_password(password, each))]
    if wrong:
        accounts.filter(password__in=wrong).update(password=make_password(password))


def last_recorded_at() -> datetime | None:
    """Return the latest domain time in any row. The domain clock never runs behind it."""
    moments = [
        moment
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name in DOMAIN_TIME_FIELDS
        and (moment := model._default_manager.aggregate(latest=Max(field.name))["latest"])
    ]
    return max(moments, default=None)
