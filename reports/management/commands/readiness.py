"""`manage.py readiness LSO 2021 --as-of 2022-03-31`: print the readiness of a record, as text or as JSON."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from reports import formatting, request_params, sentences
from reports.briefings.step_texts import step_texts
from reports.management import arguments
from reports.readiness import serialization
from reports.readiness.explanation import context_display, headline
from reports.readiness.explanation.step_display import StepsDisplay
from reports.readiness.explanation.step_sentences import display_steps
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import Readiness, evaluate_readiness
from reports.readiness.scoring import ScoreLine, version_lines
from tiptracker import clock
from tiptracker.accounts.models import Ministry
from tiptracker.localization import format_date, format_number
from tiptracker.moments import parse_moment


class Command(arguments.RefusingCommand):
    help = (
        "Print the readiness of an edition on a day: the points of each part, the reasons and the next steps. It never "
        "predicts a tier. Exits with 2 if an argument is wrong. "
        "Example: manage.py readiness LSO 2021 --as-of 2022-03-31 --json"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        arguments.add_edition_arguments(parser)
        parser.add_argument("--as-of", help="the day, such as 2022-03-31; default: today in the country")
        parser.add_argument(
            "--known-by",
            help="use only what was recorded until this moment, with its time zone, such as 2022-07-31T23:59:59+02:00; "
            "default: now",
        )
        parser.add_argument(
            "--json", action="store_true", dest="is_json", help="print the whole result as JSON instead of text"
        )

    def handle(
        self, *, country: str, year: str, as_of: str | None, known_by: str | None, is_json: bool, **options: Any
    ) -> None:
        edition = arguments.get_edition(country, year)
        today = clock.today(edition.country.time_zone)
        ministries = dict(Ministry.objects.filter(country=edition.country_id).values_list("pk", "name"))
        result = evaluate_readiness(
            gather_facts(edition),
            as_of=request_params.parse_as_of(as_of, edition, today) if as_of else today,
            known_by=parse_moment(known_by) if known_by else None,
        )
        steps = result.next_steps()
        texts = step_texts(result, steps, reader=None)
        if is_json:
            document = serialization.readiness_document(result, steps=steps, texts=texts)
            self.stdout.write(json.dumps(serialization.with_former_names(document), indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_format_result(result, ministries, display_steps(result, steps, texts))))


def _format_result(result: Readiness, ministries: Mapping[int, str], shown_steps: StepsDisplay) -> Iterator[str]:
    """Yield the result as lines of text, without verified points if nothing has been reviewed.

    `ministries` are names by id.
    """
    known = f"; using only what was recorded by {result.known_by.isoformat()}" if result.known_by else ""
    yield f"{result.edition.country} {result.edition.year}, as of {format_date(result.as_of)}{known}"
    yield headline.headline(result)
    for part, points, lines in version_lines(result.verified):
        figure = (
            f"{points:.1f} of {formatting.format_points(part.max_points)}" if result.is_reviewed else part.verdict.label
        )
        yield f"\n{part.key.label}: {figure}. {part.law}"
        for line, given in zip(part.lines, lines, strict=True):
            shown = f"{given:>5.1f}" if result.is_reviewed else ""
            named = line.title.lower() in line.finding.reason.lower()
            yield f"{shown:5}  {_format_line(line, '' if named else f'{line.title}. ')}"
    yield "\nBenchmarks"
    yield from (f"{benchmark.line.key:>5}  {_format_line(benchmark.line)}" for benchmark in result.verified.benchmarks)
    yield from _format_context(result, ministries)
    yield from _format_next_steps(shown_steps)
    if result.checks:
        yield f"\nProblems in the record ({len(result.checks)})"
        yield from (f"  {check.sentence} {check.to_do}" for check in result.checks)
    yield f"\n{headline.DISCLAIMER}"


def _format_context(result: Readiness, ministries: Mapping[int, str]) -> Iterator[str]:
    """Yield the figures that pages show with readiness.

    They are: possible, projected, target, smallest set of benchmarks, Watch List years, and claims by ministry.
    """
    yield "\nReadiness in detail"
    if projected := context_display.describe_projected(result):
        yield f"  Projected: {projected}"
        yield f"  {context_display.describe_possible(result)}"
    if result.readiness_target is not None:
        yield f"  Target: {format_number(result.readiness_target)}. {result.readiness_target_reason}"
    yield f"  {context_display.describe_smallest_set(result, result.smallest_set())}"
    yield f"  {context_display.describe_watch_list(result)}"
    if claims := context_display.display_claims(result):
        yield "\nClaimed and not verified, by ministry"
        for claim in claims:
            who = ministries.get(claim.ministry_id or 0, "Others, logged by the embassy")
            yield f"{_format_points(claim.points)}  {who}: {_describe_claim_sources(claim)}"


def _format_next_steps(shown_steps: StepsDisplay) -> Iterator[str]:
    """Yield the next steps, each with what it adds and the readiness after it; then the steps listed apart."""
    if shown_steps.steps:
        yield f"\nNext steps. {shown_steps.target}"
        for number, step in enumerate(shown_steps.steps, start=1):
            figures = f" {step.adds}; readiness after it: {step.cumulative}." if step.adds else ""
            yield f"{number:>5}  {step.sentence}{figures}"
    apart = {
        "More figures to ask for": (*shown_steps.also_ask, *shown_steps.last_period),
        "Benchmarks to assess": shown_steps.to_assess,
        "Commitments due after the deadline": shown_steps.after_deadline,
    }
    for title, steps in apart.items():
        if steps:
            yield f"\n{title}"
            yield from (f"       {step.sentence}{f' {step.adds}.' if step.adds else ''}" for step in steps)


def _format_points(points: Decimal | None) -> str:
    return f"{'' if points is None else format(points, '.1f'):>5}"


def _describe_claim_sources(claim: context_display.MinistryClaimsDisplay) -> str:
    """Count what is behind a claim: "1 update, 2 pieces of evidence"."""
    counted = (
        sentences.format_count(len(claim.update_versions), "update", "updates"),
        sentences.format_count(len(claim.evidence), "piece of evidence", "pieces of evidence"),
        sentences.format_count(len(claim.readings), "figure", "figures"),
    )
    return ", ".join(count for count in counted if not count.startswith("0 "))


def _format_line(line: ScoreLine, title: str = "") -> str:
    return f"{line.finding.verdict.label.lower():<13}{title}{line.finding.reason}"
