"""Conditions on rows of other tables, for queries that a database should answer by an index."""

from typing import Any

from django.db.models import Q, QuerySet, Subquery
from django.db.models.lookups import IsNull


def has_row(rows: QuerySet[Any]) -> Q:
    """Return the condition that `rows`, which refer to the outer row, has one.

    It means the same as Exists. But where many outer rows are expected, PostgreSQL answers Exists by reading the whole
    table once, unless it can join the two. That costs little in a small table, and more with every country.
    """
    return Q(IsNull(Subquery(rows.order_by().values("pk")[:1]), False))
