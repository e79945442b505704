"""Build the recommendations of a document with their benchmarks, shares and assessments."""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from dialogues.models import Assessment
from recommendations.choices import Origin, Pillar
from recommendations.models import BenchmarkTerms, Recommendation
from recommendations.unmet_years import YearsUnmet
from reports import formatting, sentences
from reports.briefings.content.ambassador import PrintedAssessment, PrintedBenchmark, PrintedRecommendation
from reports.briefings.evidence import EvidenceAnnex
from reports.briefings.summary import with_claim
from reports.choices import PartKey
from reports.reader_view import ReaderView
from reports.readiness.explanation import score_display
from reports.readiness.fact_views import build_verified_view
from reports.readiness.facts import Facts
from reports.readiness.readiness import Readiness
from tiptracker.localization import format_number, format_short_date, gettext, join_with_and, ngettext

MAX_SUBJECT_WORDS = 9
"""The most words of a recommendation that stand for it in a table row."""
_NAME_AT_END = re.compile(r"\(([^()]+)\)[.\s]*$")


def gather_recommendations(view: ReaderView) -> list[Recommendation]:
    """Return the edition's known recommendations in the wording of that time, the report's own first."""
    rows = Recommendation.objects.visible_to(view.reader).filter(edition=view.edition)
    return rows.select_related("lead").prefetch_related("supporting").as_known_by(view.known_by)


def recommendation_label(row: Recommendation) -> str:
    """Return the number of a recommendation, with the name of the action plan if it comes from there."""
    return f"{row.number}" if row.origin == Origin.REPORT else f"{row.get_origin_display()} {row.number}"


def recommendation_name(row: Recommendation) -> str:
    """Return the name of a recommendation for a sentence: `recommendation 2`."""
    if row.origin == Origin.REPORT:
        return gettext("recommendation %(number)s") % {"number": row.number}
    return f"{formatting.lowercase_first(row.get_origin_display())} {row.number}"


def describe_recommendation(row: Recommendation) -> str:
    """Return a recommendation with its number and its text, and whether the text is our reconstruction."""
    values = {"name": formatting.capitalize_first(recommendation_name(row)), "text": row.text}
    if row.is_reconstruction:
        return gettext("%(name)s (our wording, not the report’s): %(text)s") % values
    return gettext("%(name)s: %(text)s") % values


def describe_leads(labels: Sequence[str]) -> str:
    """Return a sentence on the recommendations that a ministry leads on; empty if there are none."""
    if not labels:
        return ""
    return ngettext("Leads on recommendation %(numbers)s.", "Leads on recommendations %(numbers)s.", len(labels)) % {
        "numbers": join_with_and(labels)
    }


def recommendation_subject(text: str) -> str:
    """Return a short name for a recommendation: what stands in brackets at its end, otherwise its first words."""
    if match := _NAME_AT_END.search(text):
        return match[1]
    words = text.strip().rstrip(".").split()
    if len(words) <= MAX_SUBJECT_WORDS:
        return " ".join(words)
    return f"{' '.join(words[:MAX_SUBJECT_WORDS]).rstrip(',;:')} …"


def benchmark_name(recommendation: str, criterion: str) -> str:
    """Return a benchmark with its subject: `Subordinate Courts Act: amendment before Parliament`.

    The first letter of the criterion stays a capital if the recommendation writes that word with a capital too.
    """
    first_word, *_ = criterion.split() or [""]
    is_name = first_word in recommendation.split()[1:]
    return gettext("%(subject)s: %(criterion)s") % {
        "subject": recommendation_subject(recommendation),
        "criterion": criterion if is_name else formatting.lowercase_first(criterion),
    }


def build_recommendations(
    view: ReaderView, recommendations: list[Recommendation], result: Readiness, annex: EvidenceAnnex
) -> tuple[PrintedRecommendation, ...]:
    """Return the recommendations with their points, rounded so that they add up to the points of their part."""
    printed = score_display.display_benchmarks(result.known_facts, result)
    terms = terms_in_force(view)
    verdicts = _current_assessments(view, result.known_facts)
    evidence = _evidence_numbers(result, annex)
    known = Recommendation.objects.visible_to(view.reader).filter(edition__country=view.edition.country_id)
    unmet = known.years_unmet()
    own: dict[int, list[int]] = {row.pk: [] for row in recommendations}
    for line in result.verified.benchmarks:
        own[line.recommendation_id].append(line.benchmark_id)
    points = [sum((printed[pk].points for pk in own[row.pk]), Fraction(0)) for row in recommendations]
    return tuple(
        PrintedRecommendation(
            label=recommendation_label(row),
            text=row.text,
            is_reconstruction=row.is_reconstruction,
            facts=_recommendation_facts(row, unmet.get(row.pk)),
            points=shown_points if result.is_reviewed else None,
            of=formatting.round_to_tenth(sum((printed[pk].max_points for pk in own[row.pk]), Fraction(0))),
            benchmarks=tuple(
                _build_benchmark(
                    printed[pk],
                    terms[pk],
                    name=benchmark_name(row.text, terms[pk].criterion),
                    verdict=verdicts.get(pk),
                    evidence=evidence.get(pk, ()),
                )
                for pk in own[row.pk]
            ),
        )
        for row, shown_points in zip(
            recommendations, formatting.round_preserving_sum(points, total=_action_part_points(result)), strict=True
        )
    )


