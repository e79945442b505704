"""Build the talking points for a dialogue, by ministry: thanks, what we owe, what is overdue, what to ask."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from dialogues.choices import GOVERNMENT_DOERS, CommitmentEventKind, CommitmentStatus, EvidenceDecision, SupportKind
from dialogues.commitment_status import original_due_date
from dialogues.models import UpdateVersion
from dialogues.score_effects import describe_rescheduling
from recommendations.choices import Rule
from recommendations.models import BenchmarkTerms, Recommendation
from reports import formatting, sentences
from reports.briefings.commitments import GatheredCommitment
from reports.briefings.contacts import list_office_holders
from reports.briefings.content.dialogue import MINISTRY_KINDS, TalkingPoint, TalkingPointList
from reports.briefings.evidence import GatheredEvidence
from reports.briefings.reader_view import ReaderView
from reports.briefings.recommendations import recommendation_label, recommendation_name
from reports.briefings.spoken_text import benchmark_question, spoken_criterion
from reports.briefings.updates import newest_by_commitment
from reports.choices import StepKind, YearsAsked
from reports.readiness.forecast.next_steps import NextSteps, ReadinessStep
from reports.readiness.readiness import Readiness
from reports.readiness.scoring import BenchmarkLine
from tiptracker.accounts.models import Ministry
from tiptracker.localization import format_date, format_short_date, join_with_and

UNITED_STATES = "United States"
NO_LEAD_MINISTRY = "No ministry leads yet"


class _SortedPoint(NamedTuple):
    """A point with its kind. Within a kind, points with a lower rank come first."""

    kind: str
    point: TalkingPoint
    rank: tuple[int, date] = (0, date.min)


@dataclass(frozen=True)
class TalkingPointBuilder:
    """Builds the points for each ministry from the record.

    Attributes:
        terms: the terms in force, by key of the benchmark.
        concerning: keys of the commitments that concern the ministries at the table.
        table: keys of the ministries at the table; empty if no ministry in particular takes part.
        since: the day of the last dialogue. We thank for what came after it.
    """

    view: ReaderView
    result: Readiness
    recommendations: Sequence[Recommendation]
    commitments: Sequence[GatheredCommitment]
    versions: Sequence[UpdateVersion]
    evidence: Sequence[GatheredEvidence]
    terms: Mapping[int, BenchmarkTerms]
    concerning: frozenset[int]
    table: frozenset[int]
    steps: NextSteps
    since: date | None

    def build(self) -> tuple[TalkingPointList, ...]:
        """Return the points for each ministry at the table, by name.

        If no ministry in particular takes part, each ministry that leads or has made a commitment gets a list. After
        these come the points that no ministry leads on, unless exactly one ministry is at the table. The list of the
        United States itself is last.
        """
        rows = Ministry.objects.visible_to(self.view.reader).filter(country=self.view.edition.country)
        ministries = rows.prefetch_related("office_holders").order_by("name", "pk")
        lists = [self._ministry_list(row) for row in ministries if self._gets_list(row)]
        without_lead = _build_list(
            NO_LEAD_MINISTRY, "Settle who is to lead before anything is asked.", self._questions(None)
        )
        if without_lead.to_ask and len(self.table) != 1:
            lists.append(without_lead)
        own = [one for one in self.commitments if one.is_our_own and one.row.pk in self.concerning]
        about = "What we undertook ourselves: it is tracked too, and never enters readiness."
        points = (*filter(None, map(self._our_point, own)), *self._thanks_for_evidence(own))
        return (*lists, _build_list(UNITED_STATES, about, points, is_ours=True))

    @cached_property
    def _ranked_steps(self) -> list[tuple[int, ReadinessStep]]:
        return list(enumerate(self.steps.steps))

    @cached_property
    def _commitment_ranks(self) -> dict[int, int]:
        """The place of each commitment among the next steps."""
        return {step.rows[0].id: rank for rank, step in self._ranked_steps if step.kind is StepKind.KEEP}

    @cached_property
    def _gains_by_deadline(self) -> frozenset[int]:
        """The commitments due after the deadline that would add points if they were kept before it."""
        return frozenset(step.rows[0].id for step in self.steps.after_deadline if step.points)

    @cached_property
    def _benchmark_lines(self) -> dict[int, BenchmarkLine]:
        """The verified score of each benchmark."""
        return {line.benchmark_id: line for line in self.result.verified.benchmarks}

    @cached_property
    def _newest_versions(self) -> dict[int, UpdateVersion]:
        return newest_by_commitment(self.versions)

    def _gets_list(self, ministry: Ministry) -> bool:
        """Return whether the ministry gets a list of points.

        It does if it is at the table. If no ministry in particular is, it does if it leads on a recommendation or has
        made a commitment.
        """
        if self.table:
            return ministry.pk in self.table
        leads = ministry.pk in {row.lead_id for row in self.recommendations}
        return leads or any(commitment.row.ministry_id == ministry.pk for commitment in self.commitments)

    def _ministry_list(self, ministry: Ministry) -> TalkingPointList:
        own = [commitment for commitment in self.commitments if commitment.row.ministry_id == ministry.pk]
        leads = [recommendation_label(row) for row in self.recommendations if row.lead_id == ministry.pk]
        about = (
            "; ".join(list_office_holders(ministry, self.view.as_of)),
            f"Leads on recommendation{'' if len(leads) == 1 else 's'} {join_with_and(leads)}" if leads else "",
            sentences.describe_status_counts([commitment.printed.state for commitment in own]).rstrip("."),
        )
        return _build_list(
            ministry.name,
            " ".join(f"{text}." for text in about if text),
            (
                *filter(None, map(self._ministry_point, own)),
                *self._thanks_for_evidence(own),
                *self._questions(ministry.pk),
            ),
        )

    def _ministry_point(self, commitment: GatheredCommitment) -> _SortedPoint | None:
        """Return the point on a ministry's commitment. A withdrawn commitment has no point."""
        standing, text, last_on = commitment.standing, _quote(commitment.printed.text), commitment.last_event_on
        version = self._newest_versions.get(commitment.row.pk)
        match standing.status:
            case CommitmentStatus.VERIFIED if self._is_new(last_on):
                sentence = f"Thank you for {text}: it is done, and we verified it on {format_date(last_on)}."
                return self._point("kept", commitment, sentence, format_short_date(last_on))
            case CommitmentStatus.WITH_EMBASSY | CommitmentStatus.REPORTED:
                since = format_date(standing.waits_since or last_on)
                sentence = (
                    f"Your update on {text} has been with us since {since}, and we owe you an answer."
                    if standing.waits_since
                    else f"You told us on {since} that {text} is done, and we owe you our word on it."
                )
                waits = (self.view.as_of - (standing.waits_since or last_on)).days
                return self._point("with_us", commitment, sentence, f"for {sentences.format_days(waits)}")
            case CommitmentStatus.OVERDUE | CommitmentStatus.OPEN if version and standing.returned_on:
                reason = " ".join(version.decision.reason.split())
                sentence = (
                    f"Your update on {text} was returned on {format_date(standing.returned_on)}, and we "
                    f"will gladly take it up again once this is put right: {reason}"
                )
                return self._point("returned", commitment, sentence, commitment.printed.standing)
            case CommitmentStatus.OVERDUE:
                moved = f" and its day has been moved {_times_phrase(standing.slips)}" if standing.slips else ""
                sentence = (
                    f"{text} was due on {_date_or_empty(standing.due_on)}{moved}: by which day can we count on it?"
                )
                return self._overdue_point(commitment, sentence)
            case CommitmentStatus.OPEN:
                return self._open_point(commitment)
        return None

    def _open_point(self, commitment: GatheredCommitment) -> _SortedPoint | None:
        """Return what to ask about an open commitment.

        Return None if it is due after the deadline and an earlier date would add nothing.
        """
        due_on, deadline_on = commitment.standing.due_on, self.result.deadline_on
        text, due = _quote(commitment.printed.text), _date_or_empty(due_on)
        if due_on is None:
            sentence = f"{text} has no day yet: may we agree on one today?"
        elif deadline_on is None or due_on <= deadline_on or self.view.as_of > deadline_on:
            sentence = f"{text} is due on {due}: is it on its way?"
        elif commitment.row.pk in self._gains_by_deadline:
            deadline = format_date(deadline_on)
            sentence = f"{text} is promised for {due}, after the deadline of {deadline}: can it come before that?"
        else:
            return None
        rank = self._commitment_ranks.get(commitment.row.pk, len(self._ranked_steps))
        return self._point("to_ask", commitment, sentence, self._due_status(due_on), (rank, due_on or date.max))

    def _our_point(self, commitment: GatheredCommitment) -> _SortedPoint | None:
        """Return the point on a commitment of the United States, in words in which we answer for it."""
        standing, text, last_on = commitment.standing, _quote(commitment.printed.text), commitment.last_event_on
        due = _date_or_empty(standing.due_on)
        match standing.status:
            case CommitmentStatus.VERIFIED if self._is_new(last_on):
                sentence = f"We have done {text}, as we promised."
                return self._point("kept", commitment, sentence, format_short_date(last_on))
            case CommitmentStatus.REPORTED:
                sentence = f"We have done {text}, and a colleague is still to verify it."
                return self._point("with_us", commitment, sentence, f"done {format_short_date(last_on)}")
            case CommitmentStatus.OVERDUE:
                sentence = f"We promised {text} for {due} and have not kept that: we owe you a new day."
                return self._overdue_point(commitment, sentence)
            case CommitmentStatus.OPEN:
                sentence = f"We promised {text} for {due}." if due else f"We promised {text}, and owe you a day for it."
                status, rank = self._due_status(standing.due_on), (0, standing.due_on or date.max)
                return self._point("to_ask", commitment, sentence, status, rank)
        return None

    def _overdue_point(self, commitment: GatheredCommitment, sentence: str) -> _SortedPoint:
        status = f"by {sentences.format_days(commitment.standing.days_overdue)}"
        return self._point("overdue", commitment, sentence, status)

    def _due_status(self, due_on: date | None) -> str:
        return f"due {sentences.format_relative_date(due_on, self.view.as_of)}" if due_on else "no date agreed"

    def _point(
        self,
        kind: str,
        commitment: GatheredCommitment,
        sentence: str,
        status: str,
        rank: tuple[int, date] = (0, date.min),
    ) -> _SortedPoint:
        """Return a point with its source: the day and the place at which the commitment was made."""
        row = commitment.row
        made = f"Promised {format_short_date(commitment.printed.made_on)} ({row.letter})"
        if row.dialogue:
            held_on = format_short_date(row.dialogue.held_on)
            made = f"Promised at the dialogue of {held_on} ({row.dialogue.place})"
        first_due_on = original_due_date(commitment.events, self.view.as_of)
        history = describe_rescheduling(commitment.standing.slips, first_due_on)
        source = f"{made}; {history}" if history else made
        links = (link.benchmark_id for link in row.links.all())
        keys = tuple(self._benchmark_lines[pk].line.key for pk in links if pk in self._benchmark_lines)
        return _SortedPoint(kind, TalkingPoint(sentence, status, source, keys), rank)

    def _questions(self, lead: int | None) -> Iterator[_SortedPoint]:
        """Yield questions for the figures not given by the ministry and the benchmarks without commitment or claim.

        Args:
            lead: key of the ministry; None for the benchmarks on which no ministry leads.
        """
        for rank, step in self._ranked_steps:
            if step.ministry_id != lead:
                continue
            if step.kind is StepKind.ASK:
                yield _SortedPoint("to_ask", self._figure_question(step), (rank, date.max))
            elif step.kind is StepKind.AGREE:
                yield _SortedPoint("to_ask", self._benchmark_question(step.benchmarks[0]), (rank, date.max))

    def _figure_question(self, step: ReadinessStep) -> TalkingPoint:
        indicator = self.result.claimed_record.questionnaire.indicators[step.indicator_id or 0]
        since = format_date(self.result.edition.tracking.starts_on)
        years = f"since {since} and in the year before" if step.years is YearsAsked.BOTH else f"since {since}"
        sentence = f"May we have the figure on {formatting.lowercase_first(indicator.name)} {years}, with its source?"
        return TalkingPoint(sentence, "not reported", f"Indicator: {indicator.name}", ())

    def _benchmark_question(self, pk: int) -> TalkingPoint:
        benchmark, terms = self._benchmark_lines[pk], self.terms[pk]
        recommendation = next(row for row in self.recommendations if row.pk == benchmark.recommendation_id)
        name, key = recommendation_name(recommendation), benchmark.line.key
        sentence = benchmark_question(name, terms.criterion, Rule(terms.rule), benchmark.line.finding)
        ours = ", as we reconstruct it" if recommendation.is_reconstruction else ""
        source = f"{formatting.capitalize_first(name)}{ours}: {recommendation.text.rstrip('.')}"
        if spoken_criterion(terms.criterion) != terms.criterion.rstrip("."):
            source += f". Benchmark {key}: {terms.criterion}"
        return TalkingPoint(sentence, "not promised", source, (key,))

    def _thanks_for_evidence(self, commitments: Iterable[GatheredCommitment]) -> Iterator[_SortedPoint]:
        """Yield thanks for evidence verified since the last dialogue on commitments that are not done, newest first.

        Only concrete actions count. An action that was undone is left out: the embassy reversed its decision, or the
        commitment was reopened.
        """
        unsettled = {one.row.pk: one for one in commitments if one.standing.status is not CommitmentStatus.VERIFIED}
        for piece in reversed(self.evidence):
            commitment, review = unsettled.get(piece.row.commitment_id or 0), piece.decisive
            if commitment is None or review is None or piece.row.done_by not in GOVERNMENT_DOERS:
                continue
            verified_on, keys = self.view.day(review.recorded_at), self._supported_keys(piece)
            is_undone = any(
                event.kind == CommitmentEventKind.REOPENED and event.happened_on >= verified_on
                for event in commitment.events
            )
            if keys and self._is_new(verified_on) and not is_undone:
                sentence = f"Thank you for {_quote(piece.row.title)}, which we verified on {format_date(verified_on)}."
                when = sentences.describe_date_span(piece.first_on, piece.row.happened_to)
                source = f"Sent on {_quote(commitment.printed.text)}; it happened {when}"
                status = format_short_date(verified_on)
                yield _SortedPoint("kept", TalkingPoint(sentence, status, source, keys))

    def _supported_keys(self, piece: GatheredEvidence) -> tuple[str, ...]:
        """Return the benchmarks with a share above zero that this piece supports as a verified concrete action."""
        return tuple(
            benchmark.line.key
            for link in piece.evidence_links
            if link.shows == SupportKind.ACTION
            and piece.state_of(link) == EvidenceDecision.VERIFIED
            and (benchmark := self._benchmark_lines.get(link.benchmark_id))
            and benchmark.line.finding.worth
        )

    def _is_new(self, day: date) -> bool:
        """Return whether this day came after the last dialogue."""
        return self.since is None or day > self.since


def _build_list(whose: str, about: str, points: Iterable[_SortedPoint], *, is_ours: bool = False) -> TalkingPointList:
    """Return the list of these points, with the most valuable questions first."""
    ranked = sorted(points, key=lambda each: each.rank)
    by_kind = {kind.field: tuple(each.point for each in ranked if each.kind == kind.field) for kind in MINISTRY_KINDS}
    return TalkingPointList(whose=whose, about=about, is_ours=is_ours, **by_kind)


def _quote(text: str) -> str:
    """Return a text of the record in quotation marks, for use inside a sentence."""
    return f"“{text.rstrip('.')}”"


def _date_or_empty(day: date | None) -> str:
    return format_date(day) if day else ""


def _times_phrase(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
