"""The list of commitments: search, filters, sorting and export, and what has reversed commitments that were kept."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, F, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from dialogues import permissions
from dialogues.choices import CommitmentStatus, MadeBy
from dialogues.forms.commitments import CommitmentFilterForm, CommitmentOrder
from dialogues.models import AgreedProof, Commitment, CommitmentBenchmark
from dialogues.models.commitments import CommitmentQuerySet
from dialogues.views.commitment_rows import (
    DUE_DATE_ORDER,
    CommitmentStatusRow,
    annotate_commitments,
    commitment_status_row,
    date_made,
    list_status_rows,
    order_commitments,
)
from recommendations.edition_context import EditionRequest
from recommendations.kept_pages import keep_page
from recommendations.models import Recommendation
from recommendations.models.recommendations import RecommendationQuerySet
from reports.briefings.reversal_sentences import gather_reversals
from reports.views.current_readiness import current_facts
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.web import exports
from tiptracker.web.pages import render_page
from tiptracker.web.search import filter_by_words

PAGE_SIZE = 25
EXPORT_HEADERS = (
    gettext_lazy("Commitment"), gettext_lazy("Made by"), gettext_lazy("Date of the promise"), gettext_lazy("Status"),
    gettext_lazy("Days overdue"), gettext_lazy("Due"), gettext_lazy("First due"), gettext_lazy("Times moved"),
    gettext_lazy("With the embassy since"), gettext_lazy("Returned on"), gettext_lazy("No update received"),
    gettext_lazy("Pieces of evidence"), gettext_lazy("Agreed proof"), gettext_lazy("Reversed"),
)  # fmt: skip


@login_required
@require_safe
@keep_page(is_personal=False)
def commitment_list(request: EditionRequest) -> HttpResponse:
    """List the commitments, filtered and sorted by the query string.

    Parameters: `q`, `status`, `ministry`, `pillar`, `recommendation`, `due_from`, `due_to`, `sort` and `page`.
    """
    user, edition = request.user, request.edition
    country, today = edition.country, clock.today(edition.country.time_zone)
    recommendations = Recommendation.objects.visible_to(user).filter(edition=edition)
    ministries = Ministry.objects.visible_to(user).filter(country=country)
    chosen = CommitmentFilterForm(request.GET, ministries=list(ministries), recommendations=list(recommendations))
    if not user.is_embassy:
        del chosen.fields["ministry"]
    chosen.is_valid()
    commitments = Commitment.objects.visible_to(user).filter(country=country)
    if exports.is_export_requested(request):
        rows = _filter_commitments(annotate_commitments(commitments, user, today), user, chosen.cleaned_data)
        proofs = Prefetch("agreed_proofs", AgreedProof.objects.visible_to(user).in_force(today))
        all_lines = [commitment_status_row(row, user, today) for row in rows.prefetch_related(proofs)]
        lines = _with_reversals(request, all_lines, today)
        headers = [str(header) for header in EXPORT_HEADERS]
        return exports.export_rows(request, "commitments", headers, list(map(_export_row, lines)))
    found = _filter_commitments(_sortable(commitments, chosen.cleaned_data, today), user, chosen.cleaned_data)
    # All keys by one query: to count them takes the database as long as to put them in order.
    keys = list(found.values_list("pk", flat=True))
    page = Paginator(keys, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "is_narrowed": chosen.is_narrowing,
        "page": page,
        "lines": _with_reversals(request, list_status_rows(list(page), user, today), today),
        "today": today,
        "can_record": permissions.can_record_commitment(user, country),
    }
    return render_page(request, "reports/commitment_list.html", context, partial="rows")


def _sortable(commitments: CommitmentQuerySet, chosen: Mapping[str, Any], today: date) -> CommitmentQuerySet:
    """Return the commitments made by today with what the filters and the chosen order look at, and nothing else."""
    order = chosen.get("sort")
    rows = (
        commitments.with_status(today)
        if order == CommitmentOrder.MOVED
        else commitments.with_status_and_due_date(today)
    )
    rows = order_commitments(rows, today)
    return rows.annotate(made_on=date_made()) if order == CommitmentOrder.NEWEST else rows


def _with_reversals(
    request: EditionRequest, lines: Sequence[CommitmentStatusRow], today: date
) -> list[CommitmentStatusRow]:
    since = _describe_reversals(request, lines, today)
    return [line._replace(since=since.get(line.commitment.pk, "")) for line in lines]


def _describe_reversals(
    request: EditionRequest, lines: Iterable[CommitmentStatusRow], today: date
) -> Mapping[int, str]:
    """Return what has reversed verified commitments since, by their ids. A ministry reads only what it may know.

    The facts are gathered only if a commitment is verified as done.
    """
    done = [line.commitment.pk for line in lines if line.status is CommitmentStatus.VERIFIED]
    if not done:
        return {}
    user = request.user
    reversals = gather_reversals(user, current_facts(request, request.edition), today)
    found = {key: reversals.of_commitment(key) for key in done}
    if user.is_embassy:
        return {key: reversals.describe(reversed_by) for key, reversed_by in found.items()}
    return {key: reversals.describe_to(user.ministry_id, reversed_by) for key, reversed_by in found.items()}


def _export_row(line: CommitmentStatusRow) -> tuple[object, ...]:
    row: Any = line.commitment
    standing = line.standing
    has_no_update = standing.is_overdue_without_update and row.made_by == MadeBy.MINISTRY
    no_update = gettext("yes") if has_no_update else gettext("no")
    return (
        row.text, row.maker, row.made_on, line.status.label, standing.days_overdue or None, row.due_on,
        row.first_due_on, row.slips, standing.waits_since, standing.returned_on, no_update, row.evidence_count,
        "; ".join(str(proof) for proof in row.agreed_proofs.all()), line.since,
    )  # fmt: skip


def _filter_commitments(rows: CommitmentQuerySet, user: User, chosen: dict[str, Any]) -> CommitmentQuerySet:
    rows = filter_by_words(rows, chosen.get("q") or "", "text", "letter", "ministry__name", "ministry__short_name")
    if whose := chosen.get("ministry"):
        rows = rows.filter(made_by=whose) if whose == MadeBy.UNITED_STATES else rows.filter(ministry=whose)
    recommendations = Recommendation.objects.visible_to(user)
    if pillar := chosen.get("pillar"):
        rows = rows.filter(pk__in=_commitments_towards(recommendations.with_pillar().filter(Q(pillar=pillar))))
    if recommendation := chosen.get("recommendation"):
        rows = rows.filter(pk__in=_commitments_towards(recommendations.filter(pk=recommendation)))
    lookups = {"status": "status", "due_from": "due_on__gte", "due_to": "due_on__lte"}
    rows = rows.filter(**{lookup: chosen[name] for name, lookup in lookups.items() if chosen.get(name)})
    order = CommitmentOrder(chosen.get("sort") or CommitmentOrder.DUE)
    if order is CommitmentOrder.DUE and chosen.get("status"):  # with one status, all are settled or none
        return rows.order_by(DUE_DATE_ORDER, "pk")
    return _sort_commitments(rows, order)


def _sort_commitments(rows: CommitmentQuerySet, order: CommitmentOrder) -> CommitmentQuerySet:
    match order:
        case CommitmentOrder.OVERDUE:
            overdue_first = Case(When(status=CommitmentStatus.OVERDUE, then=Value(0)), default=Value(1))
            return rows.order_by(overdue_first, DUE_DATE_ORDER, "pk")
        case CommitmentOrder.MOVED:
            return rows.order_by(F("slips").desc(), DUE_DATE_ORDER, "pk")
        case CommitmentOrder.NEWEST:
            return rows.order_by(F("made_on").desc(), "-pk")
        case CommitmentOrder.TEXT:
            return rows.order_by(Lower("text"), "pk")
    return rows


def _commitments_towards(recommendations: RecommendationQuerySet) -> QuerySet[Any, Any]:
    """Return a query for the ids of the commitments that work towards a benchmark of these recommendations."""
    towards = CommitmentBenchmark.objects.current().filter(benchmark__recommendation__in=recommendations.values("pk"))
    return towards.values("commitment")
