"""The only writers of what is asked: recommendations, benchmarks and the dated terms these are judged by."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from string import ascii_lowercase
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from recommendations.models import (
    Benchmark,
    BenchmarkTerms,
    Edition,
    EditionTerms,
    Indicator,
    Milestone,
    MilestoneDone,
    Recommendation,
    RecommendationTerms,
    RecommendationWeight,
)
from recommendations.models.recommendations import validate_indicia
from recommendations.permissions import can_edit_recommendations
from recommendations.words import DATES_ALONE, Origin, Pillar, Rule, TextStatus
from tiptracker.accounts.models import Ministry, User
from tiptracker.audit.actions import record
from tiptracker.jobs.actions import enqueue
from tiptracker.refusals import Refused
from tiptracker.rules import ChangedMeanwhile, add, change, refuse_future, refuse_stale, spelt, spelt_moment, written

FIRST_PUT_DOWN = "As it was first put down."
"""Why a new recommendation is under its pillar; a change says why itself."""

MOST = 100
"""What a score can reach, and so a working mark."""


def readiness_may_have_moved(country_id: int) -> None:
    """Ask for readiness to be computed anew, once the transaction commits, for each edition tracked in the country."""
    for edition in Edition.objects.filter(country=country_id).tracked():
        enqueue("readiness", edition.pk)


@transaction.atomic
def add_recommendation(
    *,
    edition: Edition,
    number: int,
    text: str,
    text_status: TextStatus,
    origin: Origin,
    pillar: Pillar,
    indicia: Sequence[int],
    lead: Ministry | None,
    supporting: Iterable[Ministry],
    years_unmet: int | None = None,
    years_unmet_source: str = "",
    repeats: Recommendation | None = None,
    by: User,
    now: datetime,
) -> Recommendation:
    """An item of the edition's list, with its first terms; scores known by an earlier moment stay as they were.

    Raises PermissionDenied, or Refused where its number is taken or a field is wrong. `indicia` are numbers
    from 1 to 12 (22 U.S.C. 7106(b)), in any order.
    """
    if not can_edit_recommendations(by, edition):
        raise PermissionDenied
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    if years_unmet is not None and not years_unmet_source:
        raise Refused("Say where the years running unmet are told.", field="years_unmet_source")
    recommendation = Recommendation(
        edition=edition,
        years_unmet=years_unmet,
        years_unmet_source=years_unmet_source,
        repeats=repeats,
    )
    _fill(
        recommendation,
        number=number,
        text=text,
        text_status=text_status,
        origin=origin,
        indicia=indicia,
        lead=lead,
    )
    helpers = _of_the_country(supporting, edition)
    add(recommendation).supporting.set(helpers)
    terms = _place(recommendation, pillar, FIRST_PUT_DOWN, by=by, now=now)
    record(
        "recommendation.added",
        by=by,
        row=recommendation,
        country=edition.country_id,
        after=_told(recommendation, terms, now),
    )
    readiness_may_have_moved(edition.country_id)
    return recommendation


@transaction.atomic
def change_recommendation(
    *,
    recommendation: Recommendation,
    version: int,
    number: int,
    text: str,
    text_status: TextStatus,
    origin: Origin,
    pillar: Pillar,
    indicia: Sequence[int],
    lead: Ministry | None,
    supporting: Iterable[Ministry],
    reason: str = "",
    by: User,
    now: datetime,
) -> Recommendation:
    """Put a recommendation's published facts right; the log keeps what stood there before.

    `version` is the one that the form was filled from. Another pillar is another row of terms, in force
    from now, and needs its `reason`. Raises PermissionDenied, ChangedMeanwhile, Refused.
    """
    if not can_edit_recommendations(by, recommendation.edition):
        raise PermissionDenied
    locked = Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    refuse_stale(locked, version, now)
    old = locked.terms.known_by(None).first()
    before = _told(locked, old, now)
    _fill(
        locked,
        number=number,
        text=text,
        text_status=text_status,
        origin=origin,
        indicia=indicia,
        lead=lead,
    )
    helpers = _of_the_country(supporting, locked.edition)
    locked.version += 1
    change(locked).supporting.set(helpers)
    terms = old if old and old.pillar == pillar else _place(locked, pillar, reason, by=by, now=now)
    country = locked.edition.country_id
    record("recommendation.changed", by=by, row=locked, country=country, before=before, after=_told(locked, terms, now))
    readiness_may_have_moved(country)
    return locked


@transaction.atomic
def add_benchmark(
    *,
    recommendation: Recommendation,
    criterion: str,
    rule: Rule,
    target: Decimal | None,
    weight: Decimal,
    indicator: Indicator | None,
    is_about_complicity: bool,
    reason: str,
    by: User,
    now: datetime,
) -> Benchmark:
    """One more checkable part, with the next letter and its first terms. Raises PermissionDenied, Refused."""
    if not can_edit_recommendations(by, recommendation.edition):
        raise PermissionDenied
    parent = Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    letters = [benchmark.letter for benchmark in parent.benchmarks.all()]
    benchmark = add(Benchmark(recommendation=parent, letter=_next_letter(letters)))
    terms = _add_terms(
        benchmark,
        criterion=criterion,
        rule=rule,
        target=target,
        weight=weight,
        indicator=indicator,
        is_about_complicity=is_about_complicity,
        reason=reason,
        by=by,
        now=now,
    )
    country = parent.edition.country_id
    record("benchmark.added", by=by, row=benchmark, country=country, after=_terms_told(terms))
    readiness_may_have_moved(country)
    return benchmark


@transaction.atomic
def change_benchmark_terms(
    *,
    benchmark: Benchmark,
    seen: int,
    criterion: str,
    rule: Rule,
    target: Decimal | None,
    weight: Decimal,
    indicator: Indicator | None,
    is_about_complicity: bool,
    reason: str,
    by: User,
    now: datetime,
) -> BenchmarkTerms:
    """New terms, in force from now; the old ones stay for every day asked for as then known.

    `seen` is the key of the terms that the form was filled from. Raises PermissionDenied, ChangedMeanwhile, Refused.
    """
    edition = benchmark.recommendation.edition
    if not can_edit_recommendations(by, edition):
        raise PermissionDenied
    locked = Benchmark.objects.select_for_update().get(pk=benchmark.pk)
    old = locked.terms.select_related("recorded_by").order_by("-recorded_at", "-pk").first()
    _refuse_other_terms(old, seen, now)
    terms = _add_terms(
        locked,
        criterion=criterion,
        rule=rule,
        target=target,
        weight=weight,
        indicator=indicator,
        is_about_complicity=is_about_complicity,
        reason=reason,
        by=by,
        now=now,
    )
    record(
        "benchmark.terms_changed",
        by=by,
        row=locked,
        country=edition.country_id,
        before=_terms_told(old) if old else None,
        after=_terms_told(terms),
    )
    readiness_may_have_moved(edition.country_id)
    return terms


@transaction.atomic
def change_terms(
    *,
    edition: Edition,
    seen: int,
    deadline_on: date,
    working_mark: Decimal | None,
    working_mark_reason: str,
    weights: Mapping[int, Decimal],
    reason: str,
    by: User,
    now: datetime,
) -> EditionTerms:
    """What an edition is measured by, in force from now; the old terms stay for every moment asked for before.

    `seen` is the key of the terms that the form was filled from, 0 where there were none. `weights` are by
    recommendation (id), 1 for those not named. Raises PermissionDenied, ChangedMeanwhile, Refused.
    """
    if not can_edit_recommendations(by, edition):
        raise PermissionDenied
    locked = Edition.objects.select_for_update().get(pk=edition.pk)
    old = locked.terms.known_by(None).select_related("recorded_by").prefetch_related("weights").first()
    _refuse_other_terms(old, seen, now)
    if not locked.starts_on <= deadline_on <= locked.ends_on:
        first, last = spelt(locked.starts_on), spelt(locked.ends_on)
        raise Refused(f"Give a day of the tracking period, from {first} to {last}.", field="deadline_on")
    working_mark_reason = working_mark_reason.strip()
    if working_mark is not None and not 0 <= working_mark <= MOST:
        raise Refused("A mark is of 100 points. Give one from 0 to 100.", field="working_mark")
    if working_mark is not None and not working_mark_reason:
        raise Refused("Say where this mark comes from: it will be asked.", field="working_mark_reason")
    if old and working_mark not in (None, old.working_mark) and working_mark_reason == old.working_mark_reason:
        raise Refused("The mark is another one: say where the new one comes from.", field="working_mark_reason")
    if working_mark is None and working_mark_reason:
        raise Refused("Give the mark that this is the reason of, or leave both empty.", field="working_mark")
    weighed = _other_weights(locked, weights)
    terms = EditionTerms(
        edition=locked,
        deadline_on=deadline_on,
        working_mark=working_mark,
        working_mark_reason=working_mark_reason,
        reason=written(reason, "Say why the terms change, for whoever reads them after you.", field="reason"),
        recorded_at=now,
        recorded_by=by,
    )
    before = _edition_terms_told(old, _weights_of(old)) if old else None
    after = _edition_terms_told(terms, weighed)
    if before and not any(before[name] != after[name] for name in after if name not in ("terms", "reason")):
        raise Refused("Nothing here differs from the terms in force. Change something, or leave them as they are.")
    add(terms)
    for key, weight in weighed.items():
        add(RecommendationWeight(terms=terms, recommendation_id=key, weight=weight))
    country = locked.country_id
    record(
        "edition.terms_changed", by=by, row=locked, country=country, before=before, after=after | {"terms": terms.pk}
    )
    readiness_may_have_moved(country)
    return terms


@transaction.atomic
def record_milestone(*, milestone: Milestone, done_on: date, source: str, by: User, now: datetime) -> MilestoneDone:
    """The day on which what was to happen by a milestone did, or another one that puts it right.

    Raises PermissionDenied, Refused.
    """
    if not can_edit_recommendations(by, milestone.edition):
        raise PermissionDenied
    locked = Milestone.objects.select_for_update().get(pk=milestone.pk)
    if locked.kind in DATES_ALONE:
        raise Refused("This day comes by itself: there is nothing to record as done.")
    refuse_future(done_on, now, field="done_on")
    source = written(source, "Say where this is told, so that it can be looked up.", field="source")
    old = locked.done.known_by(None).first()
    before = {"done_on": old.done_on, "source": old.source} if old else None
    told = {"done_on": done_on, "source": source}
    if told == before:
        raise Refused("This is recorded already. Change something, or leave it as it is.")
    row = add(MilestoneDone(milestone=locked, **told, recorded_at=now, recorded_by=by))
    country = milestone.edition.country_id
    record("milestone.done", by=by, row=locked, country=country, before=before, after=told | {"done": row.pk})
    readiness_may_have_moved(country)
    return row


def _refuse_other_terms(newest: BenchmarkTerms | EditionTerms | None, seen: int, now: datetime) -> None:
    """Refuse where `newest` aren't the terms that a form was filled from: who changed them, when and why."""
    if newest and newest.pk != seen:
        raise ChangedMeanwhile(
            f"{newest.recorded_by} changed the terms meanwhile, on {spelt_moment(newest.recorded_at, now)}: "
            f"“{newest.reason}” What you typed is kept: compare it with what stands now, then save again."
        )


