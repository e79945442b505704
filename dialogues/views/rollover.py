"""Roll over to the next edition: which benchmarks are asked again, and which open commitments move to it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import Prefetch
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect

from dialogues.actions.rollover import MOVING_STATUSES, RolloverResult, roll_over_edition
from dialogues.choices import Verdict
from dialogues.commitment_status import CommitmentStanding
from dialogues.forms.rollover import RolloverForm
from dialogues.models import Assessment, Commitment, CommitmentBenchmark
from recommendations.edition_context import edition_url
from recommendations.models import Benchmark, Edition, Recommendation
from recommendations.rollover.views import get_edition_pair
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.localization import gettext, ngettext
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest


class MovingCommitment(NamedTuple):
    """An open commitment towards a benchmark of the year before. `has_moved`: it works towards the new one already."""

    commitment: Commitment
    standing: CommitmentStanding
    has_moved: bool


class RolloverBenchmarkRow(NamedTuple):
    """A benchmark of the year before: its verdict, its open commitments, and its form field or what repeats it."""

    benchmark: Benchmark
    verdict: Verdict | None
    commitments: list[MovingCommitment]
    again: Benchmark | None
    field: BoundField | None


class RolloverGroup(NamedTuple):
    """A recommendation of the year before, the recommendations that repeat it, and its benchmarks."""

    recommendation: Recommendation
    repeated_by: list[Recommendation]
    lines: list[RolloverBenchmarkRow]

    @property
    def stays(self) -> bool:
        """Return whether something of the recommendation may stay behind; if it is retired, only open commitments."""
        is_open = any(line.commitments for line in self.lines)
        return is_open if self.recommendation.is_retired else bool(self.lines)


@form_page
def edition_roll_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask the benchmarks of the year before again, and move open commitments to them."""
    edition, before = get_edition_pair(request, pk)
    if before is None:
        return redirect("edition_repeats", pk=edition.pk)
    now = clock.now(edition.country.time_zone)
    page = _RolloverPage(request, edition, before, now.date())
    if result := save_form(
        page.form,
        lambda: roll_over_edition(edition=edition, goes=page.form.chosen_targets(), by=request.user, now=now),
    ):
        messages.success(request, _result_message(result, before, edition))
        return redirect(edition_url(edition, "recommendation_list"))
    return render_form(request, "dialogues/edition_roll_over.html", page.form, page.context())


def _result_message(result: RolloverResult, before: Edition, edition: Edition) -> str:
    if result == (0, 0):
        return gettext("Nothing from %(year)s was left to roll over.") % {"year": before.year}
    sentences = []
    if result.benchmarks:
        sentence = ngettext(
            "%(number)d benchmark of %(year)s was rolled over.",
            "%(number)d benchmarks of %(year)s were rolled over.",
            result.benchmarks,
        )
        sentences.append(sentence % {"number": result.benchmarks, "year": before.year})
    if result.commitments:
        sentence = ngettext(
            "%(number)d open commitment is now linked to the %(year)s edition too.",
            "%(number)d open commitments are now linked to the %(year)s edition too.",
            result.commitments,
        )
        sentences.append(sentence % {"number": result.commitments, "year": edition.year})
    return " ".join(sentences)


class _RolloverPage:
    """The form, and the rows of both editions."""

    def __init__(self, request: SignedInRequest, edition: Edition, before: Edition, today: date) -> None:
        user = request.user
        self.user, self.edition, self.before, self.today = user, edition, before, today
        benchmarks = Prefetch(
            "benchmarks",
            Benchmark.objects.visible_to(user).select_related("recommendation").order_by("letter").with_terms(),
        )
        rows = Recommendation.objects.visible_to(user).order_by("-origin", "number", "is_retired", "pk")
        self.old = list(rows.filter(edition=before).prefetch_related(benchmarks))
        self.new = list(rows.active().filter(edition=edition).prefetch_related(benchmarks))
        self.again = {
            benchmark.repeats_id: benchmark
            for row in self.new
            for benchmark in row.benchmarks.all()
            if benchmark.repeats_id
        }
        self.moving = self._moving()
        left = [
            benchmark
            for row in self.old
            for benchmark in row.benchmarks.all()
            if benchmark.pk not in self.again
            and benchmark.known_terms
            and (not row.is_retired or benchmark.pk in self.moving)
        ]
        self.form = RolloverForm(sent_data(request), benchmarks=left, new=self.new, year=before.year)

    def context(self) -> dict[str, Any]:
        """Return the context of the template: what is asked again first, then the rest."""
        groups = self._groups()
        return {
            "edition": self.edition,
            "before": self.before,
            "repeated": [group for group in groups if group.repeated_by],
            "dropped": [group for group in groups if not group.repeated_by and group.stays],
            "is_matched": any(row.repeats_id for row in self.new),
            "leaves": len(self.form.benchmarks),
            "moves": self._moves(groups),
        }

    def _groups(self) -> list[RolloverGroup]:
        verdicts = _newest_verdicts(self.user, self.old)
        return [
            RolloverGroup(
                row,
                [new for new in self.new if new.repeats_id == row.pk],
                [
                    RolloverBenchmarkRow(
                        benchmark,
                        verdicts.get(benchmark.pk),
                        self.moving.get(benchmark.pk, []),
                        self.again.get(benchmark.pk),
                        self.form[f"goes_{benchmark.pk}"] if f"goes_{benchmark.pk}" in self.form.fields else None,
                    )
                    for benchmark in row.benchmarks.all()
                ],
            )
            for row in self.old
        ]

    def _moving(self) -> Mapping[int, list[MovingCommitment]]:
        """Return the open commitments by benchmark id of the year before, soonest due first."""
        benchmarks = [benchmark.pk for row in self.old for benchmark in row.benchmarks.all()]
        linked = CommitmentBenchmark.objects.current().filter(benchmark__in=benchmarks).values("commitment")
        rows = Commitment.objects.visible_to(self.user).filter(pk__in=linked)
        moving: dict[int, list[MovingCommitment]] = {}
        for row in rows.with_history().select_related("ministry").prefetch_related("links"):
            standing = row.standing_on(self.today)
            if standing is None or standing.status not in MOVING_STATUSES:
                continue
            towards = {link.benchmark_id for link in row.links.all() if link.removed_in_id is None}
            ever = {link.benchmark_id for link in row.links.all()}
            for key in towards & set(benchmarks):
                again = self.again.get(key)
                moving.setdefault(key, []).append(
                    MovingCommitment(row, standing, again is not None and again.pk in ever)
                )
        for rows_of_benchmark in moving.values():
            rows_of_benchmark.sort(key=lambda row: (row.standing.due_on or date.max, row.commitment.pk))
        return moving

    @staticmethod
    def _moves(groups: Iterable[RolloverGroup]) -> int:
        """Count the open commitments that would move even if the user chooses nothing."""
        return len(
            {
                moving.commitment.pk
                for group in groups
                for line in group.lines
                for moving in line.commitments
                if line.again and not moving.has_moved
            }
        )


def _newest_verdicts(user: User, old: Sequence[Recommendation]) -> dict[int, Verdict]:
    """Return the newest verdict on each benchmark, by benchmark id."""
    rows = Assessment.objects.visible_to(user).filter(benchmark__recommendation__in=[row.pk for row in old])
    verdicts = rows.order_by("recorded_at", "pk").values_list("benchmark", "verdict")
    return {benchmark: Verdict(verdict) for benchmark, verdict in verdicts}
