"""What if: tick benchmarks and see what the score would be with them met. Nothing of it is recorded."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from recommendations.here import AtEdition, edition_url
from recommendations.models import Benchmark, Recommendation
from reports import asking, glance, supposed, telling, wording
from reports.asking import Asked
from reports.facts import gather_facts
from reports.glance import PrintedBenchmark
from reports.readiness import Readiness, readiness
from reports.record import Facts
from reports.supposed import Choice
from reports.views.standpoint import fixed, look
from tiptracker.accounts.models import User
from tiptracker.pages import render_page
from tiptracker.refusals import Refused
from tiptracker.snapshot import snapshot


class Ticked(NamedTuple):
    """A benchmark to tick: what it would add alone, what success is, where it stands."""

    choice: Choice
    criterion: str
    stands: PrintedBenchmark
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
    """The score as it is and as it would be with the benchmarks of `met=` (ids) met; for htmx the result alone.

    A benchmark that isn't asked is refused; the others stay ticked. As boxes are ticked the address goes on naming the
    day and the moment at which the page was opened, so that it gives the same figures whenever it is sent.
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
        try:
            met = asking.met(told, result)
            context["supposed"] = supposed.suppose(result, met)
        except Refused as refusal:
            met = frozenset(one.benchmark_id for one in result.verified.benchmarks if str(one.benchmark_id) in told)
            context["refusal"], status = str(refusal), 422
        context |= {"mark": glance.bar(result).mark, "has_benchmarks": bool(result.verified.benchmarks), "up": up}
        if not request.headers.get("HX-Request"):
            context |= {
                "then": then,
                "groups": _groups(request.user, then, facts, result, met),
                "ways": _ways(then, result),
            }
    return render_page(request, "reports/readiness_what_if.html", context, partial="result", status=status)


def _groups(user: User, asked: Asked, facts: Facts, result: Readiness, met: Collection[int]) -> list[Group]:
    """The benchmarks that are asked, by recommendation, in the order in which they are."""
    recommendations = Recommendation.objects.visible_to(user).filter(edition=asked.edition)
    known = {row.pk: row for row in recommendations.as_known_by(asked.known_by)}
    part_of = {one.benchmark_id: known.get(one.recommendation_id) for one in result.verified.benchmarks}
    rows = Benchmark.objects.visible_to(user).filter(recommendation__edition=asked.edition).with_terms(asked.known_by)
    found = {row.pk: row for row in rows}
    stands = glance.benchmarks(facts, result)
    seen = [one for one in supposed.choices(result) if one.benchmark_id in found]
    return [
        Group(recommendation, [_ticked(one, found[one.benchmark_id], stands, met) for one in own])
        for recommendation, own in groupby(seen, key=lambda one: part_of[one.benchmark_id])
        if recommendation
    ]


def _ticked(one: Choice, row: Benchmark, stands: Mapping[int, PrintedBenchmark], met: Collection[int]) -> Ticked:
    return Ticked(one, row.wording, stands[one.benchmark_id], one.benchmark_id in met)


def _ways(asked: Asked, result: Readiness) -> list[Way]:
    """The fewest that reach the working mark, all that are open, none."""
    keys = {one.benchmark_id: one.line.key for one in result.verified.benchmarks}
    unmet = [one.benchmark_id for one in result.verified.benchmarks if one.line.finding.worth < 1]
    ways = []
    if fewest := result.smallest_set():
        count = telling.counted(len(fewest), "benchmark", "benchmarks")
        named = wording.listed(keys[one] for one in fewest)
        ways.append(Way(f"Tick the fewest that reach the mark: {count}, {named}", _with_met(asked, fewest)))
    if unmet:
        ways.append(Way("Tick all that are open", _with_met(asked, unmet)))
    return [*ways, Way("Tick none", _with_met(asked, []))]


def _with_met(asked: Asked, met: Iterable[int]) -> str:
    ticked = urlencode([("met", one) for one in met])
    return f"{edition_url(asked.edition, 'readiness_what_if')}?{asked.query}" + (f"&{ticked}" if ticked else "")
