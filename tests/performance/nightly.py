"""What the nights of all posts cost: a country each, in its own night, documents apart.

One country is made, and the database copies its rows for the others, so that 188 of them take seconds. Judged are the
statements for each country, that a repeated run does nothing, and that memory does not grow with their number.
"""

import gc
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from time import perf_counter, process_time

from django.db import connection, models

from dialogues import models as dialogues
from recommendations import models as recommendations
from recommendations.models import Edition
from reports.actions.nightly_readiness import JOB_KIND, compute_country_readiness, queue_countries
from tests.performance.notices import counted_statements
from tests.performance.synthetic_record import make_edition, update_statistics
from tiptracker.accounts.models import Country, Ministry
from tiptracker.audit.actions import log_now
from tiptracker.jobs.models import Job, State

COUNTRIES, SHORT_COUNTRIES = 188, 12
"""Posts in a whole run, and in one that judges only."""
RECOMMENDATIONS, COMMITMENTS, EVIDENCE = 15, 40, 400
MOST_STATEMENTS_A_COUNTRY = 40
MOST_GROWTH_BYTES = 1_000_000
"""How much more memory the last countries may hold than the first ones."""
GOAL_SECONDS = 14
ZONES = (
    "Pacific/Auckland", "Australia/Sydney", "Asia/Tokyo", "Asia/Manila", "Asia/Bangkok", "Asia/Dhaka", "Asia/Karachi",
    "Asia/Dubai", "Africa/Nairobi", "Africa/Maseru", "Europe/Paris", "Africa/Accra", "Atlantic/Cape_Verde",
    "America/Sao_Paulo", "America/Santo_Domingo", "America/Lima", "America/Guatemala", "America/Tijuana",
)  # fmt: skip
SHIFT = 1_000_000
"""What is added to the keys of the template's rows for each copy; larger than any key of the benchmark."""
OF_COUNTRY: dict[type[models.Model], str] = {
    Ministry: "country",
    Edition: "country",
    recommendations.EditionTerms: "edition__country",
    recommendations.Milestone: "edition__country",
    recommendations.Indicator: "country",
    recommendations.Recommendation: "edition__country",
    recommendations.RecommendationTerms: "recommendation__edition__country",
    recommendations.Benchmark: "recommendation__edition__country",
    recommendations.BenchmarkTerms: "benchmark__recommendation__edition__country",
    dialogues.Commitment: "country",
    dialogues.CommitmentBenchmark: "commitment__country",
    dialogues.CommitmentEvent: "commitment__country",
    dialogues.Update: "commitment__country",
    dialogues.UpdateVersion: "update__commitment__country",
    dialogues.UpdateVersionDecision: "update_version__update__commitment__country",
    dialogues.Evidence: "country",
    dialogues.EvidenceLink: "evidence__country",
    dialogues.EvidenceReview: "evidence__country",
    dialogues.Reading: "indicator__country",
    dialogues.Assessment: "benchmark__recommendation__edition__country",
    dialogues.AssessmentEvidence: "evidence__country",
}
"""The tables to copy, in the order of their references, and how their rows belong to a country."""


def make_countries(many: int) -> list[Country]:
    """Make countries with records of the same size, in all time zones."""
    template = make_edition("XBA", EVIDENCE, recommendations=RECOMMENDATIONS, commitments=COMMITMENTS).country
    copies = Country.objects.bulk_create(
        Country(
            pk=template.pk + number * SHIFT,
            code=f"X{chr(ord('B') + number // 26)}{chr(ord('A') + number % 26)}",
            name=f"{template.name}, {number}",
            time_zone=ZONES[number % len(ZONES)],
            currency=template.currency,
        )
        for number in range(1, many)
    )
    for model, path in OF_COUNTRY.items():
        _copy_rows(model, model._base_manager.filter(**{path: template}), len(copies))
    return [template, *copies]


def _copy_rows(model: type[models.Model], rows: models.QuerySet[models.Model], many: int) -> None:
    """Copy the template's rows of a table so often, each time with larger keys. People stay the same."""
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if field.column and not field.generated]
    is_shifted = [field.primary_key or field.related_model in {Country, *OF_COUNTRY} for field in fields]
    names = [quote(field.column) for field in fields]
    values = [f"{name} + copy * {SHIFT}" if shifted else name for name, shifted in zip(names, is_shifted, strict=True)]
    own, params = rows.values("pk").query.sql_with_params()
    table = quote(model._meta.db_table)
    statement = f"""
        WITH RECURSIVE copies (copy) AS (SELECT 1 UNION ALL SELECT copy + 1 FROM copies WHERE copy < {many})
        INSERT INTO {table} ({", ".join(names)}) SELECT {", ".join(values)} FROM {table}, copies WHERE id IN ({own})
    """  # noqa: S608 -- names of our own
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def tell_nightly(say: Callable[[str], None], now: datetime, *, is_short: bool) -> Iterator[str]:
    """Compute all countries once, at an hour at which it is past one in all of them. Yield what is wrong."""
    began = perf_counter()
    countries = make_countries(SHORT_COUNTRIES if is_short else COUNTRIES)
    update_statistics()
    say(
        f"\nnightly readiness: {len(countries)} countries of {RECOMMENDATIONS} recommendations, {COMMITMENTS} "
        f"commitments and {EVIDENCE} pieces of evidence, made in {perf_counter() - began:.1f} s"
    )
    yesterday = datetime.combine(now.date() - timedelta(days=1), time(14), UTC)
    with counted_statements() as sent:
        began, worked = perf_counter(), process_time()
        done = len(list(_compute_due(yesterday, countries)))
        took, work = perf_counter() - began, process_time() - worked
    each = len(sent) / max(done, 1)
    say(
        f"  each country once: {took:.1f} s, {work:.1f} s of the processor (goal: {GOAL_SECONDS}), {each:.1f} "
        f"statements for each (at most {MOST_STATEMENTS_A_COUNTRY})"
    )
    if done != len(countries):
        yield f"of {len(countries)} countries, {done} had their night"
    if each > MOST_STATEMENTS_A_COUNTRY:
        yield f"the night of a country sends {each:.1f} statements"
    if again := list(_compute_due(yesterday + timedelta(minutes=59), countries)):
        yield f"an hour later, {len(again)} countries were computed again"
    peaks = _measure_peaks(yesterday - timedelta(days=1), countries[:SHORT_COUNTRIES])
    say(
        f"  memory: the second country takes {peaks[1] / 1e6:.1f} MB at most, the last of {len(peaks)} "
        f"{peaks[-1] / 1e6:.1f} MB"
    )
    if peaks[-1] > peaks[1] + MOST_GROWTH_BYTES:
        yield f"memory grows with the number of countries: from {peaks[1]:,} to {peaks[-1]:,} bytes"


def _compute_due(now: datetime, countries: Sequence[Country]) -> Iterator[Country]:
    """Compute what is due of these countries, and yield each."""
    by_key = {country.pk: country for country in countries}
    for key in queue_countries(now=now, logged_by=log_now()):
        if country := by_key.get(key):
            compute_country_readiness(country=country, now=now)
            yield country
    Job.objects.filter(kind=JOB_KIND).update(state=State.READY)


def _measure_peaks(now: datetime, countries: Sequence[Country]) -> list[int]:
    """Return the most bytes that each country takes, beyond those before the first."""
    peaks = []
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for _ in _compute_due(now, countries):
        peaks.append(tracemalloc.get_traced_memory()[1] - before)
        gc.collect()
        tracemalloc.reset_peak()
    tracemalloc.stop()
    return peaks
