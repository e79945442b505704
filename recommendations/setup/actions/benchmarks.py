"""Accept benchmarks suggested from a recommendation's wording, as an officer has edited them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from recommendations.actions.benchmarks import add_benchmark
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.choices import Better, EffortQuestion, Pillar, Rule
from recommendations.models import Benchmark, Indicator, Recommendation
from recommendations.permissions import can_edit_recommendations
from recommendations.setup.benchmark_suggestions import BenchmarkSuggestion, SuggestedIndicator, suggest_benchmarks
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.text_rules import normalize_name
from tiptracker.validation import insert_row, require_text


class NewIndicator(NamedTuple):
    """An indicator to create.

    `question` is the question of "increasing efforts" that it answers. `ministry` reports its figure, if one is set.
    """

    name: str
    unit: str
    question: EffortQuestion | None = None
    ministry: Ministry | None = None


class AcceptedBenchmark(NamedTuple):
    """A benchmark as accepted. The rules that count need an indicator."""

    criterion: str
    rule: Rule
    target: Decimal | None
    indicator: Indicator | NewIndicator | None
    is_about_complicity: bool


@transaction.atomic
def accept_benchmarks(
    *, recommendation: Recommendation, accepted: Sequence[AcceptedBenchmark], reason: str, by: User, now: datetime
) -> list[Benchmark]:
    """Add the accepted benchmarks of a recommendation, and the indicators that they need; all of them or none.

    The field of a refusal is, for example, "accepted-1-target": the position, from 0, and the wrong field.
    Raises PermissionDenied, Refused.
    """
    if not can_edit_recommendations(by, recommendation.edition):
        raise PermissionDenied
    if not accepted:
        raise Refused("required", gettext("Tick at least one suggestion, or add a benchmark of your own."))
    (locked,) = _lock([recommendation])
    enqueue_readiness(locked.edition.country_id)
    return _add_accepted(locked, accepted, reason=reason, by=by, now=now)


def _lock(recommendations: Sequence[Recommendation]) -> list[Recommendation]:
    """Lock recommendations of one edition, in the order of their keys.

    The country is locked too, so that two recommendations can't both create the same indicator.
    """
    Country.objects.select_for_update(no_key=True).get(pk=recommendations[0].edition.country_id)
    rows = Recommendation.objects.select_for_update(no_key=True, of=("self",)).select_related("edition")
    return list(rows.filter(pk__in=[row.pk for row in recommendations]).order_by("pk"))


def _add_accepted(
    locked: Recommendation, accepted: Sequence[AcceptedBenchmark], *, reason: str, by: User, now: datetime
) -> list[Benchmark]:
    """Add the accepted benchmarks of a locked recommendation. Raises Refused, as `accept_benchmarks` says."""
    pillar = Recommendation.objects.with_pillar().get(pk=locked.pk).pillar
    known = {normalize_name(benchmark.wording) for benchmark in locked.benchmarks.with_terms()}
    added = []
    for number, chosen in enumerate(accepted):
        line = f"accepted-{number}"
        if normalize_name(chosen.criterion.strip()) in known:
            raise Refused(
                "same_criterion",
                gettext("A benchmark with this success criterion already exists. Untick this one."),
                field=f"{line}-criterion",
            )
        known.add(normalize_name(chosen.criterion.strip()))
        indicator = chosen.indicator
        if isinstance(indicator, NewIndicator):
            indicator = _get_or_add_indicator(locked, indicator, Pillar(pillar), line, by)
        values = chosen._asdict() | {"indicator": indicator, "weight": Decimal(1), "reason": reason}
        try:
            benchmark = add_benchmark(recommendation=locked, by=by, now=now, **values)
        except Refused as refusal:
            field = refusal.field if refusal.field in (None, "reason") else f"{line}-{refusal.field}"
            raise Refused(refusal.code, str(refusal), field=field) from refusal
        added.append(benchmark)
    return added


@transaction.atomic
def accept_all_suggestions(
    *, recommendations: Sequence[Recommendation], districts: int, division: str, reason: str, by: User, now: datetime
) -> list[Benchmark]:
    """Add the benchmarks suggested for each of these recommendations of one edition, unchanged; all of them or none.

    A recommendation that has benchmarks meanwhile is left out. `districts` and `division` are the number of districts
    of the country and what it calls one. Raises PermissionDenied, Refused.
    """
    added: list[Benchmark] = []
    if not all(can_edit_recommendations(by, recommendation.edition) for recommendation in recommendations):
        raise PermissionDenied
    locked = _lock(recommendations) if recommendations else []
    waiting = [recommendation for recommendation in locked if not recommendation.benchmarks.exists()]
    if waiting:
        enqueue_readiness(waiting[0].edition.country_id)
    for recommendation in waiting:
        indicators = list(Indicator.objects.filter(country=recommendation.edition.country_id))
        suggestions = suggest_benchmarks(recommendation.text, districts=districts, division=division)
        accepted = [_accept_unchanged(suggestion, indicators) for suggestion in suggestions]
        added += _add_accepted(recommendation, accepted, reason=reason, by=by, now=now)
    if not added:
        raise Refused("unchanged", gettext("Every recommendation has a benchmark already. Nothing was added."))
    return added


def _accept_unchanged(suggestion: BenchmarkSuggestion, indicators: Sequence[Indicator]) -> AcceptedBenchmark:
    """Return a suggestion as accepted. It uses an existing indicator if one fits."""
    counted = suggestion.counted
    indicator: Indicator | NewIndicator | None = None
    if counted:
        fitting = find_fitting_indicator(counted, indicators)
        indicator = fitting or NewIndicator(counted.name, counted.unit, counted.question)
    target = None if suggestion.target is None else Decimal(suggestion.target)
    return AcceptedBenchmark(suggestion.criterion, suggestion.rule, target, indicator, suggestion.is_about_complicity)


def find_fitting_indicator(counted: SuggestedIndicator, indicators: Sequence[Indicator]) -> Indicator | None:
    """Return the indicator with the suggested name, or that answers the same question; None if there is none."""
    fitting = (
        indicator
        for indicator in indicators
        if indicator.name == counted.name or (counted.question and indicator.question == counted.question)
    )
    return next(fitting, None)


def _get_or_add_indicator(
    recommendation: Recommendation, typed: NewIndicator, pillar: Pillar, line: str, by: User
) -> Indicator:
    """Return the country's indicator of that name, or create it.

    If another indicator already answers its question, the new one is created without a question.
    """
    country = recommendation.edition.country_id
    name = require_text(typed.name, gettext("Write the name of the indicator."), field=f"{line}-new_name")
    unit = require_text(typed.unit, gettext("Write the unit, such as “districts”."), field=f"{line}-new_unit")
    if typed.ministry and typed.ministry.country_id != country:
        sentence = gettext("That ministry belongs to another country. Choose a ministry of this country.")
        raise Refused("another_country", sentence, field=f"{line}-new_ministry")
    existing = {normalize_name(indicator.name): indicator for indicator in Indicator.objects.filter(country=country)}
    if same := existing.get(normalize_name(name)):
        if normalize_name(same.unit) != normalize_name(unit):
            sentence = gettext(
                "An indicator “%(name)s” with the unit “%(unit)s” already exists. Give this one another name."
            ) % {"name": str(same), "unit": same.unit}
            raise Refused("another_unit", sentence, field=f"{line}-new_name")
        if typed.ministry and typed.ministry.pk != same.ministry_id:
            sentence = gettext(
                "The indicator “%(name)s” already exists. Choose no ministry here. Set it on the page of the indicator."
            ) % {"name": str(same)}
            raise Refused("indicator_exists", sentence, field=f"{line}-new_ministry")
        return same
    is_answered = any(indicator.question == typed.question for indicator in existing.values())
    row = Indicator(
        country_id=country,
        name=name,
        unit=unit,
        better=Better.UP,
        pillar=pillar,
        question="" if typed.question is None or is_answered else typed.question,
        ministry=typed.ministry,
    )
    try:
        insert_row(row)
    except Refused as refusal:
        raise Refused(refusal.code, str(refusal), field=f"{line}-new_{refusal.field}") from refusal
    values = {field: getattr(row, field) for field in ("name", "unit", "better", "pillar", "question")}
    values["ministry"] = row.ministry.name if row.ministry else None
    record("indicator.added", by=by, row=row, country=country, after=values)
    return row
