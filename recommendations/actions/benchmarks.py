"""Add benchmarks and change the dated terms by which each is judged."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from itertools import chain
from string import ascii_lowercase
from typing import Any, TypedDict, Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict

from recommendations.actions.edition_terms import refuse_stale_terms
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.choices import Rule
from recommendations.models import Benchmark, BenchmarkTerms, Indicator, Recommendation
from recommendations.permissions import can_edit_recommendations
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.validation import insert_row, require_text


class BenchmarkTermsValues(TypedDict):
    """How a benchmark is judged, and why so."""

    criterion: str
    rule: Rule
    target: Decimal | None
    weight: Decimal
    indicator: Indicator | None
    is_about_complicity: bool
    reason: str


@transaction.atomic
def add_benchmark(
    *,
    recommendation: Recommendation,
    repeats: Benchmark | None = None,
    by: User,
    now: datetime,
    **values: Unpack[BenchmarkTermsValues],
) -> Benchmark:
    """Add a benchmark to a recommendation, with the next free letter and its first terms.

    `repeats` is the benchmark of the year before that asks the same. Raises PermissionDenied, Refused.
    """
    if not can_edit_recommendations(by, recommendation.edition):
        raise PermissionDenied
    parent = Recommendation.objects.select_for_update(no_key=True).get(pk=recommendation.pk)
    letters = [benchmark.letter for benchmark in parent.benchmarks.all()]
    benchmark = insert_row(Benchmark(recommendation=parent, letter=next_letter(letters), repeats=repeats))
    terms = _add_terms(benchmark, values, by=by, now=now)
    country = parent.edition.country_id
    after = _terms_audit_values(terms) | ({"repeats": repeats.pk} if repeats else {})
    enqueue_readiness(country)
    record("benchmark.added", by=by, row=benchmark, country=country, after=after)
    return benchmark


@transaction.atomic
def change_benchmark_terms(
    *, benchmark: Benchmark, seen: int, by: User, now: datetime, **values: Unpack[BenchmarkTermsValues]
) -> BenchmarkTerms:
    """Give a benchmark new terms, in force from now. The old terms stay in force for every earlier moment.

    `seen` is the key of the terms that the form was filled from. Raises PermissionDenied, EditConflict, Refused.
    """
    edition = benchmark.recommendation.edition
    if not can_edit_recommendations(by, edition):
        raise PermissionDenied
    locked = Benchmark.objects.select_for_update(no_key=True).get(pk=benchmark.pk)
    old = locked.terms.select_related("recorded_by").order_by("-recorded_at", "-pk").first()
    refuse_stale_terms(old, seen, now)
    terms = _add_terms(locked, values, by=by, now=now)
    enqueue_readiness(edition.country_id)
    record(
        "benchmark.terms_changed",
        by=by,
        row=locked,
        country=edition.country_id,
        before=_terms_audit_values(old) if old else None,
        after=_terms_audit_values(terms),
    )
    return terms


def next_letter(taken: Collection[str]) -> str:
    """Return the first letter, or pair of letters, that no benchmark of the recommendation has."""
    doubled = (first + second for first in ascii_lowercase for second in ascii_lowercase)
    return next(name for name in chain(ascii_lowercase, doubled) if name not in taken)


def _add_terms(benchmark: Benchmark, values: BenchmarkTermsValues, *, by: User, now: datetime) -> BenchmarkTerms:
    """Add a row of terms. Raises Refused if the rule, target and indicator don't fit together."""
    sentence = gettext("Write what must be true for the benchmark to be met.")
    values["criterion"] = require_text(values["criterion"], sentence, field="criterion")
    sentence = gettext("Write the reason for these terms. Your successors will read it.")
    values["reason"] = require_text(values["reason"], sentence, field="reason")
    rule, target, indicator = values["rule"], values["target"], values["indicator"]
    if rule == Rule.TARGET and (target is None or target <= 0):
        raise Refused("no_target", gettext("Give a target above zero."), field="target")
    if rule != Rule.TARGET and target is not None:
        raise Refused(
            "unused_target",
            gettext("Only the rule “figure against a target” has a target. Leave it empty."),
            field="target",
        )
    if rule != Rule.ASSESSED and indicator is None:
        raise Refused("required", gettext("Choose an indicator. This rule needs its figures."), field="indicator")
    if indicator and indicator.country_id != benchmark.recommendation.edition.country_id:
        raise Refused(
            "another_country",
            gettext("That indicator belongs to another country. Choose an indicator of this country."),
            field="indicator",
        )
    if values["weight"] < 0:
        raise Refused("out_of_range", gettext("A weight is zero or more. The usual weight is 1."), field="weight")
    terms = BenchmarkTerms(benchmark=benchmark, recorded_at=now, recorded_by=by, **values)
    terms.recommendation, terms.letter = benchmark.recommendation, benchmark.letter
    return insert_row(terms)


def build_moved_terms(benchmark: Benchmark, reason: str, *, by: User, now: datetime) -> BenchmarkTerms | None:
    """Build terms with a benchmark's current place, otherwise equal to its newest terms. They are not saved.

    None if the benchmark has no terms.
    """
    terms = benchmark.terms.known_by(None).first()
    if terms is None:
        return None
    terms.pk, terms.recommendation, terms.letter = None, benchmark.recommendation, benchmark.letter
    terms.reason, terms.recorded_at, terms.recorded_by = reason, now, by
    return terms


def _terms_audit_values(terms: BenchmarkTerms) -> dict[str, Any]:
    """Return what the activity log records of a benchmark's terms."""
    return {"terms": terms.pk} | model_to_dict(terms, fields=BenchmarkTermsValues.__annotations__)
