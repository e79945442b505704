"""What-if page: tick next steps and benchmarks to see what readiness would be. Nothing is recorded."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.utils.http import urlencode

from recommendations.edition_context import EditionRequest, edition_url
from recommendations.form_pages import render_form
from recommendations.models import Benchmark, Recommendation
from reports import formatting, request_params, sentences
from reports.briefings.step_texts import step_texts
from reports.readiness.explanation import score_display, what_if_display
from reports.readiness.explanation.score_display import BenchmarkDisplay
from reports.readiness.explanation.step_display import StepDisplay
from reports.readiness.explanation.step_sentences import display_steps
from reports.readiness.explanation.what_if_display import BenchmarkChoice
from reports.readiness.facts import Facts
from reports.readiness.forecast.next_steps import NextSteps, ReadinessStep
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import Readiness, evaluate_readiness
from reports.request_params import RequestedStandpoint
from reports.views.access import readiness_page
from reports.views.standpoint import pin_known_by, read_standpoint
from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.web.pages import render_page


class BenchmarkOption(NamedTuple):
    """A benchmark to tick: what it would add alone, what it asks for, and its current status."""

    choice: BenchmarkChoice
    criterion: str
    stands: BenchmarkDisplay
    is_ticked: bool


class NextStepOption(NamedTuple):
    """A next step to tick, as displayed; `key` is its name in the address."""

    key: str
    told: StepDisplay
    is_ticked: bool


class RecommendationGroup(NamedTuple):
    """A recommendation with its benchmarks."""

    recommendation: Recommendation
    benchmarks: Sequence[BenchmarkOption]


class SelectionPreset(NamedTuple):
    """A link that ticks another selection."""

    label: str
    url: str


@readiness_page
def readiness_what_if(request: EditionRequest) -> HttpResponse:
    """Show readiness now, and with the steps of `step=` (keys) taken and the benchmarks of `met=` (ids) met.

    Requests from htmx get only the result. An unknown step, or a benchmark that is not asked, is refused; the other
    boxes stay ticked.

    The address keeps naming the day and the moment at which the page was opened. So it gives the same figures whenever
    it is shared.
    """
    asked, form = read_standpoint(request)
    context: dict[str, Any] = {"asked": asked}
    if asked is None:
        return render_form(request, "reports/readiness_what_if.html", form, context)
    told, up = request.GET.getlist("met"), f"{edition_url(asked.edition, 'readiness_detail')}?{asked.query}"
    then, status = pin_known_by(asked), 200
    with snapshot():
        facts = gather_facts(asked.edition)
        result = evaluate_readiness(facts, as_of=asked.as_of, known_by=then.known_by)
        steps, taken = result.next_steps(), request.GET.getlist("step")
        try:
            met = request_params.parse_met_benchmarks(told, result)
            context["supposed"] = what_if_display.display_what_if(
                result, met, request_params.parse_taken_steps(taken, steps)
            )
        except Refused as refusal:
            met = frozenset(one.benchmark_id for one in result.verified.benchmarks if str(one.benchmark_id) in told)
            context["refusal"], status = str(refusal), 422
        context |= {
            "form": form,
            "mark": score_display.readiness_bar_figures(result).mark,
            "has_benchmarks": bool(result.verified.benchmarks),
            "up": up,
        }
        if not request.headers.get("HX-Request"):
            context |= {
                "then": then,
                "steps": _step_options(request.user, result, steps, taken),
                "groups": _benchmark_groups(request.user, then, facts, result, met),
                "ways": _selection_presets(then, result, steps),
            }
    return render_page(request, "reports/readiness_what_if.html", context, partial="result", status=status)


def _step_options(user: User, result: Readiness, steps: NextSteps, taken: Collection[str]) -> list[NextStepOption]:
    """Return the next steps to tick, in order."""
    told = display_steps(result, steps, step_texts(result, steps, reader=user)).steps
    return [NextStepOption(step.key, one, step.key in taken) for step, one in zip(steps.steps, told, strict=True)]


def _benchmark_groups(
    user: User, asked: RequestedStandpoint, facts: Facts, result: Readiness, met: Collection[int]
) -> list[RecommendationGroup]:
    """Return the benchmarks by recommendation, in their order in the questionnaire."""
    recommendations = Recommendation.objects.visible_to(user).filter(edition=asked.edition)
    known = {row.pk: row for row in recommendations.as_known_by(asked.known_by)}
    part_of = {one.benchmark_id: known.get(one.recommendation_id) for one in result.verified.benchmarks}
    rows = Benchmark.objects.visible_to(user).filter(recommendation__edition=asked.edition).with_terms(asked.known_by)
    found = {row.pk: row for row in rows}
    stands = score_display.display_benchmarks(facts, result)
    seen = [one for one in what_if_display.what_if_choices(result) if one.benchmark_id in found]
    return [
        RecommendationGroup(
            recommendation, [_benchmark_option(one, found[one.benchmark_id], stands, met) for one in own]
        )
        for recommendation, own in groupby(seen, key=lambda one: part_of[one.benchmark_id])
        if recommendation
    ]


def _benchmark_option(
    one: BenchmarkChoice, row: Benchmark, stands: Mapping[int, BenchmarkDisplay], met: Collection[int]
) -> BenchmarkOption:
    return BenchmarkOption(one, row.wording, stands[one.benchmark_id], one.benchmark_id in met)


def _selection_presets(asked: RequestedStandpoint, result: Readiness, steps: NextSteps) -> list[SelectionPreset]:
    """Offer: the next steps up to the target, all steps, the fewest benchmarks to the target, all open ones, none."""
    keys = {one.benchmark_id: one.line.key for one in result.verified.benchmarks}
    unmet = [one.benchmark_id for one in result.verified.benchmarks if one.line.finding.worth < 1]
    ways = []
    if reached := steps.target_reached_after:
        up_to = sentences.format_count(reached, "next step", "next steps")
        ways.append(
            SelectionPreset(f"Tick the {up_to} up to the target", _selection_url(asked, steps=steps.steps[:reached]))
        )
    if steps.steps:
        ways.append(SelectionPreset("Tick all next steps", _selection_url(asked, steps=steps.steps)))
    if fewest := result.smallest_set():
        count = sentences.format_count(len(fewest), "benchmark", "benchmarks")
        named = formatting.join_with_and(keys[one] for one in fewest)
        ways.append(
            SelectionPreset(
                f"Tick the fewest benchmarks that reach the target: {count}, {named}", _selection_url(asked, fewest)
            )
        )
    if unmet:
        ways.append(SelectionPreset("Tick all open benchmarks", _selection_url(asked, unmet)))
    return [*ways, SelectionPreset("Tick none", _selection_url(asked))]


def _selection_url(asked: RequestedStandpoint, met: Iterable[int] = (), *, steps: Iterable[ReadinessStep] = ()) -> str:
    """Return the address with these benchmarks (ids) and next steps ticked."""
    ticked = urlencode([*(("step", one.key) for one in steps), *(("met", one) for one in met)])
    return f"{edition_url(asked.edition, 'readiness_what_if')}?{asked.query}" + (f"&{ticked}" if ticked else "")
