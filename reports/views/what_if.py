"""What if: tick next steps and benchmarks and see what readiness would be. Nothing of it is recorded."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from recommendations.edition_context import AtEdition, edition_url
from recommendations.models import Benchmark, Recommendation
from reports import formatting, request_params, sentences
from reports.briefings import content
from reports.briefings.step_texts import step_texts
from reports.readiness.explanation import score_display, what_if_display
from reports.readiness.explanation.score_display import PrintedBenchmark
from reports.readiness.explanation.step_sentences import told_steps
from reports.readiness.explanation.what_if_display import Choice
from reports.readiness.facts import Facts
from reports.readiness.forecast.next_steps import NextSteps, Step
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import Readiness, readiness
from reports.request_params import Asked
from reports.views.standpoint import fixed, look
from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.web.pages import render_page


class Ticked(NamedTuple):
    """A benchmark to tick: what it would add alone, what success is, where it stands."""

    choice: Choice
    criterion: str
    stands: PrintedBenchmark
    is_ticked: bool


class TickedStep(NamedTuple):
    """A next step to tick, as it is told; `key` names it in the address."""

    key: str
    told: content.NextStep
    is_ticked: bool


class Group(NamedTuple):
    """A recommendation with its benchmarks."""

    recommendation: Recommendation
    benchmarks: Sequence[Ticked]


class Way(NamedTuple):
    """An address that ticks other benchmarks."""

    label: str
    url: str


@login_required
@require_safe
def readiness_what_if(request: AtEdition) -> HttpResponse:
    """Readiness as it is, and with the next steps of `step=` (keys) taken and the benchmarks of `met=` (ids) met.

    For htmx the result alone. A step that is none, or a benchmark that isn't asked, is refused; the others stay ticked.
    As boxes are ticked the address goes on naming the day and the moment at which the page was opened, so that it gives
    the same figures whenever it is sent.
    """
    asked, form, status = look(request)
    context: dict[str, Any] = {"asked": asked, "form": form}
    if asked is None:
        return render_page(request, "reports/readiness_what_if.html", context, status=status)
    told, up = request.GET.getlist("met"), f"{edition_url(asked.edition, 'readiness_detail')}?{asked.query}"
    then = fixed(asked)
    with snapshot():
        facts = gather_facts(asked.edition)
        result = readiness(facts, as_of=asked.as_of, known_by=then.known_by)
        steps, taken = result.next_steps(), request.GET.getlist("step")
        try:
            met = request_params.met(told, result)
            context["supposed"] = what_if_display.suppose(result, met, request_params.taken(taken, steps))
        except Refused as refusal:
            met = frozenset(one.benchmark_id for one in result.verified.benchmarks if str(one.benchmark_id) in told)
            context["refusal"], status = str(refusal), 422
        context |= {
            "mark": score_display.bar(result).mark,
            "has_benchmarks": bool(result.verified.benchmarks),
            "up": up,
        }
        if not request.headers.get("HX-Request"):
            context |= {
                "then": then,
                "steps": _steps(request.user, result, steps, taken),
                "groups": _groups(request.user, then, facts, result, met),
                "ways": _ways(then, result, steps),
            }
    return render_page(request, "reports/readiness_what_if.html", context, partial="result", status=status)


def _steps(user: User, result: Readiness, steps: NextSteps, taken: Collection[str]) -> list[TickedStep]:
    """The steps of the ladder, in order."""
    told = told_steps(result, steps, step_texts(result, steps, reader=user)).steps
    return [TickedStep(step.key, one, step.key in taken) for step, one in zip(steps.steps, told, strict=True)]


def _groups(user: User, asked: Asked, facts: Facts, result: Readiness, met: Collection[int]) -> list[Group]:
    """The benchmarks that are asked, by recommendation, in the order in which they are."""
    recommendations = Recommendation.objects.visible_to(user).filter(edition=asked.edition)
    known = {row.pk: row for row in recommendations.as_known_by(asked.known_by)}
    part_of = {one.benchmark_id: known.get(one.recommendation_id) for one in result.verified.benchmarks}
    rows = Benchmark.objects.visible_to(user).filter(recommendation__edition=asked.edition).with_terms(asked.known_by)
    found = {row.pk: row for row in rows}
    stands = score_display.benchmarks(facts, result)
    seen = [one for one in what_if_display.choices(result) if one.benchmark_id in found]
    return [
        Group(recommendation, [_ticked(one, found[one.benchmark_id], stands, met) for one in own])
        for recommendation, own in groupby(seen, key=lambda one: part_of[one.benchmark_id])
        if recommendation
    ]


def _ticked(one: Choice, row: Benchmark, stands: Mapping[int, PrintedBenchmark], met: Collection[int]) -> Ticked:
    return Ticked(one, row.wording, stands[one.benchmark_id], one.benchmark_id in met)


def _ways(asked: Asked, result: Readiness, steps: NextSteps) -> list[Way]:
    """The next steps up to the target, all of them, the fewest benchmarks that reach it, all that are open, none."""
    keys = {one.benchmark_id: one.line.key for one in result.verified.benchmarks}
    unmet = [one.benchmark_id for one in result.verified.benchmarks if one.line.finding.worth < 1]
    ways = []
    if reached := steps.target_reached_after:
        up_to = sentences.counted(reached, "next step", "next steps")
        ways.append(Way(f"Tick the {up_to} up to the target", _ticking(asked, steps=steps.steps[:reached])))
    if steps.steps:
        ways.append(Way("Tick all next steps", _ticking(asked, steps=steps.steps)))
    if fewest := result.smallest_set():
        count = sentences.counted(len(fewest), "benchmark", "benchmarks")
        named = formatting.listed(keys[one] for one in fewest)
        ways.append(Way(f"Tick the fewest benchmarks that reach the target: {count}, {named}", _ticking(asked, fewest)))
    if unmet:
        ways.append(Way("Tick all open benchmarks", _ticking(asked, unmet)))
    return [*ways, Way("Tick none", _ticking(asked))]


def _ticking(asked: Asked, met: Iterable[int] = (), *, steps: Iterable[Step] = ()) -> str:
    """The address with these benchmarks (ids) and next steps ticked."""
    ticked = urlencode([*(("step", one.key) for one in steps), *(("met", one) for one in met)])
    return f"{edition_url(asked.edition, 'readiness_what_if')}?{asked.query}" + (f"&{ticked}" if ticked else "")