def _action_part_points(result: Readiness) -> Decimal:
    """Return the points of concrete action as the table of the four parts prints them."""
    printed = formatting.round_preserving_sum([part.points for part in result.verified.parts])
    return next(own for part, own in zip(result.verified.parts, printed, strict=True) if part.key is PartKey.ACTION)


def _recommendation_facts(row: Recommendation, unmet: YearsUnmet | None) -> tuple[str, ...]:
    """Return the origin, pillar, indicia and lead of a recommendation, and how long it has been unmet."""
    supporting = [ministry.name for ministry in row.supporting.all()]
    facts = (
        row.get_origin_display(),
        formatting.lowercase_first(Pillar(row.pillar).label),
        sentences.format_indicia(row.indicia),
        gettext("lead: %(ministry)s") % {"ministry": row.lead.name} if row.lead else gettext("no lead ministry"),
        gettext("with: %(ministries)s") % {"ministries": join_with_and(supporting)} if supporting else "",
        gettext("not met: %(years)s (%(source)s)") % {"years": unmet.text, "source": unmet.source} if unmet else "",
    )
    return tuple(filter(None, facts))


def _build_benchmark(
    printed: score_display.BenchmarkDisplay,
    terms: BenchmarkTerms,
    *,
    name: str,
    verdict: PrintedAssessment | None,
    evidence: tuple[str, ...],
) -> PrintedBenchmark:
    bar = printed.bar
    return PrintedBenchmark(
        key=printed.key,
        criterion=terms.criterion,
        rule=gettext("%(rule)s: %(target)s") % {"rule": terms.get_rule_display(), "target": format_number(terms.target)}
        if terms.target
        else terms.get_rule_display(),
        share=None if bar.share is None else bar.share / 100,
        claimed=(bar.claimed or Decimal(0)) / 100,
        figure=bar.text,
        reason=with_claim(printed.reason, printed.claim),
        assessment=verdict,
        evidence=evidence,
        name=name,
    )


def terms_in_force(view: ReaderView) -> dict[int, BenchmarkTerms]:
    """Return the terms in force by benchmark: the newest that were known."""
    rows = (
        BenchmarkTerms.objects.visible_to(view.reader)
        .known_by(view.known_by)
        .filter(benchmark__recommendation__edition=view.edition)
        .select_related("indicator")
    )
    return {row.benchmark_id: row for row in reversed(rows)}


def _evidence_numbers(result: Readiness, annex: EvidenceAnnex) -> dict[int, tuple[str, ...]]:
    """Return the annex numbers of the evidence for each benchmark.

    These are the pieces that support it, and those that its figures cite.
    """
    cited = {reading.id: reading.evidence_id for reading in result.known_facts.readings}
    numbers = {pk: set(evidence_link) for pk, evidence_link in annex.by_benchmark.items()}
    for line in (*result.verified.benchmarks, *result.claimed.benchmarks):
        for row in line.line.finding.rows:
            evidence_id = cited.get(row.id) if row.type == "reading" else None
            if evidence_id is not None and evidence_id in annex.numbers:
                numbers.setdefault(line.benchmark_id, set()).add(annex.numbers[evidence_id])
    annex_order = list(annex.numbers.values())
    return {pk: tuple(sorted(labels, key=annex_order.index)) for pk, labels in numbers.items()}


def _current_assessments(view: ReaderView, facts: Facts) -> dict[int, PrintedAssessment]:
    """Return the assessment of each benchmark that is in force on the day."""
    in_force = [judgement.id for judgement in build_verified_view(facts, view.as_of).assessments.values()]
    rows = Assessment.objects.visible_to(view.reader).filter(pk__in=in_force).select_related("recorded_by")
    return {
        row.benchmark_id: PrintedAssessment(
            rationale=row.rationale,
            by=gettext("%(assessment)s. Assessed by %(person)s, %(date)s")
            % {
                "assessment": row.get_verdict_display(),
                "person": row.recorded_by.name,
                "date": format_short_date(view.day(row.recorded_at)),
            },
            law=row.law,
        )
        for row in rows
    }
