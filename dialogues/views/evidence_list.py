"""The register of evidence: search, filters, sorting and export."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from dialogues.choices import (
    DECISIONS_ENDING_CLAIMS,
    GOVERNMENT_DOERS,
    EvidenceDecision,
    ReviewState,
    SupportKind,
    UpdateDecision,
)
from dialogues.forms.evidence_filters import (
    BY_GOVERNMENT_CHOICE,
    UNREVIEWED_CHOICE,
    EvidenceFilterForm,
    EvidenceOrder,
)
from dialogues.forms.fields import benchmark_choices
from dialogues.models import Evidence, EvidenceIndicium, EvidenceLink, EvidenceReview, Partner
from dialogues.models.evidence import EvidenceQuerySet
from dialogues.views.evidence_history import Reversals, find_reversals
from dialogues.views.evidence_query import EvidenceSummary, evidence_with_details
from dialogues.views.page_context import describe_outside_period, format_benchmark_key
from dialogues.views.timeline import review_of
from recommendations.edition_context import EditionRequest, editions_of_page_country
from recommendations.kept_pages import keep_page
from recommendations.models import Benchmark, Edition
from tiptracker import clock
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.audit.permissions import can_read_log
from tiptracker.audit.subjects import OpeningCount, count_openings
from tiptracker.infrastructure.prepared_rows import is_one_of
from tiptracker.localization import gettext, gettext_lazy, join_with_colon
from tiptracker.web import exports
from tiptracker.web.frontend.form_rows import Choices
from tiptracker.web.kept_pages import MAX_QUERY_LENGTH, keep_value
from tiptracker.web.pages import render_page
from tiptracker.web.search import filter_by_words

PAGE_SIZE = 25
_OPENINGS_ATTRIBUTE = "evidence_openings"
SEARCH_FIELDS = ("title", "stated_by", "source", "partner__name", "update_version__narrative")
ORDERINGS: dict[EvidenceOrder, tuple[Any, ...]] = {
    EvidenceOrder.HAPPENED: ("-happened_to", "-pk"),
    EvidenceOrder.RECEIVED: ("-recorded_at", "-pk"),
    EvidenceOrder.TITLE: (Lower("title"), "pk"),
}


class LinkSummary(NamedTuple):
    """What evidence shows on a benchmark, and its newest review. `key` is empty for the evidence itself.

    `reversal` says which earlier decision the newest review, or a correction, reversed. `claim_ended` is set if the
    update that it came with was returned or withdrawn.
    """

    key: str
    shows: str
    review: EvidenceReview | None
    reversal: str = ""
    claim_ended: UpdateDecision | None = None

    @property
    def decision(self) -> EvidenceDecision | None:
        return EvidenceDecision(self.review.decision) if self.review else None

    @property
    def in_words(self) -> str:
        """Return the link in words, such as "3b A concrete action: Verified"."""
        return join_with_colon(f"{self.key} {self.shows}", self.decision_in_words).strip()

    @property
    def decision_in_words(self) -> str:
        return (self.decision or self.claim_ended or ReviewState.CLAIMED).label


class EvidenceRow(NamedTuple):
    """A piece of evidence in the register."""

    piece: EvidenceSummary
    received_at: datetime
    outside: str
    shown: Sequence[LinkSummary]
    opened: OpeningCount | None
    partner: str

    @property
    def is_reviewed(self) -> bool:
        """Whether a part of it is reviewed. Evidence of an update is reviewed on the page of the update."""
        return any(each.review for each in self.shown)


@login_required
@require_safe
def evidence_list(request: EditionRequest) -> HttpResponse:
    """List the embassy's evidence in the country of the edition: the last revision of each piece."""
    if not request.user.is_embassy:
        raise PermissionDenied
    return _keep_list(request)


class _FoundEvidence(NamedTuple):
    """The evidence on a page of the register: how many pieces all pages have, the page, and the keys of its own."""

    total: int
    number: int
    keys: tuple[int, ...]


def _count_openings(request: EditionRequest) -> Mapping[int, OpeningCount]:
    """Return who opened the evidence on the page. Each opening changes the log, and not the record."""
    if not can_read_log(request.user):
        return {}
    keys = _find_page(request).keys
    former_keys, openings = getattr(request, _OPENINGS_ATTRIBUTE, (None, {}))
    if keys != former_keys:
        openings = count_openings(request.user, Evidence, keys)
        setattr(request, _OPENINGS_ATTRIBUTE, (keys, openings))
    return openings


