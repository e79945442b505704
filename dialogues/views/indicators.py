"""Pages about indicators: the grid by period, and forms to enter figures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from dialogues import permissions
from dialogues.actions.evidence import log_readings
from dialogues.actions.readings import ReadingInput, ReadingPartInput, part_field_name
from dialogues.choices import EvidenceDecision
from dialogues.effective_reading import find_effective_reading
from dialogues.forms.fields import NO_DATA, to_direction
from dialogues.forms.figures import get_decimal_mark
from dialogues.forms.indicators import PasteForm, ReadingPartsForm, ReadingRow, ReadingSourceForm
from dialogues.models import EvidenceReview, InformationRequest, Reading
from dialogues.pasted_figures import CountedItem, PastedFigure, PastedFigures, parse_pasted_figures
from dialogues.target_standings import TargetStanding, list_standings
from dialogues.views.page_context import duplicate_link
from dialogues.views.request_rows import AskedFigureState, describe_asked_figures
from dialogues.views.uploads import UploadResult, store_uploads
from recommendations.edition_context import (
    EditionRequest,
    default_edition_of_country,
    edition_url,
    get_page_edition,
    set_page_country,
)
from recommendations.kept_pages import keep_page
from recommendations.models import BenchmarkTerms, Edition, Indicator
from recommendations.permissions import can_set_up_indicators
from recommendations.tracking_period import year_before
from tiptracker import clock
from tiptracker.accounts.models import District, User
from tiptracker.localization import format_number, gettext_lazy, ngettext
from tiptracker.web import exports
from tiptracker.web.form_pages import save_form, sent_data
from tiptracker.web.frontend.form_rows import invalid_forms, mark_as_seen, raw_values
from tiptracker.web.pages import SignedInRequest, render_page

MAX_PERIODS = 4


class GridPeriod(NamedTuple):
    """A column of the grid: a tracking period, or an earlier year like it."""

    first: date
    last: date

    @property
    def short(self) -> str:
        """Return the short label for phones, such as "2021–22"."""
        return f"{self.first.year}–{self.last:%y}"


class GridCell(NamedTuple):
    """The reading of an indicator that applies to a period, and its review decision.

    `claimed` is a later reading that nobody has reviewed yet. It doesn't replace a verified one.
    """

    reading: Reading
    decision: EvidenceDecision | None
    reaches_period_end: bool
    claimed: Reading | None = None

    @classmethod
    def of(cls, readings: Sequence[Reading], period: GridPeriod) -> "GridCell | None":
        """Return the cell for all readings of a period; None without readings.

        A figure of an update that was returned or withdrawn is no claim any more, so it is left out.
        """
        readings = [row for row in readings if not (row.evidence and row.evidence.claim_ended)]
        newest = find_effective_reading(readings)
        verified = find_effective_reading(
            reading for reading in readings if review_decision(reading) is EvidenceDecision.VERIFIED
        )
        reading = verified or newest
        if reading is None or newest is None:
            return None
        claimed = newest if newest is not reading and review_decision(newest) is None else None
        return cls(reading, review_decision(reading), reading.through_on == period.last, claimed)


class PeriodFigure(NamedTuple):
    """What is known of an indicator in a period: the cell (None: nothing was reported), and whether it was asked for.

    `asked` says what came of the newest request for it; empty if no ministry was asked. `ask_url` is the form to ask
    for it, where that is of use and the user may.
    """

    period: GridPeriod
    cell: GridCell | None
    asked: str
    ask_url: str


class IndicatorRow(NamedTuple):
    """An indicator's row: its annual target, and what is known of it in each period."""

    indicator: Indicator
    figures: Sequence[PeriodFigure]
    standing: TargetStanding

    @property
    def cells(self) -> list[tuple[GridPeriod, GridCell | None]]:
        return [(figure.period, figure.cell) for figure in self.figures]


