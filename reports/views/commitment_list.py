"""The list of commitments: search, filters, sorting and export, and what has reversed commitments that were kept."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from dialogues import permissions
from dialogues.choices import CommitmentStatus, MadeBy
from dialogues.forms.commitments import CommitmentFilterForm
from dialogues.models import AgreedProof, Commitment
from dialogues.views.commitment_rows import (
    CommitmentInList,
    CommitmentStatusRow,
    annotate_commitments,
    commitment_status_row,
    list_status_rows,
)
from recommendations.edition_context import EditionRequest
from recommendations.kept_pages import keep_page
from reports.briefings.reversal_sentences import gather_reversals
from reports.views.commitment_search import find_listed_commitments, list_filter_choices
from reports.views.current_readiness import current_facts
from tiptracker import clock
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.web import exports
from tiptracker.web.pages import render_page

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
    chosen = CommitmentFilterForm(request.GET, **list_filter_choices(user, edition))
    if not user.is_embassy:
        del chosen.fields["ministry"]
    chosen.is_valid()
    keys = find_listed_commitments(request, chosen.cleaned_data, today)
    if exports.is_export_requested(request):
        proofs = Prefetch("agreed_proofs", AgreedProof.objects.visible_to(user).in_force(today))
        rows = annotate_commitments(Commitment.objects.visible_to(user), user, today).prefetch_related(proofs)
        found = rows.in_bulk(keys)
        listed = [commitment_status_row(found[key], user, today) for key in keys if key in found]
        lines = _with_reversals(request, listed, today)
        headers = [str(header) for header in EXPORT_HEADERS]
        return exports.export_rows(request, "commitments", headers, list(map(_export_row, lines)))
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


def _with_reversals[C: (Commitment, CommitmentInList)](
    request: EditionRequest, lines: Sequence[CommitmentStatusRow[C]], today: date
) -> list[CommitmentStatusRow[C]]:
    since = _describe_reversals(request, lines, today)
    return [line._replace(since=since.get(line.commitment.pk, "")) for line in lines]


def _describe_reversals(
    request: EditionRequest, lines: Iterable[CommitmentStatusRow[Any]], today: date
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


def _export_row(line: CommitmentStatusRow[Commitment]) -> tuple[object, ...]:
    row: Any = line.commitment
    standing = line.standing
    has_no_update = standing.is_overdue_without_update and row.made_by == MadeBy.MINISTRY
    no_update = gettext("yes") if has_no_update else gettext("no")
    return (
        row.text, row.maker, row.made_on, line.status.label, standing.days_overdue or None, row.due_on,
        row.first_due_on, row.slips, standing.waits_since, standing.returned_on, no_update, row.evidence_count,
        "; ".join(str(proof) for proof in row.agreed_proofs.all()), line.since,
    )  # fmt: skip
