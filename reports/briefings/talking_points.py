"""Build the talking points for a dialogue, by ministry: thanks, what we owe, what is overdue, what to ask."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from dialogues.choices import GOVERNMENT_DOERS, CommitmentEventKind, CommitmentStatus, EvidenceDecision, SupportKind
from dialogues.commitment_phrases import describe_rescheduling
from dialogues.commitment_status import original_due_date
from dialogues.models import InformationRequest, UpdateVersion
from dialogues.request_status import RequestStanding
from recommendations.choices import Rule
from recommendations.models import BenchmarkTerms, Recommendation
from reports import sentences
from reports.briefings import asks
from reports.briefings.asked_figures import find_asked_figures
from reports.briefings.commitment_priority import OPEN, OVERDUE, QUESTION, CommitmentPriorities, Urgency
from reports.briefings.commitments import GatheredCommitment
from reports.briefings.contacts import list_office_holders
from reports.briefings.content.dialogue import MINISTRY_KINDS, TalkingPoint, TalkingPointList
from reports.briefings.evidence import GatheredEvidence
from reports.briefings.recommendations import (
    describe_leads,
    describe_recommendation,
    recommendation_label,
    recommendation_name,
)
from reports.briefings.requests import find_named_figures, gather_requests, list_unanswered
from reports.briefings.reversal_sentences import GatheredReversals
from reports.briefings.spoken_text import benchmark_question, spoken_criterion
from reports.briefings.updates import newest_by_commitment
from reports.choices import StepKind
from reports.reader_view import ReaderView
from reports.readiness.answers import RowReference
from reports.readiness.explanation.step_sentences import FigureRequest
from reports.readiness.forecast.next_steps import NextSteps, ReadinessStep
from reports.readiness.readiness import Readiness
from reports.readiness.reversed_actions import Reversal
from reports.readiness.scoring import BenchmarkLine
from tiptracker.accounts.models import Ministry
from tiptracker.localization import format_date, format_short_date, gettext, gettext_noop, ngettext

UNITED_STATES = gettext_noop("United States")
NO_LEAD_MINISTRY = gettext_noop("No lead ministry yet")
OPEN_STATUSES = frozenset({CommitmentStatus.OPEN, CommitmentStatus.OVERDUE})
KINDS_TO_RAISE = frozenset({"overdue", "returned", "to_ask"})
"""The kinds of points that ask the ministry for something."""


class SortedPoint(NamedTuple):
    """A point with its kind, and the row that it is about; `commitment` is set if that is a commitment.

    `rank` is the place of a question among the next steps. `overdue_since` is set if the answer to it is overdue.
    """

    kind: str
    point: TalkingPoint
    row: RowReference
    rank: int = 0
    commitment: GatheredCommitment | None = None
    overdue_since: date | None = None


@dataclass(frozen=True)
class TalkingPointBuilder:
    """Builds the points for each ministry from the record.

    Attributes:
        reversals: the verified actions that were reversed since.
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
    reversals: GatheredReversals
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
            gettext(NO_LEAD_MINISTRY),
            gettext("Agree on a lead ministry before you ask these questions."),
            self._questions(None),
        )
        if without_lead.to_ask and len(self.table) != 1:
            lists.append(without_lead)
        own = [
            commitment
            for commitment in self.commitments
            if commitment.is_our_own and commitment.row.pk in self.concerning
        ]
        about = gettext("Our own commitments. They never count towards readiness.")
        points = (*filter(None, map(self._our_point, own)), *self._thanks_for_evidence(own))
        return (*lists, _build_list(gettext(UNITED_STATES), about, points, is_ours=True))

    def points_to_raise(self, ministry: int) -> list[SortedPoint]:
        """Return what to raise with a ministry (key), the most urgent first.

        Overdue commitments and answers come first, then returned updates, then our questions for figures and open
        commitments in the order of the next steps, then our other questions.
        Thanks, and what we owe the ministry, are no points to raise.
        """
        points = [*self._commitment_points(ministry), *self._overdue_answers(ministry), *self._questions(ministry)]
        return sorted((point for point in points if point.kind in KINDS_TO_RAISE), key=self._urgency)

    def _commitment_points(self, ministry: int) -> Iterator[SortedPoint]:
        return filter(None, map(self._ministry_point_with_reversal, self._commitments_of(ministry)))

    def _urgency(self, one: SortedPoint) -> Urgency:
        if one.overdue_since:
            return OVERDUE, 0, one.overdue_since, one.row.id
        if one.commitment is None:
            group = OPEN if one.row.type == "indicator" else QUESTION
            return group, one.rank, date.max, one.row.id
        return self._priorities.urgency(one.commitment.row.pk, one.commitment.standing)

    @cached_property
    def _ranked_steps(self) -> list[tuple[int, ReadinessStep]]:
        return list(enumerate(self.steps.steps))

    @cached_property
    def _asked_figures(self) -> Mapping[int, FigureRequest]:
        return find_asked_figures(self.result, self.steps, InformationRequest.objects.visible_to(self.view.reader))

    @cached_property
    def _overdue_requests(self) -> list[tuple[InformationRequest, RequestStanding]]:
        return [(row, standing) for row, standing in gather_requests(self.view) if standing.days_overdue]

    @cached_property
    def _priorities(self) -> CommitmentPriorities:
        return CommitmentPriorities(self.result, self.steps)

    @cached_property
    def _benchmark_lines(self) -> dict[int, BenchmarkLine]:
        """The verified score of each benchmark."""
        return {line.benchmark_id: line for line in self.result.verified.benchmarks}

    @cached_property
    def _newest_versions(self) -> dict[int, UpdateVersion]:
        return newest_by_commitment(self.view, self.versions)

    def _gets_list(self, ministry: Ministry) -> bool:
        """Return whether the ministry gets a list of points.

        It does if it is at the table. If no ministry in particular is, it does if it leads on a recommendation or has
        made a commitment.
        """
        if self.table:
            return ministry.pk in self.table
        leads = ministry.pk in {row.lead_id for row in self.recommendations}
        return leads or any(commitment.row.ministry_id == ministry.pk for commitment in self.commitments)

    def _commitments_of(self, ministry: int) -> list[GatheredCommitment]:
        return [commitment for commitment in self.commitments if commitment.row.ministry_id == ministry]

    def _ministry_list(self, ministry: Ministry) -> TalkingPointList:
        own = self._commitments_of(ministry.pk)
        leads = [recommendation_label(row) for row in self.recommendations if row.lead_id == ministry.pk]
        about = (
            "; ".join(list_office_holders(ministry, self.view.as_of)),
            describe_leads(leads).rstrip("."),
            sentences.describe_status_counts(
                [commitment.printed.state for commitment in own],
                reversed_since=self.reversals.count_reversed(own),
            ).rstrip("."),
        )
        return _build_list(
            ministry.name,
            " ".join(f"{text}." for text in about if text),
            (
                *(point for point in self._commitment_points(ministry.pk) if point.kind not in KINDS_TO_RAISE),
                *self._thanks_for_evidence(own),
                *self.points_to_raise(ministry.pk),
            ),
        )

    def _ministry_point_with_reversal(self, commitment: GatheredCommitment) -> SortedPoint | None:
        """Return the point on a ministry's commitment, with what has reversed a verified action on it since."""
        reversals, status = self.reversals.of_commitment(commitment.row.pk), commitment.standing.status
        is_kept = status is CommitmentStatus.VERIFIED
        found = None if reversals and is_kept else self._ministry_point(commitment)
        if found is None and reversals and status is not CommitmentStatus.WITHDRAWN:
            sentence = asks.ask_where_it_stands(asks.quote(commitment.printed.text))
            found = self._point("to_ask", commitment, sentence, commitment.printed.status_text)
        if found is None:
            return None
        return found._replace(point=self._with_reversals(found.point, commitment.row.ministry_id, reversals))

    def _with_reversals(self, point: TalkingPoint, ministry: int | None, reversals: Sequence[Reversal]) -> TalkingPoint:
        """Return a point that names these reversals.

        What the ministry may not read stands beside the source, because the sentence is spoken aloud.
        """
        if not reversals:
            return point
        if since := self.reversals.describe_to(ministry, reversals):
            sentence = gettext("%(point)s We had verified an action on it. %(since)s")
            return replace(point, sentence=sentence % {"point": point.sentence, "since": since})
        source = gettext("%(source)s. Internal to the embassy: we had verified an action on it. %(since)s")
        since = self.reversals.describe(reversals)
        return replace(point, source=source % {"source": point.source, "since": since})

    def _ministry_point(self, commitment: GatheredCommitment) -> SortedPoint | None:
        """Return the point on a ministry's commitment. A withdrawn commitment has no point."""
        standing, text, last_on = commitment.standing, asks.quote(commitment.printed.text), commitment.last_event_on
        version = self._newest_versions.get(commitment.row.pk)
        match standing.status:
            case CommitmentStatus.VERIFIED if self._is_new(last_on):
                sentence = gettext("Thank you for keeping your commitment %(commitment)s. We verified it on %(date)s.")
                sentence %= {"commitment": text, "date": format_date(last_on)}
                return self._point("kept", commitment, sentence, format_short_date(last_on))
            case CommitmentStatus.WITH_EMBASSY | CommitmentStatus.REPORTED:
                since = standing.waits_since or last_on
                sentence = (
                    gettext("We received your update on %(commitment)s on %(date)s. We owe you a reply.")
                    if standing.waits_since
                    else gettext("You reported on %(date)s that %(commitment)s is done. We owe you a reply.")
                ) % {"commitment": text, "date": format_date(since)}
                days = (self.view.as_of - since).days
                status = ngettext("for %(number)d day", "for %(number)d days", days) % {"number": days}
                return self._point("with_us", commitment, sentence, status)
            case CommitmentStatus.OVERDUE | CommitmentStatus.OPEN if version and standing.returned_on:
                reason = " ".join(version.decision.reason.split())
                sentence = gettext(
                    "We returned your update on %(commitment)s on %(date)s. Please change: %(reason)s"
                ) % {"commitment": text, "date": format_date(standing.returned_on), "reason": reason}
                kind = "overdue" if standing.days_overdue else "returned"
                return self._point(kind, commitment, sentence, commitment.printed.status_text)
            case CommitmentStatus.OVERDUE:
                return self._overdue_point(commitment, asks.ask_about_overdue(text, standing))
            case CommitmentStatus.OPEN:
                return self._open_point(commitment)
        return None

    def _open_point(self, commitment: GatheredCommitment) -> SortedPoint | None:
        """Return what to ask about an open commitment, or None if there is nothing to ask."""
        key, due_on = commitment.row.pk, commitment.standing.due_on
        if not self._priorities.is_asked_about(key, commitment.standing):
            return None
        sentence = asks.ask_about_open(asks.quote(commitment.printed.text), commitment.standing, self._priorities)
        return self._point("to_ask", commitment, sentence, self._due_status(due_on))

    def _our_point(self, commitment: GatheredCommitment) -> SortedPoint | None:
        """Return the point on a commitment of the United States, in words in which we answer for it."""
        standing, text, last_on = commitment.standing, asks.quote(commitment.printed.text), commitment.last_event_on
        values = {"commitment": text, "date": asks.date_or_empty(standing.due_on)}
        match standing.status:
            case CommitmentStatus.VERIFIED if self._is_new(last_on):
                sentence = gettext("We kept our commitment %(commitment)s.") % values
                return self._point("kept", commitment, sentence, format_short_date(last_on))
            case CommitmentStatus.REPORTED:
                sentence = gettext("We kept our commitment %(commitment)s. A colleague has to verify it.") % values
                status = gettext("done %(date)s") % {"date": format_short_date(last_on)}
                return self._point("with_us", commitment, sentence, status)
            case CommitmentStatus.OVERDUE:
                sentence = gettext("Our commitment %(commitment)s was due on %(date)s. We owe you a new date.") % values
                return self._overdue_point(commitment, sentence)
            case CommitmentStatus.OPEN:
                sentence = (
                    gettext("Our commitment %(commitment)s is due on %(date)s.")
                    if standing.due_on
                    else gettext("Our commitment %(commitment)s has no due date yet. We owe you one.")
                ) % values
                return self._point("to_ask", commitment, sentence, self._due_status(standing.due_on))
        return None

    def _overdue_point(self, commitment: GatheredCommitment, sentence: str) -> SortedPoint:
        days = commitment.standing.days_overdue
        status = ngettext("by %(number)d day", "by %(number)d days", days) % {"number": days}
        return self._point("overdue", commitment, sentence, status)

    def _due_status(self, due_on: date | None) -> str:
        return sentences.describe_due_date(due_on, self.view.as_of)

    def _point(self, kind: str, commitment: GatheredCommitment, sentence: str, status: str) -> SortedPoint:
        """Return a point with its source: the day and the place at which the commitment was made."""
        row = commitment.row
        made = gettext("Made on %(date)s (%(letter)s)") % {
            "date": format_short_date(commitment.printed.made_on),
            "letter": row.letter,
        }
        if row.dialogue:
            made = gettext("Made at the dialogue of %(date)s (%(place)s)") % {
                "date": format_short_date(row.dialogue.held_on),
                "place": row.dialogue.place,
            }
        first_due_on = original_due_date(commitment.events, self.view.as_of)
        history = describe_rescheduling(commitment.standing.slips, first_due_on)
        source = f"{made}; {history}" if history else made
        if commitment.proof and commitment.standing.status in OPEN_STATUSES:
            values = {"source": source, "proof": commitment.proof}
            source = gettext("%(source)s. Agreed proof: %(proof)s") % values
        links = (link.benchmark_id for link in row.links.all())
        keys = tuple(self._benchmark_lines[pk].line.key for pk in links if pk in self._benchmark_lines)
        point = TalkingPoint(sentence, status, source, keys)
        return SortedPoint(kind, point, RowReference("commitment", row.pk), commitment=commitment)

    def _questions(self, lead: int | None) -> Iterator[SortedPoint]:
        """Yield questions for the figures not given by the ministry and the benchmarks without commitment or claim.

        Args:
            lead: key of the ministry; None for the benchmarks on which no ministry leads.
        """
        for rank, step in self._ranked_steps:
            if step.ministry_id != lead:
                continue
            if step.kind is StepKind.ASK:
                asked = self._asked_figures.get(step.indicator_id or 0)
                since = asked.due_on if asked and asked.is_overdue else None
                kind = "overdue" if since else "to_ask"
                yield SortedPoint(kind, self._figure_question(step), step.rows[0], rank, overdue_since=since)
            elif step.kind is StepKind.AGREE:
                question = self._benchmark_question(step.benchmarks[0])
                yield SortedPoint("to_ask", question, step.rows[0], rank)

    def _overdue_answers(self, ministry: int) -> Iterator[SortedPoint]:
        """Yield what the ministry has not answered in time. Figures that are next steps are asked for as such."""
        named = find_named_figures(ministry, self.steps, self._asked_figures)
        for row, standing in self._overdue_requests:
            if row.ministry_id == ministry and (lines := list_unanswered(row, standing, named)):
                status = asks.describe_overdue_answer(standing.asked_on, standing.due_on)
                point = TalkingPoint(asks.ask_for_answer(lines, standing.due_on), status, row.text, ())
                reference = RowReference("information_request", row.pk)
                yield SortedPoint("overdue", point, reference, overdue_since=standing.due_on)

    def _figure_question(self, step: ReadinessStep) -> TalkingPoint:
        indicator = self.result.claimed_record.questionnaire.indicators[step.indicator_id or 0]
        source = gettext("Indicator: %(indicator)s") % {"indicator": indicator.name}
        asked = self._asked_figures.get(indicator.id)
        return TalkingPoint(asks.ask_for_figure(step, self.result, asked), asks.describe_asked(asked), source, ())

    def _benchmark_question(self, pk: int) -> TalkingPoint:
        benchmark, terms = self._benchmark_lines[pk], self.terms[pk]
        recommendation = next(row for row in self.recommendations if row.pk == benchmark.recommendation_id)
        name, key = recommendation_name(recommendation), benchmark.line.key
        reversals = self.reversals.of_benchmark(pk)
        sentence = benchmark_question(
            name, terms.criterion, Rule(terms.rule), benchmark.line.finding, is_reversed=bool(reversals)
        )
        source = describe_recommendation(recommendation).rstrip(".")
        if spoken_criterion(terms.criterion) != terms.criterion.rstrip("."):
            source = gettext("%(recommendation)s. Benchmark %(key)s: %(criterion)s") % {
                "recommendation": source,
                "key": key,
                "criterion": terms.criterion,
            }
        point = TalkingPoint(sentence, gettext("no commitment"), source, (key,))
        return self._with_reversals(point, recommendation.lead_id, reversals)

    def _thanks_for_evidence(self, commitments: Iterable[GatheredCommitment]) -> Iterator[SortedPoint]:
        """Yield thanks for evidence verified since the last dialogue on commitments that are not done, newest first.

        Only concrete actions count. An action that was undone is left out: a later finding or verdict reversed it, or
        the commitment was reopened.
        """
        unsettled = {
            commitment.row.pk: commitment
            for commitment in commitments
            if commitment.standing.status is not CommitmentStatus.VERIFIED
        }
        for piece in reversed(self.evidence):
            commitment, review = unsettled.get(piece.row.commitment_id or 0), piece.decisive
            if commitment is None or review is None or piece.row.done_by not in GOVERNMENT_DOERS:
                continue
            verified_on, keys = self.view.day(review.recorded_at), self._supported_keys(piece)
            is_undone = bool(self.reversals.of_evidence(piece.row.pk)) or any(
                event.kind == CommitmentEventKind.REOPENED and event.happened_on >= verified_on
                for event in commitment.events
            )
            if keys and self._is_new(verified_on) and not is_undone:
                sentence = gettext("Thank you for %(evidence)s. We verified it on %(date)s.") % {
                    "evidence": asks.quote(piece.row.title),
                    "date": format_date(verified_on),
                }
                source = gettext("Evidence on the commitment %(commitment)s. Happened: %(when)s") % {
                    "commitment": asks.quote(commitment.printed.text),
                    "when": sentences.describe_date_span(piece.first_on, piece.row.happened_to),
                }
                status = format_short_date(verified_on)
                row = RowReference("evidence", piece.row.pk)
                yield SortedPoint("kept", TalkingPoint(sentence, status, source, keys), row)

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


def _build_list(whose: str, about: str, points: Iterable[SortedPoint], *, is_ours: bool = False) -> TalkingPointList:
    """Return the list of these points. Within a kind they keep their order, which is that of `points_to_raise`."""
    each_point = list(points)
    by_kind = {
        kind.field: tuple(each.point for each in each_point if each.kind == kind.field) for kind in MINISTRY_KINDS
    }
    return TalkingPointList(whose=whose, about=about, is_ours=is_ours, **by_kind)