@login_required
@require_safe
@keep_page(is_personal=False)
def indicator_list(request: EditionRequest) -> HttpResponse:
    """Show the indicators by period, newest period first."""
    user = request.user
    if not user.is_embassy:
        raise PermissionDenied
    edition = request.edition
    indicators = _indicators(user, edition)
    readings = list(unrevised_readings(user).filter(indicator__in=indicators))
    if exports.is_export_requested(request):
        return exports.export_rows(
            request, "indicators", [str(head) for head in EXPORT_HEADERS], [_export_row(row) for row in readings]
        )
    periods = _periods(edition, readings)
    requests = InformationRequest.objects.visible_to(user, edition.country).filter(edition=edition)
    asked = describe_asked_figures(list(requests.with_history()), clock.today(edition.country.time_zone))
    can_ask = permissions.can_ask_for_information(user, edition.country)
    standings = list_standings(user, edition, indicators, today=clock.today(edition.country.time_zone))
    context = {
        "edition": edition,
        "periods": periods,
        "rows": [
            IndicatorRow(
                indicator,
                _period_figures(edition, indicator, periods, readings, asked.get(indicator.pk, ()), can_ask=can_ask),
                standing,
            )
            for indicator, standing in zip(indicators, standings, strict=True)
        ],
        "can_set_target": can_set_up_indicators(user, edition.country)
        and default_edition_of_country(request, edition.country) == edition,
        "can_enter": permissions.can_log_evidence(user, edition.country),
        "can_set_up": can_set_up_indicators(user, edition.country),
    }
    return render_page(request, "dialogues/indicator_list.html", context)


def _period_figures(
    edition: Edition,
    indicator: Any,
    periods: Sequence[GridPeriod],
    readings: Iterable[Reading],
    asked: Iterable[AskedFigureState],
    *,
    can_ask: bool,
) -> list[PeriodFigure]:
    """Return what is known of an indicator in each period.

    It can be asked for in the edition's period and in the year before. `indicator` has `is_asked`.
    """
    years = {edition.starts_on: "", edition.year_before[0]: "before"}
    figures = []
    for period, cell in zip(periods, _grid_cells(indicator, periods, readings), strict=True):
        text = next((each.text for each in asked if period.first <= each.starts_on <= period.last), "")
        lacks_figure = cell is None or cell.reading.is_no_data
        ask_url = ""
        if can_ask and indicator.is_asked and lacks_figure and not text and period.first in years:
            query = {"indicator": indicator.pk, "years": years[period.first]}
            ask_url = edition_url(edition, "information_request_add", query={k: v for k, v in query.items() if v})
        figures.append(PeriodFigure(period, cell, text, ask_url))
    return figures


class PastePreview(NamedTuple):
    """What was found in the pasted text, and which figures the page has filled in."""

    pasted: PastedFigures
    filled: Sequence[PastedFigure]


@login_required
def indicator_enter(request: EditionRequest) -> HttpResponse:
    """Enter figures from one source, one row for each indicator, typed or pasted from a spreadsheet.

    Pasted figures first fill the form: that is the preview. They are saved when the user sends the form again.
    """
    user, edition = request.user, request.edition
    now = clock.now(edition.country.time_zone)
    if not permissions.can_log_evidence(user, edition.country):
        raise PermissionDenied
    indicators = _indicators(user, edition)
    readings = list(unrevised_readings(user).filter(indicator__in=indicators))
    data, uploads = sent_data(request), store_uploads(request, now=now)
    form, paste = _source_form(request, edition, now, uploads), PasteForm(data)
    rows = [ReadingRow(data, indicator=indicator) for indicator in indicators]
    preview = _preview_paste(request, paste, indicators)
    if preview is not None:
        initial = {name: form.data.get(name, "") for name in form.fields if name != "files"}
        form = ReadingSourceForm(initial=initial, today=now.date(), edition=edition, stored_files=uploads.files[-1:])
        filled = {figure.item.key: figure for figure in preview.filled}
        rows = [_fill_row(row, filled.get(row.indicator.pk)) for row in rows]
        mark_as_seen(paste, "previewed", paste.cleaned_data["pasted"])
        for sentence in uploads.refusals:
            messages.warning(request, sentence)
    elif all([paste.is_valid(), *(row.is_valid() for row in rows)]) and (
        recorded := save_form(
            form,
            lambda: log_readings(
                country=edition.country,
                counts=[_reading_input(row.indicator, form, row.cleaned_data) for row in rows if row.is_filled],
                by=user,
                now=now,
                **_source_values(form),
            ),
        )
    ):
        messages.success(request, _recorded_message(len(recorded)))
        return redirect(edition_url(edition, "indicator_list"))
    period = GridPeriod(edition.starts_on, edition.ends_on)
    context = {
        "form": form,
        "paste": paste,
        "preview": preview,
        "lines": [
            (row, *_grid_cells(row.indicator, [GridPeriod(*edition.year_before), period], readings)) for row in rows
        ],
        "refused_forms": invalid_forms(paste, form, *rows),
        "recorded_before": duplicate_link(form.refusal, "evidence_detail"),
        "attached": uploads.files[-1:],
        "edition": edition,
    }
    is_refused = form.is_bound or (preview is not None and not preview.pasted.figures)
    response = render_page(request, "dialogues/indicator_enter.html", context, status=422 if is_refused else 200)
    return uploads.with_retry_after(response)


