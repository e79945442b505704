"""Page of what changed between two moments of the record: the lines that moved, their points, and the facts behind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, QueryDict
from django.utils.timezone import localtime

from dialogues.models import Dialogue
from recommendations.choices import Origin
from recommendations.edition_context import EditionRequest, edition_url
from recommendations.kept_pages import keep_page
from recommendations.models import Benchmark, Edition
from reports import request_params
from reports.choices import PartKey
from reports.forms import ChangesForm
from reports.readiness import countable_facts
from reports.readiness.answers import RowReference
from reports.readiness.explanation import changes_display
from reports.readiness.explanation.activity_counts import describe_activity
from reports.readiness.explanation.changes import find_changes, is_known_before
from reports.readiness.explanation.changes_display import LineChangeDisplay, ScoreAtMoment, ScoreChangeDisplay
from reports.readiness.facts import Facts
from reports.request_params import RequestedMoment
from reports.views.access import readiness_page
from reports.views.current_readiness import current_facts
from reports.views.links import PageLink
from reports.views.record_rows import RecordRow, find_record_rows, find_terms_rows, pick_rows
from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import format_date, gettext, join_with_and
from tiptracker.web import exports
from tiptracker.web.form_pages import render_form
from tiptracker.web.frontend.form_rows import add_refusal
from tiptracker.web.pages import render_page

FOUR_WEEKS, WEEK = timedelta(weeks=4), timedelta(weeks=1)


@readiness_page
@keep_page(is_personal=False)
def readiness_changes(request: EditionRequest) -> HttpResponse:
    """Show the changes from one moment of the record to another.

    Default: from four weeks ago, as known at the time, to today.
    """
    edition = request.edition
    try:
        context = _build_context(request, edition)
    except Refused as refusal:
        form = ChangesForm(request.GET, edition=edition)
        add_refusal(form, refusal)
        return render_form(request, "reports/readiness_changes.html", form, {"edition": edition})
    if exports.is_export_requested(request):
        cells = [_export_row(stop, *change) for stop, changes in context["stops"] for change in changes]
        return exports.export_rows(request, "changes", _export_columns(), cells)
    return render_page(request, "reports/readiness_changes.html", context)


def _export_columns() -> tuple[str, ...]:
    return (
        gettext("Recorded"),
        gettext("Ended by"),
        gettext("What changed"),
        gettext("Part"),
        gettext("Points"),
        gettext("Before"),
        gettext("After"),
        gettext("Because of"),
    )


def _export_row(stop: ScoreChangeDisplay, change: LineChangeDisplay, rows: Sequence[RecordRow]) -> tuple[object, ...]:
    """Return a changed line as cells. A line that changed at a moment of knowledge has no date of its own."""
    recorded_at, ended_on = (stop.recorded_at, None) if stop.recorded_at else (None, stop.day)
    points = Decimal(change.points.replace("−", "-"))
    facts = "; ".join(row.text for row in rows)
    line = change.line
    return recorded_at, ended_on, line.title, line.part.label, points, change.reason_before, change.reason_after, facts


def parse_record_moment_range(params: QueryDict, edition: Edition) -> tuple[RequestedMoment, RequestedMoment]:
    """Parse the two moments of the record in an address, `…_from` and `…_to`.

    Without the first, it is four weeks before the second, as known at the time. Raises Refused if the second is before
    the first, in its day or in its moment of knowledge.
    """
    until = request_params.parse_record_moment(params, edition, suffix="_to")
    if any(params.get(f"{name}_from") for name in ("as_of", "known_by", "known_on")):
        since = request_params.parse_record_moment(params, edition, suffix="_from")
    else:
        since = _as_known_then(edition, max(edition.starts_on, until.as_of - FOUR_WEEKS), until)
    if until.as_of < since.as_of:
        raise Refused(
            "reversed_dates",
            gettext("%(end)s is before %(start)s. Give the earlier day first.")
            % {"end": format_date(until.as_of), "start": format_date(since.as_of)},
            field="as_of_to",
        )
    if is_known_before(until.known_by, since.known_by):
        raise Refused(
            "reversed_moments",
            gettext("This day is before the one of the start. Give a later day, or leave it empty."),
            field="known_on_to",
        )
    return since, until


def _as_known_then(edition: Edition, day: date, until: RequestedMoment) -> RequestedMoment:
    """Return a day as known at its end, or as known to `until` if that is earlier."""
    known_by = datetime.combine(day, time.max, ZoneInfo(edition.country.time_zone))
    if until.known_by is not None and until.known_by < known_by:
        known_by = until.known_by
    return RequestedMoment(edition, min(day, until.as_of), known_by, until.today)


def _build_context(request: EditionRequest, edition: Edition) -> dict[str, Any]:
    since, until = parse_record_moment_range(request.GET, edition)
    with snapshot():
        facts = current_facts(request, edition)
        changes = find_changes(facts, since.record_moment, until.record_moment)
        first, last = (
            ScoreAtMoment(
                requested.record_moment,
                score,
                countable_facts.is_reviewed(countable_facts.facts_known_by(facts, requested.known_by)),
            )
            for requested, score in ((since, changes.before), (until, changes.after))
        )
        page = changes_display.display_changes(changes, first, last)
        grounds = _find_grounds(facts, page.rows)
        based_on = {reference for references in grounds.values() for reference in references}
        rows = find_record_rows(request.user, {*page.rows, *based_on}, until.known_by)
        edition_row = rows.get(RowReference("edition", edition.pk))
        terms = find_terms_rows(request.user, edition_row) if edition_row else {}
        presets = _presets(request.user, edition, since)
        wordings = _benchmark_wordings(request.user, edition)
    return {
        "edition": edition,
        "since": since,
        "until": until,
        "form": _build_form(edition, since, until),
        "presets": presets,
        "page": page,
        "has_benchmarks": bool(facts.benchmarks),
        "stops": [(stop, _lines_with_rows(stop, rows, terms, wordings, grounds)) for stop in page.changes],
        "activity": "" if page.changes else describe_activity(facts, since.record_moment, until.record_moment),
    }


def _benchmark_wordings(user: User, edition: Edition) -> dict[str, str]:
    """Return the wording of each benchmark, by the key of its line."""
    rows = Benchmark.objects.visible_to(user).filter(recommendation__edition=edition)
    return {
        f"action_plan_{row.key}" if row.recommendation.origin == Origin.ACTION_PLAN else row.key: row.wording
        for row in rows.select_related("recommendation").with_terms()
    }


def _lines_with_rows(
    stop: ScoreChangeDisplay,
    rows: Mapping[RowReference, RecordRow],
    terms: Mapping[datetime, RecordRow],
    wordings: Mapping[str, str],
    grounds: Mapping[RowReference, Sequence[RowReference]],
) -> list[tuple[LineChangeDisplay, list[RecordRow]]]:
    """Return the lines that changed at this stop, each with its wording and the dated facts that changed it.

    Where terms of the edition were set at this stop, they stand for the edition. An assessment names the evidence that
    it rests on, unless that is among the facts itself.
    """
    if stop.recorded_at and (set_then := terms.get(stop.recorded_at)):
        rows = {**rows, set_then.row: set_then}
    return [
        (
            replace(change, wording=wordings.get(change.line.key, "") if change.line.part is PartKey.ACTION else ""),
            [
                _name_grounds(
                    row, [ground for ground in grounds.get(row.row, ()) if ground not in change.line.rows], rows
                )
                for row in pick_rows(change.line.rows, rows)
            ],
        )
        for change in stop.lines
    ]


def _find_grounds(facts: Facts, references: Iterable[RowReference]) -> dict[RowReference, list[RowReference]]:
    """Return the evidence that each assessment among these rows rests on."""
    assessments = {row.id: row for row in facts.assessments}
    return {
        reference: [RowReference("evidence", key) for key in sorted(assessments[reference.id].evidence_ids)]
        for reference in references
        if reference.type == "assessment" and reference.id in assessments
    }


def _name_grounds(row: RecordRow, grounds: Sequence[RowReference], rows: Mapping[RowReference, RecordRow]) -> RecordRow:
    """Return an assessment with the titles of the evidence that it rests on: what happened, not only the verdict."""
    titles = [gettext("“%(title)s”") % {"title": ground.text} for ground in pick_rows(grounds, rows)]
    if not titles:
        return row
    values = {"assessment": row.text, "evidence": join_with_and(titles)}
    return row._replace(text=gettext("%(assessment)s. It rests on: %(evidence)s") % values)


def _build_form(edition: Edition, since: RequestedMoment, until: RequestedMoment) -> ChangesForm:
    initial: dict[str, date | None] = {"as_of_from": since.as_of, "as_of_to": until.as_of}
    for name, requested in (("known_on_from", since), ("known_on_to", until)):
        initial[name] = localtime(requested.known_by).date() if requested.known_by else None
    return ChangesForm(initial=initial, edition=edition, today=until.today)


def _presets(user: User, edition: Edition, since: RequestedMoment) -> list[PageLink]:
    """Offer: since the last dialogue, since last week, and the start day as known then against as known now."""
    today, starts_on = since.today, edition.starts_on
    dialogues = Dialogue.objects.visible_to(user).held().filter(country=edition.country_id)
    last = dialogues.filter(held_on__range=(starts_on, today)).order_by("-held_on").first()
    presets = []
    if last:
        label = gettext("Since the last dialogue, %(date)s") % {"date": format_date(last.held_on)}
        presets.append(_preset_since(label, edition, last.held_on))
    if today - WEEK >= starts_on:
        presets.append(_preset_since(gettext("Since last week"), edition, today - WEEK))
    if since.as_of < today:
        label = gettext("%(date)s: known at the time and with later information")
        label %= {"date": format_date(since.as_of)}
        presets.append(_preset_since(label, edition, since.as_of, as_of_to=since.as_of))
    return presets


def _preset_since(label: str, edition: Edition, day: date, **other_days: date) -> PageLink:
    """Return a comparison that starts on a day, as known at its end."""
    days = {"as_of_from": day, "known_on_from": day} | other_days
    query = {name: value.isoformat() for name, value in days.items()}
    return PageLink(edition_url(edition, "readiness_changes", query=query), label)