@keep_page(is_personal=False, besides=_count_openings)
def _keep_list(request: EditionRequest) -> HttpResponse:
    user, country = request.user, request.edition.country
    editions, chosen = editions_of_page_country(request), _read_filters(request)
    if exports.is_export_requested(request):
        keys_found = _find_keys(request, chosen)
        opened_by = count_openings(user, Evidence)
        pieces = evidence_with_details(user).filter(pk__in=keys_found.order_by())
        rows = list(pieces.order_by(*keys_found.query.order_by))
        reversals = find_reversals(user, country, [row.pk for row in rows])
        lines = [_evidence_row(row, editions, opened_by.get(row.pk), reversals) for row in rows]
        heads = [str(head) for head in EXPORT_HEADERS]
        return exports.export_rows(request, "evidence", heads, [_export_row(line) for line in lines])
    # First select the rows of the page with an index, then load the details of these few.
    found, openings = _find_page(request), _count_openings(request)
    shown = {row.pk: row for row in _WITH_DETAILS.find(user, keys=list(found.keys))}
    reversals = find_reversals(user, country, found.keys)
    context = {
        "reads_log": can_read_log(user),
        "filter": chosen,
        "is_narrowed": chosen.is_narrowing,
        "page": Paginator(range(found.total), PAGE_SIZE).get_page(found.number),
        "lines": [_evidence_row(shown[key], editions, openings.get(key), reversals) for key in found.keys],
    }
    return render_page(request, "dialogues/evidence_list.html", context, partial="rows")


_WITH_DETAILS = VisibleRows[Evidence](
    lambda reader, keys: evidence_with_details(reader).filter(is_one_of("pk", keys)), keys=list
)


def _find_page(request: EditionRequest) -> _FoundEvidence:
    """Return what is on the page. It is looked for once for each version of the record."""

    def find() -> _FoundEvidence:
        found = _find_keys(request, _read_filters(request))
        # Words are looked for once, not once to count the rows and once to find those of the page.
        keys = list(found) if request.GET.get("q") else found
        page = Paginator(keys, PAGE_SIZE).get_page(request.GET.get("page"))
        return _FoundEvidence(page.paginator.count, page.number, tuple(page))

    query = request.META["QUERY_STRING"]
    if len(query) > MAX_QUERY_LENGTH:
        return find()
    return keep_value(request, ("evidence on a page", request.edition.pk, query), [request.edition.country_id], find)


_BENCHMARKS = VisibleRows[Benchmark](
    lambda reader, edition: (
        Benchmark.objects.visible_to(reader)
        .filter(recommendation__edition=edition)
        .select_related("recommendation")
        .with_terms()
    ),
    edition=int,
)


def _read_filters(request: EditionRequest) -> EvidenceFilterForm:
    """Return the filters of the request. Those that are not valid are ignored."""
    user, edition = request.user, request.edition

    def list_choices() -> tuple[Choices, Choices]:
        benchmarks = benchmark_choices(_BENCHMARKS.find(user, edition=edition.pk))
        return benchmarks, [(str(row.pk), row.name) for row in Partner.objects.visible_to(user, edition.country)]

    key = ("filters of evidence", edition.pk, get_language())
    benchmarks, partners = keep_value(request, key, [edition.country_id], list_choices)
    chosen = EvidenceFilterForm(request.GET, benchmarks=benchmarks, partners=partners)
    chosen.is_valid()
    return chosen


def _find_keys(request: EditionRequest, chosen: EvidenceFilterForm) -> QuerySet[Any, Any]:
    visible = Evidence.objects.visible_to(request.user, request.edition.country).current()
    order = ORDERINGS[EvidenceOrder(chosen.cleaned_data.get("sort") or EvidenceOrder.HAPPENED)]
    return _filter_evidence(visible, chosen.cleaned_data).order_by(*order).values_list("pk", flat=True)


def _evidence_row(
    row: Evidence, editions: Sequence[Edition], opened: OpeningCount | None, reversals: Reversals
) -> EvidenceRow:
    does_not_count = describe_outside_period(editions, row.first_day, row.happened_to)
    shown = _link_summaries(row, editions, reversals)
    partner = str(row.partner or "")
    return EvidenceRow(EvidenceSummary.of(row), row.recorded_at, does_not_count, shown, opened, partner)


