"""Build input for Washington: the tracking period by pillar and indicium, with dates and only verified facts.

Sources are optional, because the published report names none.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from dialogues.choices import ReadingDirection
from dialogues.effective_reading import find_effective_reading
from dialogues.models import Assessment, Evidence, Reading
from dialogues.start_dates import find_start_date
from recommendations.choices import INDICIA_PILLARS, INDICIA_SUMMARIES, Pillar
from recommendations.models import Indicator
from reports import formatting, sentences
from reports.briefings.content.washington import (
    AssessedBenchmark,
    Indicium,
    PillarInput,
    PrintedIndicator,
    VerifiedAction,
    WashingtonInput,
)
from reports.briefings.indicium_facts import gather_indicium_facts
from reports.briefings.law import gather_standards
from reports.briefings.newest_fact import newest_fact
from reports.briefings.recommendations import (
    benchmark_name,
    gather_recommendations,
    recommendation_label,
    terms_in_force,
)
from reports.evidence_sources import describe_evidence_source, describe_reading_source
from reports.reader_view import ReaderView
from reports.readiness.answers import compare_periods
from reports.readiness.explanation import headline
from reports.readiness.fact_views import build_verified_view
from reports.readiness.facts import BenchmarkFact, Facts
from reports.readiness.facts import IndicatorFact as Counted
from reports.readiness.facts import ReadingFact as Count
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import format_date, format_number, gettext

NO_INDICIUM = 0
"""Number used if no indicium is named."""
COMPLICIT_OFFICIALS = 7
"""Number of the indicium on complicit officials."""


@snapshot()
def build_washington_input(view: ReaderView, *, has_sources: bool = True) -> WashingtonInput:
    """Return the input for one reader.

    Raises:
        PermissionDenied: if the reader may not read readiness.
        Edition.DoesNotExist: if the reader may not see the edition.
    """
    view = view.checked()
    edition = view.edition
    result = evaluate_readiness(gather_facts(view.edition), as_of=view.as_of, known_by=view.known_by)
    writer = _WashingtonInputBuilder(view, result.known_facts, has_sources=has_sources)
    return WashingtonInput(
        **view.header,
        title=gettext("%(country)s: input for Washington") % {"country": edition.country},
        subtitle=gettext("Trafficking in Persons Report, recommendations of the %(edition)s")
        % {"edition": view.header["edition"]},
        facts_up_to=newest_fact(view, result.known_facts),
        window=gettext("%(start)s to %(end)s")
        % {"start": format_date(edition.starts_on), "end": format_date(edition.ends_on)},
        sentence=_summary_sentence(writer),
        has_sources=has_sources,
        pillars=tuple(writer.pillar(pillar) for pillar in Pillar),
        unverified=result.waiting,
        disclaimer=gettext(headline.DISCLAIMER),
    )


def _summary_sentence(writer: "_WashingtonInputBuilder") -> str:
    """Return how much is verified.

    For example: "Verified concrete actions of the government: 5. Indicators with a verified figure: 3.".
    """
    return gettext(
        "Verified concrete actions of the government: %(actions)d. Indicators with a verified figure: %(figures)d."
    ) % {
        "actions": len(writer.evidence),
        "figures": sum(bool(rows) for rows in writer.verified.readings.values()),
    }


class _WashingtonInputBuilder:
    """Builds the content of each pillar from the verified record, which it reads once."""

    def __init__(self, view: ReaderView, facts: Facts, *, has_sources: bool) -> None:
        self.view, self.facts, self.has_sources = view, facts, has_sources
        self.verified = build_verified_view(facts, view.as_of)
        self.recommendations = {row.pk: row for row in gather_recommendations(view)}
        self.terms = terms_in_force(view)
        self.benchmarks = [
            benchmark
            for benchmark in facts.benchmarks
            if benchmark.id in self.terms and benchmark.recommendation_id in self.recommendations
        ]
        action_evidence = {action.evidence_id for rows in self.verified.actions.values() for action in rows}
        self.evidence = Evidence.objects.visible_to(view.reader).select_related("partner").in_bulk(action_evidence)
        indicators = Indicator.objects.visible_to(view.reader).filter(country=view.edition.country)
        self.indicia = {row.pk: row.indicium or NO_INDICIUM for row in indicators}
        verified_readings = [row.id for rows in self.verified.readings.values() for row in rows]
        readings = Reading.objects.visible_to(view.reader).filter(pk__in=verified_readings).select_related("evidence")
        self.readings = {row.pk: row for row in readings}
        in_force = [assessment.id for assessment in self.verified.assessments.values()]
        assessments = Assessment.objects.visible_to(view.reader).filter(pk__in=in_force)
        self.assessments = {row.benchmark_id: row for row in assessments}
        self.others = gather_indicium_facts(view, self._source)
        self.standards = {Pillar.PROSECUTION: gather_standards(view, has_sources=has_sources)}

    def pillar(self, pillar: Pillar) -> PillarInput:
        """Return what the record holds on a pillar, by indicium."""
        benchmarks: dict[int, list[BenchmarkFact]] = defaultdict(list)
        for benchmark in self.benchmarks:
            if self.recommendations[benchmark.recommendation_id].pillar == pillar:
                benchmarks[self._indicium_of(benchmark)].append(benchmark)
        counted: dict[int, list[Counted]] = defaultdict(list)
        for indicator in self.facts.indicators:
            if indicator.pillar is pillar:
                counted[self.indicia.get(indicator.id, NO_INDICIUM)].append(indicator)
        others = {number: facts for number, facts in self.others.items() if INDICIA_PILLARS[number] is pillar}
        return PillarInput(
            title=pillar.label,
            standards=self.standards.get(pillar, ()),
            indicia=tuple(
                Indicium(
                    label=f"{number}. {formatting.capitalize_first(gettext(INDICIA_SUMMARIES[number]))}"
                    if number
                    else gettext("No indicium named"),
                    law=f"22 U.S.C. 7106(b)({number})" if number else "22 U.S.C. 7106(b)",
                    counted=tuple(map(self._indicator, counted[number])),
                    deeds=tuple(self._actions(benchmarks[number])),
                    judged=tuple(self._assessments(benchmarks[number])),
                    others=others.get(number, ()),
                )
                for number in sorted(
                    {*benchmarks, *counted, *others}, key=lambda number: number or len(INDICIA_SUMMARIES) + 1
                )
            ),
        )

    def _indicium_of(self, benchmark: BenchmarkFact) -> int:
        """Return the indicium of a benchmark.

        This is complicit officials if the benchmark is about them; otherwise the recommendation's first indicium.
        """
        numbers = self.recommendations[benchmark.recommendation_id].indicia
        if self.terms[benchmark.id].is_about_complicity and COMPLICIT_OFFICIALS in numbers:
            return COMPLICIT_OFFICIALS
        return numbers[0] if numbers else NO_INDICIUM

    def _indicator(self, indicator: Counted) -> PrintedIndicator:
        now = find_effective_reading(self.verified.readings.get(indicator.id, ()))
        before = find_effective_reading(self.verified.previous.get(indicator.id, ()))
        finding = compare_periods(indicator, now, before, self.facts.edition.tracking)
        return PrintedIndicator(
            name=indicator.name,
            before=_format_reading(before, indicator),
            now=_format_reading(now, indicator),
            moved=finding.reason,
            source=self._source_of(self.readings.get(now.id)) if now else "",
        )

    def _actions(self, benchmarks: Iterable[BenchmarkFact]) -> Iterator[VerifiedAction]:
        """Yield the verified actions on these benchmarks, each once, in the order of their days."""
        towards: dict[int, list[str]] = defaultdict(list)
        for benchmark in benchmarks:
            for action in self.verified.actions.get(benchmark.id, ()):
                towards[action.evidence_id].append(self._key(benchmark))
        rows = [self.evidence[pk] for pk in towards if pk in self.evidence]
        for row in sorted(rows, key=lambda row: (row.happened_to, row.pk)):
            yield VerifiedAction(
                when=sentences.describe_date_span(self._first_day(row), row.happened_to),
                what=row.title,
                done_by=row.doer,
                towards=", ".join(dict.fromkeys(towards[row.pk])),
                source=self._source(row),
            )

    def _assessments(self, benchmarks: Iterable[BenchmarkFact]) -> Iterator[AssessedBenchmark]:
        for benchmark in benchmarks:
            if row := self.assessments.get(benchmark.id):
                criterion = self.terms[benchmark.id].criterion
                yield AssessedBenchmark(
                    key=self._key(benchmark),
                    criterion=criterion,
                    name=benchmark_name(self.recommendations[benchmark.recommendation_id].text, criterion),
                    verdict=row.get_verdict_display(),
                    rationale=row.rationale,
                    law=row.law,
                )

    def _key(self, benchmark: BenchmarkFact) -> str:
        return f"{recommendation_label(self.recommendations[benchmark.recommendation_id])}{benchmark.letter}"

    def _first_day(self, row: Evidence) -> date | None:
        """Return the first day of a piece of evidence: its own start date, otherwise the one that its reviews state."""
        return find_start_date(
            row.happened_from, (review for review in self.facts.reviews if review.evidence_id == row.pk)
        )

    def _source(self, row: Evidence) -> str:
        """Return who says so and where; empty if the document leaves sources out. Its date is printed beside."""
        return describe_evidence_source(row) if self.has_sources else ""

    def _source_of(self, row: Reading | None) -> str:
        if row is None or not self.has_sources:
            return ""
        return describe_reading_source(row)


def _format_reading(row: Count | None, indicator: Counted) -> str:
    """Format a reading for a table cell: "16 cases", "more, no figure", "no data".

    The unit is left out if the indicator's name already contains it.
    """
    if row is None or row.is_no_data:
        return gettext("no data")
    if row.figure is None:
        return formatting.lowercase_first((row.direction or ReadingDirection.LEVEL).label)
    if indicator.unit.casefold() in indicator.name.casefold():
        return format_number(row.figure)
    return f"{format_number(row.figure)} {sentences.inflect_unit(row.figure, indicator.unit)}".strip()
