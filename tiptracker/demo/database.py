"""What the demonstration does to its database: know it as its own, start over, set passwords, find the last row."""

from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Max, Q

from tiptracker.accounts.models import User

DEMO_ACCOUNTS = {
    "officer@demo.example": "the embassy's TIP officer: logs, reviews, assesses",
    "second.officer@demo.example": "a colleague, since nobody verifies their own",
    "ambassador@demo.example": "where do we stand? and the briefing",
    "home.affairs@demo.example": "focal point, Ministry of Home Affairs",
    "police@demo.example": "focal point, Ministry of Police and Public Safety",
    "justice@demo.example": "focal point, Ministry of Justice and Law",
    "observer@demo.example": "follows from Washington, reads only",
    "admin@demo.example": "posts, people, countries and ministries",
}
"""Who may sign in to the demonstration, and what each is there for."""

DEMO_ADDRESS_ENDINGS = ("@demo.example", "@tip-tracker.invalid")
"""How every address in a demonstration's database ends: its people, and the sources that can't sign in."""

DOMAIN_TIME_FIELDS = frozenset({"recorded_at", "uploaded_at", "requested_at", "cleared_at"})
"""The fields that hold the domain's time; sessions, jobs and the log hold the machine's."""


def describe_foreign_data() -> str:
    """Why the database isn't a demonstration's to touch, as a sentence; empty where it is its own, or empty."""
    tables = set(connection.introspection.table_names())
    if not tables:
        return ""
    if User._meta.db_table not in tables:
        return "The database holds tables, but none of TIP Tracker."
    own = Q(*(("email__endswith", ending) for ending in DEMO_ADDRESS_ENDINGS), _connector=Q.OR)
    others = User.objects.get_queryset().exclude(own).count()
    return f"The database holds {others} accounts that aren't the demonstration's." if others else ""


def drop_tables() -> None:
    """Delete the tables of TIP Tracker, or the SQLite file that holds them. Ask `describe_foreign_data` first."""
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
    """Give each of ACCOUNTS this password, where it has another: whoever is signed in stays so."""
    for user in User.objects.get_queryset().filter(email__in=DEMO_ACCOUNTS):
        if not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])


def last_recorded_at() -> datetime | None:
    """The latest moment of the domain's time in any row: the domain's clock never goes behind it."""
    moments = [
        moment
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name in DOMAIN_TIME_FIELDS
        and (moment := model._default_manager.aggregate(latest=Max(field.name))["latest"])
    ]
    return max(moments, default=None)
