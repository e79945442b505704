"""Conditions on evidence, and on the rows that belong to it, that both databases answer from an index."""

from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from tiptracker.accounts.models import AnyUser


def is_not_revised(path: str) -> Q:
    """Return the condition that no later revision has replaced the evidence to which `path` leads.

    It is no join to `revised_by`: PostgreSQL would expect that to leave one row, and would do the rest of the query
    anew for each of thousands.
    """
    return Q(~Exists(_evidence().filter(revises=OuterRef(path)).order_by()))


def is_of_visible_evidence(user: AnyUser) -> Q:
    """Return the condition on rows of evidence that the user may see that evidence.

    It asks for each row. With IN, SQLite would first list all evidence that the user may see.
    """
    return Q(Exists(_evidence().visible_to(user).order_by().filter(pk=OuterRef("evidence"))))


def _evidence() -> Any:
    return apps.get_model("dialogues", "Evidence").objects
