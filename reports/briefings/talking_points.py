"""Build the talking points for a dialogue, by ministry: thanks, what we owe, what is overdue, what to ask."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dialogues.choices import CommitmentEventKind, CommitmentStatus, EvidenceDecision, SupportKind
from dialogues.commitment_status import original_due_date
from dialogues.models import UpdateVersion
from dialogues.score_effects import DONE_BY_GOVERNMENT, describe_rescheduling
from recommendations.choices import Rule
from recommendations.models import BenchmarkTerms, Recommendation
from reports import formatting, sentences
from reports.briefings.commitments import GatheredCommitment
from reports.briefings.contacts import list_office_holders
from reports.briefings.content.dialogue import TalkingPoint, TalkingPointList
from reports.briefings.evidence import GatheredEvidence
from reports.briefings.reader_view import ReaderView
from reports.briefings.recommendations import recommendation_label, recommendation_name
from reports.briefings.spoken_text import benchmark_question, spoken_criterion
from reports.briefings.updates import newest_by_commitment
from reports.choices import StepKind, YearsAsked
from reports.readiness.forecast.next_steps import NextSteps, ReadinessStep
from reports.readiness.readiness import Readiness
from tiptracker.accounts.models import Ministry

UNSETTLED = (CommitmentStatus.OVERDUE, CommitmentStatus.OPEN)
UNITED_STATES = "United States"
NO_LEAD_MINISTRY = "No ministry leads yet"


@dataclass(frozen=True)
class TalkingPointInputs:
    """The data that talking points are made from.

    Attributes:
        terms: the terms in force, by key of the benchmark.
        concerning: keys of the commitments that concern the ministries at the table.
        table: keys of the ministries at the table; empty if no ministry in particular takes part.
        since: the day of the last dialogue. We thank for what came after it.
    """

    seen: ReaderView
    result: Readiness
    asked: Sequence[Recommendation]
    promises: Sequence[GatheredCommitment]
    versions: Sequence[UpdateVersion]
    pieces: Sequence[GatheredEvidence]
    terms: Mapping[int, BenchmarkTerms]
    concerning: frozenset[int]
    table: frozenset[int]
    steps: NextSteps
    since: date | None


def build_talking_points(known: TalkingPointInputs) -> tuple[TalkingPointList, ...]:
    """Return the points for each ministry at the table, by name.

    If no ministry in particular takes part, each ministry that leads or has made a commitment gets a list. After
    these come the points that no ministry leads on, unless exactly one ministry is at the table. The list of the
    United States itself is last.
    """
    speaker = _TalkingPointBuilder(known)
    rows = Ministry.objects.visible_to(known.seen.reader).filter(country=known.seen.edition.country)
    ministries = rows.prefetch_related("office_holders").order_by("name", "pk")
    talks = [speaker.talk(row) for row in ministries if speaker.has_business(row)]
    nobodys = speaker.points(None, [])
    if nobodys.to_ask and len(known.table) != 1:
        talks.append(nobodys.talk(NO_LEAD_MINISTRY, "Settle who is to lead before anything is asked."))
    own = [one for one in known.promises if one.is_our_own and one.row.pk in known.concerning]
    ours = speaker.points(None, own, is_ours=True)
    return (
        *talks,
        ours.talk(UNITED_STATES, "What we undertook ourselves: it is tracked too, and never enters readiness."),
    )


@dataclass
class _PointsByKind:
    """Collected points by kind. Points to ask carry their sort key."""

    is_ours: bool
    kept: list[TalkingPoint] = field(default_factory=list)
    with_us: list[TalkingPoint] = field(default_factory=list)
    overdue: list[TalkingPoint] = field(default_factory=list)
    returned: list[TalkingPoint] = field(default_factory=list)
    to_ask: list[tuple[tuple[int, date], TalkingPoint]] = field(default_factory=list)

    def talk(self, whose: str, about: str) -> TalkingPointList:
        """Return the list of points, with the most valuable questions first."""
        return TalkingPointList(
            whose=whose,
            about=about,
            is_ours=self.is_ours,
            kept=tuple(self.kept),
            with_us=tuple(self.with_us),
            overdue=tuple(self.overdue),
            returned=tuple(self.returned),
            to_ask=tuple(point for _, point in sorted(self.to_ask, key=lambda each: each[0])),
        )


class _TalkingPointBuilder:
    """Builds the points for each ministry from the record, which it indexes once."""

    def __init__(self, known: TalkingPointInputs) -> None:
        self.known, self.seen = known, known.seen
        self.steps = list(enumerate(known.steps.steps))
        self.place = {step.rows[0].id: place for place, step in self.steps if step.kind is StepKind.KEEP}
        self.brings_forward = {step.rows[0].id for step in known.steps.after_deadline if step.points}
        self.keys = {one.benchmark_id: one.line.key for one in known.result.verified.benchmarks}
        rows = {row.pk: row for row in known.asked}
        self.asked_by = {one.benchmark_id: rows[one.recommendation_id] for one in known.result.verified.benchmarks}
        self.findings = {one.benchmark_id: one.line.finding for one in known.result.verified.benchmarks}
        self.newest = newest_by_commitment(known.versions)

    def has_business(self, row: Ministry) -> bool:
        """Return whether the ministry gets a list of points.

        It does if it is at the table. If no ministry in particular is, it does if it leads on a recommendation or has
        made a commitment.
        """
        if self.known.table:
            return row.pk in self.known.table
        leads = row.pk in {one.lead_id for one in self.known.asked}
        promised = any(promise.row.ministry_id == row.pk for promise in self.known.promises)
        return leads or promised

    def talk(self, row: Ministry) -> TalkingPointList:
        """Return the points for a ministry."""
        own = [promise for promise in self.known.promises if promise.row.ministry_id == row.pk]
        leads = [recommendation_label(one) for one in self.known.asked if one.lead_id == row.pk]
        about = (
            "; ".join(list_office_holders(row, self.seen.as_of)),
            f"Leads on recommendation{'' if len(leads) == 1 else 's'} {formatting.join_with_and(leads)}"
            if leads
            else "",
            sentences.describe_status_counts([promise.told.state for promise in own]).rstrip("."),
        )
        return self.points(row.pk, own).talk(row.name, " ".join(f"{said}." for said in about if said))

    def points(
        self, lead: int | None, promises: Iterable[GatheredCommitment], *, is_ours: bool = False
    ) -> _PointsByKind:
        """Return the points on these commitments and on the benchmarks that this ministry leads on.

        Args:
            lead: key of the ministry; None for the benchmarks on which no ministry leads.
        """
        found, own = _PointsByKind(is_ours), list(promises)
        for promise in own:
            if is_ours:
                self._of_our_own(found, promise)
            else:
                self._of(found, promise)
        found.kept += self._verified_besides(own)
        if not is_ours:
            found.to_ask += self._not_promised(lead)
        return found

    def _of(self, found: _PointsByKind, promise: GatheredCommitment) -> None:
        """Add the point on a ministry's commitment to its kind. A withdrawn commitment has no point."""
        status, row = promise.standing.status, self.newest.get(promise.row.pk)
        if status is CommitmentStatus.VERIFIED:
            if self._is_new(promise.events[-1].happened_on):
                found.kept.append(self._kept(promise))
        elif status in (CommitmentStatus.WITH_EMBASSY, CommitmentStatus.REPORTED):
            found.with_us.append(self._with_us(promise))
        elif status in UNSETTLED and row and promise.standing.returned_on:
            found.returned.append(self._returned(promise, row))
        elif status is CommitmentStatus.OVERDUE:
            found.overdue.append(self._overdue(promise))
        elif status is CommitmentStatus.OPEN and (point := self._due(promise)):
            place = self.place.get(promise.row.pk, len(self.steps))
            found.to_ask.append(((place, promise.standing.due_on or date.max), point))

    def _kept(self, promise: GatheredCommitment) -> TalkingPoint:
        on = promise.events[-1].happened_on
        said = (
            f"Thank you for {_quote(promise.told.text)}: it is done, and we verified it on "
            f"{formatting.format_date(on)}."
        )
        return self._point(promise, said, sentences.format_short_date(on))

    def _with_us(self, promise: GatheredCommitment) -> TalkingPoint:
        text = _quote(promise.told.text)
        if since := promise.standing.waits_since:
            said = (
                f"Your update on {text} has been with us since {formatting.format_date(since)}, and we owe you an "
                "answer."
            )
        else:
            since = promise.events[-1].happened_on
            said = f"You told us on {formatting.format_date(since)} that {text} is done, and we owe you our word on it."
        return self._point(promise, said, f"for {sentences.format_days((self.seen.as_of - since).days)}")

    def _overdue(self, promise: GatheredCommitment) -> TalkingPoint:
        stands = promise.standing
        was_moved = f" and its day has been moved {_times_phrase(stands.slips)}" if stands.slips else ""
        due = formatting.format_date(stands.due_on) if stands.due_on else ""
        said = f"{_quote(promise.told.text)} was due on {due}{was_moved}: by which day can we count on it?"
        return self._point(promise, said, f"by {sentences.format_days(stands.days_overdue)}")

    def _returned(self, promise: GatheredCommitment, row: UpdateVersion) -> TalkingPoint:
        on = promise.standing.returned_on or self.seen.day(row.decision.recorded_at)
        reason = " ".join(row.decision.reason.split())
        said = (
            f"Your update on {_quote(promise.told.text)} was returned on {formatting.format_date(on)}, and we will "
            f"gladly "
            f"take it up again once this is put right: {reason}"
        )
        return self._point(promise, said, promise.told.standing)

    def _due(self, promise: GatheredCommitment) -> TalkingPoint | None:
        """Return what to ask about an open commitment.

        Return None if it is due after the deadline and an earlier date would add nothing.
        """
        due_on, deadline_on = promise.standing.due_on, self.known.result.deadline_on
        text = _quote(promise.told.text)
        if due_on is None:
            return self._point(promise, f"{text} has no day yet: may we agree on one today?", "no date agreed")
        standing = f"due {sentences.format_relative_date(due_on, self.seen.as_of)}"
        if deadline_on is None or due_on <= deadline_on or self.seen.as_of > deadline_on:
            return self._point(
                promise, f"{text} is due on {formatting.format_date(due_on)}: is it on its way?", standing
            )
        if promise.row.pk not in self.brings_forward:
            return None
        said = (
            f"{text} is promised for {formatting.format_date(due_on)}, after the deadline of "
            f"{formatting.format_date(deadline_on)}: "
            "can it come before that?"
        )
        return self._point(promise, said, standing)

    def _not_promised(self, ministry: int | None) -> Iterator[tuple[tuple[int, date], TalkingPoint]]:
        """Yield questions for the figures not given by the ministry and the benchmarks without commitment or claim."""
        for place, step in self.steps:
            if step.ministry_id != ministry:
                continue
            if step.kind is StepKind.ASK:
                yield (place, date.max), self._figure(step)
            elif step.kind is StepKind.AGREE:
                yield (place, date.max), self._agreement(step.benchmarks[0])

    def _figure(self, step: ReadinessStep) -> TalkingPoint:
        indicator = self.known.result.sent.asked.indicators[step.indicator_id or 0]
        since = formatting.format_date(self.known.result.edition.tracking.starts_on)
        years = f"since {since} and in the year before" if step.years is YearsAsked.BOTH else f"since {since}"
        said = f"May we have the figure on {formatting.lowercase_first(indicator.name)} {years}, with its source?"
        return TalkingPoint(said, "not reported", f"Indicator: {indicator.name}", ())

    def _agreement(self, key: int) -> TalkingPoint:
        asked, terms = self.asked_by[key], self.known.terms[key]
        said = benchmark_question(recommendation_name(asked), terms.criterion, Rule(terms.rule), self.findings[key])
        ours = ", as we reconstruct it" if asked.is_reconstruction else ""
        source = f"{formatting.capitalize_first(recommendation_name(asked))}{ours}: {asked.text.rstrip('.')}"
        if spoken_criterion(terms.criterion) != terms.criterion.rstrip("."):
            source += f". Benchmark {self.keys[key]}: {terms.criterion}"
        return TalkingPoint(said, "not promised", source, (self.keys[key],))

    def _verified_besides(self, promises: Iterable[GatheredCommitment]) -> Iterator[TalkingPoint]:
        """Yield thanks for evidence verified since the last dialogue on commitments that are not done, newest first.

        Only concrete actions count. An action that was undone is left out: the embassy reversed its decision, or the
        commitment was reopened.
        """
        unsettled = {one.row.pk: one for one in promises if one.standing.status is not CommitmentStatus.VERIFIED}
        for piece in reversed(self.known.pieces):
            promise, word = unsettled.get(piece.row.commitment_id or 0), piece.decisive
            if promise is None or word is None or piece.row.done_by not in DONE_BY_GOVERNMENT:
                continue
            on, keys = self.seen.day(word.recorded_at), self._moved_by(piece)
            is_undone = any(
                one.kind == CommitmentEventKind.REOPENED and one.happened_on >= on for one in promise.events
            )
            if keys and self._is_new(on) and not is_undone:
                said = f"Thank you for {_quote(piece.row.title)}, which we verified on {formatting.format_date(on)}."
                when = sentences.describe_date_span(piece.first_on, piece.row.happened_to)
                source = f"Sent on {_quote(promise.told.text)}; it happened {when}"
                yield TalkingPoint(said, sentences.format_short_date(on), source, tuple(self.keys[key] for key in keys))

    def _moved_by(self, piece: GatheredEvidence) -> list[int]:
        """Return the benchmarks with a share above zero that this piece supports as a verified concrete action."""
        shown = {key for key, finding in self.findings.items() if finding.worth}
        return [
            one.benchmark_id
            for one in piece.evidence_links
            if one.shows == SupportKind.ACTION
            and piece.state_of(one) == EvidenceDecision.VERIFIED
            and one.benchmark_id in shown
        ]

    def _of_our_own(self, found: _PointsByKind, promise: GatheredCommitment) -> None:
        """Add the point on a commitment of the United States, in words in which we answer for it."""
        stands, text, on = promise.standing, _quote(promise.told.text), promise.events[-1].happened_on
        due = formatting.format_date(stands.due_on) if stands.due_on else ""
        match stands.status:
            case CommitmentStatus.VERIFIED if self._is_new(on):
                said = f"We have done {text}, as we promised."
                found.kept.append(self._point(promise, said, sentences.format_short_date(on)))
            case CommitmentStatus.REPORTED:
                said = f"We have done {text}, and a colleague is still to verify it."
                found.with_us.append(self._point(promise, said, f"done {sentences.format_short_date(on)}"))
            case CommitmentStatus.OVERDUE:
                said = f"We promised {text} for {due} and have not kept that: we owe you a new day."
                found.overdue.append(self._point(promise, said, f"by {sentences.format_days(stands.days_overdue)}"))
            case CommitmentStatus.OPEN:
                said = f"We promised {text} for {due}." if due else f"We promised {text}, and owe you a day for it."
                far = (
                    f"due {sentences.format_relative_date(stands.due_on, self.seen.as_of)}"
                    if stands.due_on
                    else "no date agreed"
                )
                found.to_ask.append(((0, stands.due_on or date.max), self._point(promise, said, far)))

    def _is_new(self, on: date) -> bool:
        """Return whether this day came after the last dialogue."""
        return self.known.since is None or on > self.known.since

    def _point(self, promise: GatheredCommitment, said: str, standing: str) -> TalkingPoint:
        """Return a point with its source: the day and the place at which the commitment was made."""
        row, made_on = promise.row, sentences.format_short_date(promise.told.made_on)
        made = f"Promised {made_on} ({row.letter})"
        if row.dialogue:
            made = (
                f"Promised at the dialogue of {sentences.format_short_date(row.dialogue.held_on)} "
                f"({row.dialogue.place})"
            )
        history = describe_rescheduling(promise.standing.slips, original_due_date(promise.events, self.seen.as_of))
        source = f"{made}; {history}" if history else made
        keys = (self.keys[key] for key in _benchmark_ids(promise) if key in self.keys)
        return TalkingPoint(said, standing, source, tuple(keys))


def _benchmark_ids(promise: GatheredCommitment) -> list[int]:
    return [link.benchmark_id for link in promise.row.links.all()]


def _quote(text: str) -> str:
    """Return a text of the record in quotation marks, for use inside a sentence."""
    return f"“{text.rstrip('.')}”"


def _times_phrase(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