def _weights_of(terms: EditionTerms) -> dict[int, Decimal]:
    return {one.recommendation_id: one.weight for one in terms.weights.all() if one.weight != 1}


def _other_weights(edition: Edition, weights: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """The weights that aren't 1, by recommendation (id); or a refusal."""
    asked = set(edition.recommendations.values_list("pk", flat=True))
    for key, weight in weights.items():
        if key not in asked:
            raise Refused("One of those recommendations is not of this edition. Load the page again.")
        if weight < 0:
            raise Refused("A weight is zero or more; 1 is the ordinary one.", field=f"weight_{key}")
    if asked and not any(weights.get(key, 1) for key in asked):
        raise Refused("One recommendation at least has to weigh something. Give it a weight above zero.")
    return {key: weight for key, weight in weights.items() if weight != 1}


def _edition_terms_told(terms: EditionTerms, weights: Mapping[int, Decimal]) -> dict[str, Any]:
    """What the log keeps of an edition's terms; weights by recommendation (id), where they aren't 1."""
    return {
        "terms": terms.pk,
        "deadline_on": terms.deadline_on,
        "working_mark": terms.working_mark,
        "working_mark_reason": terms.working_mark_reason,
        "weights": {str(key): weights[key] for key in sorted(weights)},
        "reason": terms.reason,
    }


def _fill(
    recommendation: Recommendation,
    *,
    number: int,
    text: str,
    text_status: TextStatus,
    origin: Origin,
    indicia: Sequence[int],
    lead: Ministry | None,
) -> None:
    """Set what a form holds, or refuse."""
    edition = recommendation.edition
    recommendation.text = written(text, "Write what the recommendation says.", field="text")
    if number < 1:
        raise Refused("Recommendations are numbered from 1. Give the number it has in the list.", field="number")
    others = edition.recommendations.exclude(pk=recommendation.pk)
    if taken := others.filter(origin=origin, number=number).first():
        raise Refused(f"Number {number} is taken by “{taken.text}”. Give another number.", field="number")
    recommendation.number, recommendation.origin = number, origin
    recommendation.text_status = text_status
    recommendation.indicia = sorted(set(indicia))
    try:
        validate_indicia(recommendation.indicia)
    except ValidationError as error:
        raise Refused(str(error.message), field="indicia") from error
    if lead and lead.country_id != edition.country_id:
        raise Refused("That ministry is another country's. Choose one of this country's.", field="lead")
    recommendation.lead = lead


def _of_the_country(ministries: Iterable[Ministry], edition: Edition) -> list[Ministry]:
    chosen = list(ministries)
    if any(ministry.country_id != edition.country_id for ministry in chosen):
        raise Refused("One of those ministries is another country's. Choose this country's.", field="supporting")
    return chosen


def _place(
    recommendation: Recommendation, pillar: Pillar, reason: str, *, by: User, now: datetime
) -> RecommendationTerms:
    """Another row of terms: the pillar, in force from now."""
    reason = written(
        reason, "Say why it belongs to another pillar now. Until today it counts as before.", field="reason"
    )
    return add(
        RecommendationTerms(
            recommendation=recommendation, pillar=pillar, reason=reason, recorded_at=now, recorded_by=by
        )
    )


def _told(recommendation: Recommendation, terms: RecommendationTerms | None, now: datetime) -> dict[str, Any]:
    """What the log keeps of a recommendation."""
    return {
        "number": recommendation.number,
        "text": recommendation.text,
        "text_status": recommendation.text_status,
        "origin": recommendation.origin,
        "pillar": terms.pillar if terms else None,
        "indicia": list(recommendation.indicia),
        "lead": recommendation.lead_id,
        "supporting": sorted(recommendation.supporting.values_list("pk", flat=True)),
        "recorded_at": now,
    }


def _next_letter(taken: Sequence[str]) -> str:
    doubled = (first + second for first in ascii_lowercase for second in ascii_lowercase)
    return next(name for name in chain(ascii_lowercase, doubled) if name not in taken)


def _add_terms(
    benchmark: Benchmark,
    *,
    criterion: str,
    rule: Rule,
    target: Decimal | None,
    weight: Decimal,
    indicator: Indicator | None,
    is_about_complicity: bool,
    reason: str,
    by: User,
    now: datetime,
) -> BenchmarkTerms:
    """Another row of terms, or a refusal where rule, target and indicator don't go together."""
    criterion = written(criterion, "Say what has to be so for the benchmark to be met.", field="criterion")
    reason = written(reason, "Say why these terms, for whoever reads them after you.", field="reason")
    if rule == Rule.TARGET and (target is None or target <= 0):
        raise Refused("Give the figure to reach, above zero.", field="target")
    if rule != Rule.TARGET and target is not None:
        raise Refused("A target goes with the rule “figure against a target” alone. Leave it empty.", field="target")
    if rule != Rule.ASSESSED and indicator is None:
        raise Refused("Name the indicator whose figures this rule reads.", field="indicator")
    if indicator and indicator.country_id != benchmark.recommendation.edition.country_id:
        raise Refused("That indicator is another country's. Choose one of this country's.", field="indicator")
    if weight < 0:
        raise Refused("A weight is zero or more; 1 is the ordinary one.", field="weight")
    return add(
        BenchmarkTerms(
            benchmark=benchmark,
            criterion=criterion,
            rule=rule,
            target=target,
            weight=weight,
            indicator=indicator,
            is_about_complicity=is_about_complicity,
            reason=reason,
            recorded_at=now,
            recorded_by=by,
        )
    )


def _terms_told(terms: BenchmarkTerms) -> dict[str, Any]:
    """What the log keeps of terms."""
    return {
        "terms": terms.pk,
        "criterion": terms.criterion,
        "rule": terms.rule,
        "target": terms.target,
        "weight": terms.weight,
        "indicator": terms.indicator_id,
        "is_about_complicity": terms.is_about_complicity,
        "reason": terms.reason,
    }
