"""The register of evidence: every piece, searched, narrowed and sorted by the address."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from dialogues.choices import Review, Shows
from dialogues.forms.evidence_filters import UNREVIEWED, RegisterFilter, Sort
from dialogues.forms.fields import benchmark_choices
from dialogues.models import Evidence
from dialogues.models.evidence import EvidenceQuerySet
from dialogues.views.edition_context import key_in, outside
from dialogues.views.evidence_query import Piece, with_what_it_shows
from dialogues.views.timeline import newest
from recommendations.edition_context import AtEdition, editions_here
from recommendations.models import Benchmark, Edition
from tiptracker import clock
from tiptracker.audit.permissions import can_read_log
from tiptracker.audit.subjects import Opened, opened
from tiptracker.web import exports
from tiptracker.web.pages import render_page
from tiptracker.web.search import matching

PAGE_SIZE = 25
SEARCHED = ("title", "stated_by", "source", "round__narrative")
ORDER: dict[Sort, tuple[Any, ...]] = {
    Sort.HAPPENED: ("-happened_to", "-pk"),
    Sort.RECEIVED: ("-recorded_at", "-pk"),
    Sort.TITLE: (Lower("title"), "pk"),
}


class Shown(NamedTuple):
    """What a piece shows on a benchmark (key ""; the piece itself), and the embassy's word on that."""

    key: str
    shows: str
    word: Review | None

    @property
    def in_words(self) -> str:
        """ "3b A concrete action: verified"."""
        word = self.word.label.lower() if self.word else "not reviewed"
        return f"{self.key} {self.shows}: {word}".strip()


class Line(NamedTuple):
    """A piece of evidence in the register."""

    piece: Piece
    received_at: datetime
    outside: str
    shown: Sequence[Shown]
    opened: Opened | None


@login_required
@require_safe
def evidence_list(request: AtEdition) -> HttpResponse:
    """Every piece of evidence that the embassy holds of the edition's country: the last revision of each."""
    user = request.user
    if not user.is_embassy:
        raise PermissionDenied
    editions = editions_here(request)
    benchmarks = Benchmark.objects.visible_to(user).select_related("recommendation").with_terms()
    asked = benchmark_choices(benchmarks.filter(recommendation__edition=request.edition))
    chosen = RegisterFilter(request.GET, benchmarks=asked)
    chosen.is_valid()
    here = Evidence.objects.visible_to(user, request.edition.country).current()
    order = ORDER[Sort(chosen.cleaned_data.get("sort") or Sort.HAPPENED)]
    found = _narrowed(here, chosen.cleaned_data).order_by(*order).values_list("pk", flat=True)
    if exports.is_asked(request):
        opened_by = opened(user, Evidence)
        rows = with_what_it_shows(user).filter(pk__in=found.order_by()).order_by(*order)
        lines = [_line(row, editions, opened_by.get(row.pk)) for row in rows]
        return exports.export(request, "evidence", HEADS, [_cells(line) for line in lines])
    # First which rows, by an index; then all that is told of these few.
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    keys = list(page)
    shown = with_what_it_shows(user).in_bulk(keys)
    opened_by = opened(user, Evidence, keys)
    context = {
        "reads_log": can_read_log(user),
        "filter": chosen,
        "is_narrowed": chosen.is_narrowing,
        "page": page,
        "lines": [_line(shown[key], editions, opened_by.get(key)) for key in keys],
    }
    return render_page(request, "dialogues/evidence_list.html", context, partial="rows")


def _line(row: Evidence, editions: Sequence[Edition], opened: Opened | None) -> Line:
    does_not_count = outside(editions, row.first_day, row.happened_to)
    return Line(Piece.of(row), row.recorded_at, does_not_count, _shown(row, editions), opened)


HEADS = (
    "What happened", "First day", "Last day", "Does not count", "Kind", "Who did it", "Who says so", "Source", "Link",
    "File", "Hash of the file as sent", "Hash of the file as kept", "It shows", "Received", "Opened by (people)",
    "Last opened",
)  # fmt: skip


def _cells(line: Line) -> tuple[object, ...]:
    piece = line.piece
    file = piece.file
    shown = "; ".join(each.in_words for each in line.shown)
    return (
        piece.title, piece.first_day, piece.happened_to, line.outside, piece.kind, piece.done_by, piece.stated_by,
        piece.source, piece.link, file.name if file else "", file.received_sha256 if file else "",
        file.stored_sha256 if file else "", shown, line.received_at, line.opened.people if line.opened else None,
        clock.as_shown(line.opened.last_at) if line.opened else None,
    )  # fmt: skip


def _narrowed(rows: EvidenceQuerySet, chosen: dict[str, Any]) -> EvidenceQuerySet:
    rows = matching(rows, chosen.get("q") or "", *SEARCHED)
    for name in ("kind", "done_by"):
        if chosen.get(name):
            rows = rows.filter(**{name: chosen[name]})
    if benchmark := chosen.get("benchmark"):
        rows = rows.filter(bearings__benchmark=benchmark)
    if word := chosen.get("word"):
        rows = rows.filter(reviews__isnull=True) if word == UNREVIEWED[0] else rows.said(Review(word))
    if since := chosen.get("since"):
        rows = rows.filter(happened_to__gte=since)
    if until := chosen.get("until"):
        rows = rows.filter(happened_to__lte=until)
    return rows


def _shown(evidence: Evidence, editions: Sequence[Edition]) -> list[Shown]:
    reviews = list(evidence.reviews.all())

    def word(bearing: int | None) -> Review | None:
        holds = newest(review for review in reviews if review.bearing_id == bearing)
        return Review(holds.decision) if holds else None

    shown = [
        Shown(key_in(editions, bearing.benchmark), Shows(bearing.shows).label, word(bearing.pk))
        for bearing in evidence.bearings.all()
    ]
    counted = [Shown("", reading.indicator.name, word(None)) for reading in evidence.readings.all()]
    return shown + counted