EXPORT_HEADERS = (
    gettext_lazy("Number"), gettext_lazy("What happened"), gettext_lazy("Start date"), gettext_lazy("End date"),
    gettext_lazy("Does not count"), gettext_lazy("Type of evidence"), gettext_lazy("Who did it"),
    gettext_lazy("Partner"), gettext_lazy("Stated by"), gettext_lazy("Source"), gettext_lazy("Link"),
    gettext_lazy("File"),
    gettext_lazy("Benchmark"), gettext_lazy("What it shows"), gettext_lazy("Review"), gettext_lazy("Reviewed by"),
    gettext_lazy("Last reviewed"), gettext_lazy("Reason"), gettext_lazy("Reversed"), gettext_lazy("Recorded"),
    gettext_lazy("Opened by (people)"), gettext_lazy("Last opened"),
    gettext_lazy("SHA-256 of the file as received"), gettext_lazy("SHA-256 of the file as stored"),
)  # fmt: skip


def _export_row(line: EvidenceRow) -> tuple[object, ...]:
    piece = line.piece
    file = piece.file
    reviews = list({each.review.pk: each.review for each in line.shown if each.review}.values())
    reviewed_at = max((review.recorded_at for review in reviews), default=None)
    return (
        piece.pk, piece.title, piece.first_day, piece.happened_to, line.outside, piece.kind, piece.done_by,
        line.partner, piece.stated_by, piece.source, piece.link, file.name if file else "",
        _joined(each.key for each in line.shown), _joined(each.shows for each in line.shown),
        _joined(each.decision_in_words for each in line.shown),
        _joined(dict.fromkeys(review.recorded_by.name for review in reviews)), reviewed_at,
        _joined(dict.fromkeys(review.reason for review in reviews)),
        _joined(f"{each.key} {each.reversal}".strip() for each in line.shown if each.reversal),
        line.received_at, line.opened.people if line.opened else None,
        clock.to_domain_time(line.opened.last_at) if line.opened else None,
        file.received_sha256 if file else "", file.stored_sha256 if file else "",
    )  # fmt: skip


def _joined(texts: Iterable[str]) -> str:
    """Return the texts of a cell, one for each benchmark or figure of the evidence, in their order."""
    return "; ".join(texts)


def _filter_evidence(rows: EvidenceQuerySet, chosen: dict[str, Any]) -> EvidenceQuerySet:
    rows = filter_by_words(rows, chosen.get("q") or "", *SEARCH_FIELDS)
    shows = SupportKind(chosen["shows"]) if chosen.get("shows") else None
    if shows:
        supports = (
            model.objects.filter(evidence=OuterRef("pk"), shows=shows) for model in (EvidenceLink, EvidenceIndicium)
        )
        rows = rows.filter(reduce(or_, map(Exists, supports)))
    if (decision := chosen.get("word")) == UNREVIEWED_CHOICE[0]:
        rows = rows.without_review()
    elif decision in DECISIONS_ENDING_CLAIMS:
        rows = rows.with_ended_claim(UpdateDecision(decision))
    elif decision:
        rows = rows.with_newest_review(EvidenceDecision(decision), shows)
    if done_by := chosen.get("done_by"):
        rows = rows.filter(done_by__in=GOVERNMENT_DOERS if done_by == BY_GOVERNMENT_CHOICE[0] else [done_by])
    lookups = {
        "kind": "kind",
        "benchmark": "evidence_links__benchmark",
        "indicium": "indicia__indicium",
        "partner": "partner",
        "since": "happened_to__gte",
        "until": "happened_to__lte",
    }
    return rows.filter(**{lookup: chosen[name] for name, lookup in lookups.items() if chosen.get(name)})


def _link_summaries(evidence: Evidence, editions: Sequence[Edition], reversals: Reversals) -> list[LinkSummary]:
    shown = [
        LinkSummary(
            format_benchmark_key(editions, evidence_link.benchmark),
            SupportKind(evidence_link.shows).label,
            review_of(evidence, evidence_link),
            reversals.get((evidence.pk, evidence_link.benchmark_id), ""),
            evidence.claim_ended,
        )
        for evidence_link in evidence.evidence_links.all()
    ]
    reversal = reversals.get((evidence.pk, None), "")
    counted = [
        LinkSummary("", row.indicator.name, review_of(evidence, None), reversal, evidence.claim_ended)
        for row in evidence.readings.all()
    ]
    topics = [
        LinkSummary(str(topic), shows, review_of(evidence, None), reversal, evidence.claim_ended)
        for topic, shows in (
            *((row, SupportKind(row.shows).label) for row in evidence.indicia.all()),
            *((row, gettext("A fact")) for row in evidence.question_links.all()),
        )
    ]
    return shown + topics + counted