@login_required
def reading_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Enter one figure of an indicator with its breakdowns by form of trafficking, sex, age and district."""
    user = request.user
    indicator = get_object_or_404(Indicator.objects.visible_to(user).select_related("country"), pk=pk)
    set_page_country(request, indicator.country)
    edition = get_page_edition(request)
    if edition is None or not permissions.can_log_evidence(user, indicator.country):
        raise PermissionDenied
    now = clock.now(indicator.country.time_zone)
    uploads = store_uploads(request, now=now)
    form = _source_form(request, edition, now, uploads)
    names = District.objects.filter(country=indicator.country).values_list("name", flat=True)
    parts = ReadingPartsForm(sent_data(request), indicator=indicator, districts=list(names))
    if save_form(
        form,
        lambda: log_readings(
            country=indicator.country,
            counts=[_reading_with_parts(indicator, form, parts)],
            by=user,
            now=now,
            **_source_values(form),
        ),
        also=[parts],
    ):
        messages.success(request, _recorded_message(1))
        return redirect("indicator_detail", indicator.pk)
    context = {
        "indicator": indicator,
        "form": form,
        "parts": parts,
        "refused_forms": invalid_forms(parts, form),
        "recorded_before": duplicate_link(form.refusal, "evidence_detail"),
        "attached": uploads.files[-1:],
    }
    status = 422 if form.is_bound else 200
    return uploads.with_retry_after(render_page(request, "dialogues/reading_add.html", context, status=status))


EXPORT_HEADERS = (
    gettext_lazy("Indicator"), gettext_lazy("Unit"), gettext_lazy("Start date"), gettext_lazy("End date"),
    gettext_lazy("Figure"), gettext_lazy("Without a figure"), gettext_lazy("Note"), gettext_lazy("Stated by"),
    gettext_lazy("Source"), gettext_lazy("Embassy’s review"), gettext_lazy("Recorded"),
)  # fmt: skip


def _export_row(reading: Reading) -> tuple[object, ...]:
    decision, evidence = review_decision(reading), reading.evidence
    return (
        reading.indicator.name, reading.indicator.unit, reading.starts_on, reading.through_on, reading.figure,
        "" if reading.figure is not None else reading.display_value,
        reading.note, evidence.stated_by if evidence else "",
        evidence.source if evidence else reading.source, decision.label if decision else "", reading.recorded_at,
    )  # fmt: skip


def _indicators(user: User, edition: Edition) -> list[Indicator]:
    """Return the indicators of the edition's country, each with `is_asked`.

    A benchmark, a question of the law or a yearly question asks for it. Yearly questions ask for standard indicators.
    """
    newest = BenchmarkTerms.objects.filter(benchmark=OuterRef("benchmark")).order_by("-recorded_at", "-pk")
    asking = BenchmarkTerms.objects.visible_to(user).filter(
        pk=Subquery(newest.values("pk")[:1]),
        indicator=OuterRef("pk"),
        benchmark__recommendation__edition=edition,
        benchmark__recommendation__is_retired=False,
    )
    rows = Indicator.objects.visible_to(user).filter(country=edition.country)
    return list(rows.annotate(is_asked=Exists(asking) | ~Q(question="") | ~Q(catalogue_key="")))


def list_readings(user: User) -> QuerySet[Reading]:
    """Return the readings with their breakdowns, their evidence, and the reviews of the evidence itself."""
    reviews = EvidenceReview.objects.visible_to(user).filter(evidence_link=None)
    return (
        Reading.objects.visible_to(user)
        .with_asked()
        .select_related("evidence__revised_by", "evidence__update_version__decision", "indicator")
        .prefetch_related("parts", Prefetch("evidence__reviews", reviews))
    )


def unrevised_readings(user: User) -> QuerySet[Reading]:
    """Return the readings that still count: their evidence was not revised by a later entry."""
    return list_readings(user).filter(evidence__revised_by__isnull=True)


def review_decision(reading: Reading) -> EvidenceDecision | None:
    """Return the review decision on the evidence of a reading; None if it is not reviewed or cites no evidence."""
    review = reading.evidence.newest_own_review if reading.evidence else None
    return EvidenceDecision(review.decision) if review else None


def _periods(edition: Edition, readings: Iterable[Reading]) -> list[GridPeriod]:
    """Return the edition's period, the year before, and earlier years with readings, newest first."""
    oldest = min((reading.starts_on for reading in readings), default=edition.starts_on)
    periods = [GridPeriod(edition.starts_on, edition.ends_on)]
    while len(periods) < MAX_PERIODS and (len(periods) < 2 or periods[-1].first > oldest):
        periods.append(GridPeriod(*year_before(periods[-1].first)))
    return periods


