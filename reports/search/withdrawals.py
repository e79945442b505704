"""Which found commitments and requests for information were withdrawn, and when."""

from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery

from dialogues.choices import CommitmentEventKind, RequestEventKind
from dialogues.models import CommitmentEvent, RequestEvent
from tiptracker.localization import format_date, gettext

WITHDRAWN = (CommitmentEventKind.WITHDRAWN, RequestEventKind.WITHDRAWN)


def with_commitment_withdrawal(rows: QuerySet[Any], commitment: str = "pk") -> QuerySet[Any]:
    """Add what `describe_withdrawal` reads. `commitment` leads from the rows to the commitment."""
    return _with_newest_event(rows, CommitmentEvent, "commitment", commitment)


def with_request_withdrawal(rows: QuerySet[Any], information_request: str = "pk") -> QuerySet[Any]:
    """As `with_commitment_withdrawal`, for requests for information and their lines."""
    return _with_newest_event(rows, RequestEvent, "information_request", information_request)


def _with_newest_event(rows: QuerySet[Any], model: type[Model], subject: str, path: str) -> QuerySet[Any]:
    events = model._default_manager.filter(**{subject: OuterRef(path)}).order_by("-recorded_at", "-pk")
    with_event: QuerySet[Any] = rows.annotate(
        newest_event=Subquery(events.values("kind")[:1]), newest_event_on=Subquery(events.values("happened_on")[:1])
    )
    return with_event


def describe_withdrawal(row: Any) -> str:
    """Say that the commitment or the request was withdrawn. Nothing follows a withdrawal except reopening."""
    if row.newest_event not in WITHDRAWN:
        return ""
    return gettext("Withdrawn on %(date)s.") % {"date": format_date(row.newest_event_on)}
