"""Which commitments the list of commitments shows, filtered and sorted as its form says."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from dialogues.choices import CommitmentStatus, MadeBy
from dialogues.forms.commitments import CommitmentOrder
from dialogues.kept_statuses import ListedStatus, statuses_of
from dialogues.models import Commitment, CommitmentBenchmark
from dialogues.models.commitments import CommitmentQuerySet
from recommendations.edition_context import EditionRequest
from recommendations.models import Edition, Recommendation
from recommendations.models.recommendations import RecommendationQuerySet
from tiptracker.accounts.models import Ministry, User
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.web.kept_pages import record_version
from tiptracker.web.search import filter_by_words

_SETTLED = frozenset({CommitmentStatus.VERIFIED, CommitmentStatus.WITHDRAWN})
_FURTHER_COLUMNS = {CommitmentOrder.MOVED: "slips", CommitmentOrder.NEWEST: "made_on"}
"""What an order looks at besides the status and the due date."""


def list_filter_choices(user: User, edition: Edition) -> dict[str, Iterable[Any]]:
    """Return the ministries and recommendations that `CommitmentFilterForm` offers."""
    return {
        "ministries": _MINISTRIES.find(user, country=edition.country_id),
        "recommendations": _RECOMMENDATIONS.find(user, edition=edition.pk),
    }


_MINISTRIES: VisibleRows[Any] = VisibleRows(
    lambda reader, country: Ministry.objects.visible_to(reader).filter(country=country).values_list("pk", "name"),
    country=int,
)
_RECOMMENDATIONS: VisibleRows[Any] = VisibleRows(
    lambda reader, edition: (
        Recommendation.objects.visible_to(reader).filter(edition=edition).values_list("pk", "number", "text")
    ),
    edition=int,
)


def find_listed_commitments(request: EditionRequest, chosen: Mapping[str, Any], today: date) -> list[int]:
    """Return the keys of the commitments made by today that the reader may see and the filters select, in order.

    Args:
        chosen: the valid values of `CommitmentFilterForm`, by name.
    """
    order, country = CommitmentOrder(chosen.get("sort") or CommitmentOrder.DUE), request.edition.country
    keys = _find_keys(request, chosen, is_by_text=order is CommitmentOrder.TEXT)
    is_only_read = settings.KEEP_PAGES and request.method == "GET"
    version = record_version(request, [country.pk]) if is_only_read else None
    statuses = statuses_of(country, today, _FURTHER_COLUMNS.get(order, ""), version=version)
    is_selected = _filter_by_status(chosen)
    if order is CommitmentOrder.TEXT:
        return [key for key in keys if (listed := statuses.get(key)) and is_selected(listed)]
    visible = set(keys)
    found = [(key, listed) for key, listed in statuses.items() if key in visible and is_selected(listed)]
    if order is CommitmentOrder.NEWEST:
        found.sort(key=lambda row: (row[1].further or date.min, row[0]), reverse=True)
    else:  # the statuses are by due date
        found.sort(key=_SORT_KEYS[order])
    return [key for key, _ in found]


_SORT_KEYS: Mapping[CommitmentOrder, Callable[[tuple[int, ListedStatus]], int]] = {
    CommitmentOrder.DUE: lambda row: row[1].status in _SETTLED,
    CommitmentOrder.OVERDUE: lambda row: row[1].status != CommitmentStatus.OVERDUE,
    CommitmentOrder.MOVED: lambda row: -row[1].further,
}
"""What comes first, among commitments by due date."""


def _filter_by_status(chosen: Mapping[str, Any]) -> Callable[[ListedStatus], bool]:
    """Return whether the filters select a commitment with a status and a due date."""
    status, first, last = (chosen.get(name) for name in ("status", "due_from", "due_to"))
    if first or last:
        start, end = first or date.min, last or date.max
        return lambda listed: (
            status in (None, "", listed.status) and listed.due_on is not None and start <= listed.due_on <= end
        )
    return (lambda listed: listed.status == status) if status else (lambda listed: True)


def _find_keys(request: EditionRequest, chosen: Mapping[str, Any], *, is_by_text: bool) -> Iterable[int]:
    """Return the keys of the commitments that the reader may see and the filters select that need no status."""
    user, country, whose = request.user, request.edition.country, chosen.get("ministry")
    if any(chosen.get(name) for name in ("q", "pillar", "recommendation")) or whose == MadeBy.UNITED_STATES:
        rows = Commitment.objects.visible_to(user).filter(country=country).order_by(*_order(is_by_text=is_by_text))
        return _filter_by_relations(rows, user, chosen).values_list("pk", flat=True)
    of_ministry = {"maker": int(whose)} if whose else {}
    found = _KEYS[bool(whose), is_by_text].find(user, country=country.pk, **of_ministry)
    return [key for (key,) in found]


def _prepare_keys(*, is_of_ministry: bool, is_by_text: bool) -> VisibleRows[Any]:
    def build(reader: User, country: int, maker: int | None = None) -> QuerySet[Any, Any]:
        rows = Commitment.objects.visible_to(reader).filter(country=country)
        if is_of_ministry:
            rows = rows.filter(ministry=maker)
        return rows.order_by(*_order(is_by_text=is_by_text)).values_list("pk")

    return VisibleRows(build, country=int, **({"maker": int} if is_of_ministry else {}))


def _order(*, is_by_text: bool) -> tuple[Any, ...]:
    return (Lower("text"), "pk") if is_by_text else ()


def _filter_by_relations(rows: CommitmentQuerySet, user: User, chosen: Mapping[str, Any]) -> CommitmentQuerySet:
    rows = filter_by_words(rows, chosen.get("q") or "", "text", "letter", "ministry__name", "ministry__short_name")
    if whose := chosen.get("ministry"):
        rows = rows.filter(made_by=whose) if whose == MadeBy.UNITED_STATES else rows.filter(ministry=whose)
    recommendations = Recommendation.objects.visible_to(user)
    if pillar := chosen.get("pillar"):
        rows = rows.filter(pk__in=_commitments_towards(recommendations.with_pillar().filter(Q(pillar=pillar))))
    if recommendation := chosen.get("recommendation"):
        rows = rows.filter(pk__in=_commitments_towards(recommendations.filter(pk=recommendation)))
    return rows


def _commitments_towards(recommendations: RecommendationQuerySet) -> QuerySet[Any, Any]:
    """Return a query for the ids of the commitments that work towards a benchmark of these recommendations."""
    towards = CommitmentBenchmark.objects.current().filter(benchmark__recommendation__in=recommendations.values("pk"))
    return towards.values("commitment")


_KEYS = {
    (is_of_ministry, is_by_text): _prepare_keys(is_of_ministry=is_of_ministry, is_by_text=is_by_text)
    for is_of_ministry in (False, True)
    for is_by_text in (False, True)
}
"""The queries for all keys, and those of a ministry; in any order, and ordered by text."""