def _grid_cells(
    indicator: Indicator, periods: Sequence[GridPeriod], readings: Iterable[Reading]
) -> list[GridCell | None]:
    """Return an indicator's cell for each period.

    "No data" never replaces a figure, and a claim never replaces a verified reading.
    """
    found: dict[GridPeriod, list[Reading]] = defaultdict(list)
    for reading in readings:
        for period in periods:
            if reading.indicator_id == indicator.pk and period.first <= reading.starts_on <= period.last:
                found[period].append(reading)
    return [GridCell.of(found[period], period) for period in periods]


def _source_form(request: SignedInRequest, edition: Edition, now: datetime, uploads: UploadResult) -> ReadingSourceForm:
    form = ReadingSourceForm(sent_data(request), today=now.date(), edition=edition, stored_files=uploads.files[-1:])
    if form.is_bound:
        form.is_valid()
        uploads.show_refusals(form)
    return form


def _preview_paste(request: SignedInRequest, paste: PasteForm, indicators: Sequence[Indicator]) -> PastePreview | None:
    """Return what the pasted text gives; None if there is none, or if its preview was shown and the user goes on.

    Figures that an earlier preview has filled in are not filled in again, so that a correction in the table stays.
    """
    if not paste.is_valid() or not paste.cleaned_data["pasted"].strip():
        return None
    text, previewed = paste.cleaned_data["pasted"], paste.cleaned_data["previewed"]
    if text == previewed and "fill" not in request.POST:
        return None
    items = [CountedItem(indicator.pk, indicator.name, indicator.unit) for indicator in indicators]
    mark = get_decimal_mark()
    pasted = parse_pasted_figures(text, items, decimal_mark=mark)
    earlier = {figure._replace(line=0) for figure in parse_pasted_figures(previewed, items, decimal_mark=mark).figures}
    return PastePreview(pasted, [each for each in pasted.figures if each._replace(line=0) not in earlier])


def _fill_row(row: ReadingRow, pasted: PastedFigure | None) -> ReadingRow:
    """Return a row as it was typed, or with the pasted values. What they replace is kept beside them."""
    typed = {name: str(value or "") for name, value in raw_values(row).items()}
    if pasted is None:
        return ReadingRow(initial=typed, indicator=row.indicator)
    direction = NO_DATA if pasted.is_not_reported else pasted.direction.value if pasted.direction else ""
    values = {
        "figure": "" if pasted.figure is None else format_number(pasted.figure),
        "direction": direction,
        "note": pasted.note or typed["note"],
    }
    filled = ReadingRow(initial=values, indicator=row.indicator)
    filled.pasted_line = pasted.line
    if (typed["figure"], typed["direction"]) not in (("", ""), (values["figure"], values["direction"])):
        filled.replaced = typed["figure"] or _direction_label(row, typed["direction"])
    elif typed["note"] not in ("", values["note"]):
        filled.replaced = typed["note"]
    return filled


def _direction_label(row: ReadingRow, value: str) -> str:
    choices: Any = row.fields["direction"]
    return str(dict(choices.choices).get(value, value))


def _source_values(form: ReadingSourceForm) -> dict[str, Any]:
    values = {name: form.cleaned_data[name] for name in ("stated_by", "source", "link")}
    return values | {"file": form.stored_files[0] if form.stored_files else None}


def _reading_with_parts(indicator: Indicator, form: ReadingSourceForm, parts: ReadingPartsForm) -> ReadingInput:
    data = parts.cleaned_data
    figures = [
        ReadingPartInput(dimension, category, figure)
        for dimension, categories in parts.breakdowns.items()
        for category in categories
        if (figure := data[part_field_name(dimension, category)]) is not None
    ]
    return _reading_input(indicator, form, data)._replace(parts=figures)


def _reading_input(indicator: Indicator, form: ReadingSourceForm, data: Mapping[str, Any]) -> ReadingInput:
    return ReadingInput(
        indicator=indicator,
        starts_on=form.cleaned_data["starts_on"],
        through_on=form.cleaned_data["through_on"],
        figure=data["figure"],
        direction=to_direction(data["direction"]),
        note=data["note"],
    )


def _recorded_message(number: int) -> str:
    return ngettext(
        "%(number)s figure recorded as a claim. It can count once another person has verified its evidence.",
        "%(number)s figures recorded as claims. Each can count once another person has verified its evidence.",
        number,
    ) % {"number": format_number(number)}
