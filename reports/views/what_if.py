"""What-if page: tick next steps and benchmarks to see what readiness would be. Nothing is recorded."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.utils.http import urlencode

from recommendations.edition_context import EditionRequest, edition_url
from recommendations.models import Benchmark, Recommendation
from reports import request_params
from reports.briefings.step_texts import step_texts
from reports.readiness.explanation import score_display, what_if_display
from reports.readiness.explanation.score_display import BenchmarkDisplay
from reports.readiness.explanation.step_display import StepDisplay
from reports.readiness.explanation.step_sentences import display_steps
from reports.readiness.explanation.what_if_display import BenchmarkChoice
from reports.readiness.facts import Facts
from reports.readiness.forecast.next_steps import NextSteps
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import Readiness, evaluate_readiness
from reports.request_params import RequestedMoment
from reports.views.access import readiness_page
from reports.views.links import PageLink
from reports.views.record_moment import pin_known_by, read_record_moment
from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import gettext, join_with_and, ngettext
from tiptracker.web.form_pages import render_form
from tiptracker.web.pages import render_page


class BenchmarkOption(NamedTuple):
    """A benchmark to tick: what it would add alone, what it asks for, and its current status."""

    choice: BenchmarkChoice
    benchmark: Benchmark
    display: BenchmarkDisplay
    is_ticked: bool


class StepOption(NamedTuple):
    """A next step to tick; `key` is its name in the address."""

    key: str
    step: StepDisplay
    is_ticked: bool


@readiness_page
def readiness_what_if(request: EditionRequest) -> HttpResponse:
    """Show readiness now, and with the steps of `step=` (keys) taken and the benchmarks of `met=` (ids) met.

    Requests from htmx get only the result. An unknown step, or a benchmark that is not asked, is refused; the other
    boxes stay ticked.

    The address keeps naming the day and the moment at which the page was opened. So it gives the same figures whenever
    it is shared.
    """
    requested, form = read_record_moment(request)
    if requested is None:
        return render_form(request, "reports/readiness_what_if.html", form, {})
    record_moment, status = pin_known_by(requested), 200
    met_keys, step_keys = request.GET.getlist("met"), request.GET.getlist("step")
    with snapshot():
        facts = gather_facts(record_moment.edition)
        result = evaluate_readiness(facts, as_of=record_moment.as_of, known_by=record_moment.known_by)
        steps = result.next_steps()
        context: dict[str, Any] = {
            "record_moment": requested,
            "form": form,
            "mark": score_display.readiness_bar_figures(result).mark,
            "has_benchmarks": bool(result.verified.benchmarks),
        }
        try:
            met = request_params.parse_met_benchmarks(met_keys, result)
            taken = request_params.parse_taken_steps(step_keys, steps)
            context["what_if"] = what_if_display.display_what_if(result, met, taken)
        except Refused as refusal:
            met = frozenset(
                benchmark.benchmark_id
                for benchmark in result.verified.benchmarks
                if str(benchmark.benchmark_id) in met_keys
            )
            context["refusal"], status = str(refusal), 422
        if not request.headers.get("HX-Request"):
            context |= {
                "pinned": record_moment,
                "steps": _step_options(request.user, result, steps, step_keys),
                "groups": _benchmark_groups(request.user, record_moment, facts, result, met),
                "presets": _presets(record_moment, result, steps),
            }
    return render_page(request, "reports/readiness_what_if.html", context, partial="result", status=status)


def _step_options(user: User, result: Readiness, steps: NextSteps, step_keys: Collection[str]) -> list[StepOption]:
    """Return the next steps to tick, in order."""
    displays = display_steps(result, steps, step_texts(result, steps, reader=user)).steps
    return [
        StepOption(step.key, display, step.key in step_keys)
        for step, display in zip(steps.steps, displays, strict=True)
    ]


def _benchmark_groups(
    user: User, record_moment: RequestedMoment, facts: Facts, result: Readiness, met: Collection[int]
) -> list[tuple[Recommendation, list[BenchmarkOption]]]:
    """Return the recommendations with their benchmarks, in the order of the questionnaire."""
    edition, known_by = record_moment.edition, record_moment.known_by
    recommendations = Recommendation.objects.visible_to(user).filter(edition=edition).as_known_by(known_by)
    by_key = {row.pk: row for row in recommendations}
    recommendation_of = {
        benchmark.benchmark_id: by_key.get(benchmark.recommendation_id) for benchmark in result.verified.benchmarks
    }
    benchmarks = (
        Benchmark.objects.visible_to(user).filter(recommendation__edition=edition).with_terms(known_by).in_bulk()
    )
    displays = score_display.display_benchmarks(facts, result)
    choices = [choice for choice in what_if_display.what_if_choices(result) if choice.benchmark_id in benchmarks]
    return [
        (
            recommendation,
            [
                BenchmarkOption(
                    choice, benchmarks[choice.benchmark_id], displays[choice.benchmark_id], choice.benchmark_id in met
                )
                for choice in group
            ],
        )
        for recommendation, group in groupby(choices, key=lambda choice: recommendation_of[choice.benchmark_id])
        if recommendation
    ]


def _presets(record_moment: RequestedMoment, result: Readiness, steps: NextSteps) -> list[PageLink]:
    """Offer: the next steps up to the target, all steps, the fewest benchmarks to the target, all open ones, none."""
    page = f"{edition_url(record_moment.edition, 'readiness_what_if')}?{record_moment.query}"
    keys = {benchmark.benchmark_id: benchmark.line.key for benchmark in result.verified.benchmarks}
    selections: list[tuple[str, dict[str, Sequence[Any]]]] = []
    if reached := steps.target_reached_after:
        label = ngettext(
            "Tick the %(number)d next step that reaches the target",
            "Tick the %(number)d next steps that reach the target",
            reached,
        )
        selections.append((label % {"number": reached}, {"step": [step.key for step in steps.steps[:reached]]}))
    if steps.steps:
        selections.append((gettext("Tick all next steps"), {"step": [step.key for step in steps.steps]}))
    if fewest := result.smallest_set():
        label = ngettext(
            "Tick the benchmark that reaches the target: %(names)s",
            "Tick the fewest benchmarks that reach the target: %(names)s",
            len(fewest),
        )
        selections.append(
            (label % {"names": join_with_and(keys[benchmark_id] for benchmark_id in fewest)}, {"met": fewest})
        )
    if unmet := [
        benchmark.benchmark_id for benchmark in result.verified.benchmarks if benchmark.line.finding.worth < 1
    ]:
        selections.append((gettext("Tick all open benchmarks"), {"met": unmet}))
    links = [PageLink(f"{page}&{urlencode(ticked, doseq=True)}", label) for label, ticked in selections]
    return [*links, PageLink(page, gettext("Tick none"))]
