"""The timeline of a commitment, as one user may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Model, Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone

from dialogues.choices import (
    DECISIONS_ENDING_CLAIMS,
    CommitmentEventKind,
    CommitmentStatus,
    DoneBy,
    EvidenceDecision,
    MadeBy,
    SupportKind,
    UpdateDecision,
)
from dialogues.commitment_status import CommitmentStanding, standing_on
from dialogues.models import (
    AgreedProof,
    Commitment,
    CommitmentBenchmark,
    CommitmentCorrection,
    CommitmentEvent,
    DueDateProposal,
    Evidence,
    EvidenceLink,
    EvidenceReview,
    Reading,
    UpdateVersion,
    UpdateVersionDecision,
)
from dialogues.models.updates import SUBJECT_FIELDS, UpdateSubject, subject_field
from dialogues.views.correction_entries import describe_corrections, visible_corrections
from dialogues.views.due_date_notes import find_waiting_proposal, list_proposal_entries, visible_proposals
from dialogues.views.evidence_query import list_subject_evidence
from dialogues.views.page_context import describe_outside_period, format_benchmark_key
from dialogues.views.proof_entries import describe_proofs, end_of, visible_proofs
from dialogues.views.timeline_entries import EMBASSY_NAME, TimelineEntry, TimelineEvidenceLink, summarize_update
from dialogues.views.version_content import describe_sent_facts, version_title
from recommendations.models import Edition
from tiptracker.accounts.models import Ministry, User
from tiptracker.accounts.permissions import can_read_name
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.infrastructure.prepared_rows import PreparedRows
from tiptracker.localization import format_date, gettext


@dataclass(frozen=True)
class CommitmentTimeline:
    """A commitment with everything that a user may see of it."""

    commitment: Commitment
    standing: CommitmentStanding
    events: Sequence[CommitmentEvent]
    corrections: Sequence[CommitmentCorrection]
    agreed_proofs: Sequence[AgreedProof]
    versions: Sequence[UpdateVersion]
    proposals: Sequence[DueDateProposal]
    """The other due dates that the ministry proposed, oldest first."""
    evidence: Sequence[Evidence]
    entries: Sequence[TimelineEntry]
    exchange: Sequence[TimelineEntry]
    """Only what the ministry sent and what the embassy answered."""
    edition: Edition | None
    """The edition of the commitment's page, in which new evidence is logged."""

    def rows(self, user: User) -> list[Model | None]:
        """Return the rows that the entries show to this user, to find out what was redacted in them."""
        reasons = self.events if user.is_embassy else ()
        decisions = (decision_on(update_version) for update_version in self.versions)
        proposals = (row for each in self.proposals for row in (each, getattr(each, "decision", None)))
        agreed = (row for each in self.agreed_proofs for row in (each, end_of(each)))
        proof = (row for each in self.evidence for row in (each, each.file, *each.reviews.all()))
        return [self.commitment, *self.corrections, *agreed, *reasons, *self.versions, *decisions, *proposals, *proof]

    @property
    def last_version(self) -> UpdateVersion | None:
        return self.versions[-1] if self.versions else None

    @property
    def waiting_version(self) -> UpdateVersion | None:
        """Return the update version that has no decision yet."""
        return self.last_version if self.last_version and decision_on(self.last_version) is None else None

    @property
    def returned(self) -> UpdateVersion | None:
        """Return the returned update version, if no newer one was sent, or its ministry withdrew the newer one."""
        last = next((each for each in reversed(self.versions) if each.withdrawn_at is None), None)
        return last if last and last.returned_at else None

    @property
    def version_to_resend(self) -> UpdateVersion | None:
        """Return the newest update version if it was returned or withdrawn: its text is offered again."""
        decision = decision_on(self.last_version) if self.last_version else None
        return self.last_version if decision and decision.decision in DECISIONS_ENDING_CLAIMS else None

    @property
    def accepted_version(self) -> UpdateVersion | None:
        """Return the newest update version that was not withdrawn, if it was accepted."""
        last = next((each for each in reversed(self.versions) if each.withdrawn_at is None), None)
        decision = decision_on(last) if last else None
        return last if decision and decision.decision == UpdateDecision.ACCEPTED else None

    @property
    def waiting_proposal(self) -> DueDateProposal | None:
        """Return the proposed due date that waits for an answer, while the commitment may still be kept."""
        return find_waiting_proposal(self.commitment, self.proposals)


def decision_on(update_version: UpdateVersion) -> UpdateVersionDecision | None:
    """Return what ended the wait of an update version; None while it waits."""
    return getattr(update_version, "decision", None)


def newest_review(reviews: Iterable[EvidenceReview]) -> EvidenceReview | None:
    """Return the newest review, which is the one that applies."""
    return max(reviews, key=lambda review: (review.recorded_at, review.pk), default=None)


def review_of(evidence: Evidence, link: EvidenceLink | None) -> EvidenceReview | None:
    """Return the newest review of an evidence link, or of the evidence itself (`link` None), from prefetched rows."""
    key = link.pk if link else None
    return newest_review(review for review in evidence.reviews.all() if review.evidence_link_id == key)


def visible_versions(user: User, subject: UpdateSubject) -> list[UpdateVersion]:
    """Return the update versions on a subject that the user can see, oldest first, with decisions and figures."""
    return _VERSIONS[subject_field(subject)].find(user, subject=subject.pk)


def _versions_on(field: str) -> VisibleRows[UpdateVersion]:
    def build(reader: User, subject: int) -> QuerySet[UpdateVersion]:
        return (
            UpdateVersion.objects.visible_to(reader)
            .filter(**{f"update__{field}": subject})
            .select_related(
                "update__commitment__ministry",
                "update__information_request__ministry",
                "decision__recorded_by",
                "recorded_by",
            )
            .prefetch_related(Prefetch("readings", Reading.objects.visible_to(reader).select_related("indicator")))
            .order_by("recorded_at", "pk")
        )

    return VisibleRows(build, subject=int)


_VERSIONS = {field: _versions_on(field) for field in SUBJECT_FIELDS}


def build_timeline(
    user: User, commitment: Commitment, day: date, editions: Sequence[Edition]
) -> CommitmentTimeline | None:
    """Return the timeline at the end of `day`, newest first; None if the commitment was not made by then.

    `commitment.events` are used as loaded: prefetch them with who recorded them.
    """
    versions = visible_versions(user, commitment)
    standing = standing_on(commitment.events.all(), versions, day, zone=ZoneInfo(commitment.country.time_zone))
    if standing is None:
        return None
    events = [event for event in commitment.events.all() if event.happened_on <= day]
    proposals = visible_proposals(user, commitment)
    evidence = list_subject_evidence(user, commitment)
    corrections = visible_corrections(user, commitment)
    agreed_proofs = visible_proofs(user, commitment)
    builder = _TimelineBuilder(user, commitment, editions, versions, evidence)
    entries = [
        *builder.of_events(events),
        *builder.of_moves(),
        *describe_corrections(corrections, commitment, editions, user),
        *describe_proofs(agreed_proofs, user),
        *builder.of_versions(),
        *list_proposal_entries(user, proposals),
        *builder.of_evidence(),
        *builder.of_reviews(),
    ]
    oldest_first = sorted(entries, key=lambda entry: (entry.day, entry.recorded_at))
    exchange, edition = list(builder.of_versions())[::-1], next(iter(editions), None)
    return CommitmentTimeline(
        commitment=commitment,
        standing=standing,
        events=events,
        corrections=corrections,
        agreed_proofs=agreed_proofs,
        versions=versions,
        proposals=proposals,
        evidence=evidence,
        entries=oldest_first[::-1],
        exchange=exchange,
        edition=edition,
    )


def _moved_links(commitment: int) -> QuerySet[CommitmentBenchmark]:
    moved = CommitmentBenchmark.objects.filter(commitment=commitment, recorded_at__isnull=False, added_in__isnull=True)
    return moved.select_related("benchmark__recommendation__edition", "recorded_by")


_MOVED_LINKS = PreparedRows(_moved_links, commitment=int)


class _TimelineBuilder:
    """Build the entries of a timeline from a commitment's rows, with only what the user may see.

    A ministry sees its own claims and the answers to them. It does not see the embassy's reasons for moving a date, or
    what a piece of evidence is taken to show. It sees only the names of those who sent something for it.
    """

    def __init__(
        self,
        user: User,
        commitment: Commitment,
        editions: Sequence[Edition],
        versions: Sequence[UpdateVersion],
        evidence: Sequence[Evidence],
    ) -> None:
        self.user, self.commitment, self.editions = user, commitment, editions
        self.versions, self.evidence = versions, evidence
        self.is_embassy = user.is_embassy
        self.maker = "us" if commitment.made_by == MadeBy.UNITED_STATES else "ministry"

    def of_events(self, events: Iterable[CommitmentEvent]) -> Iterable[TimelineEntry]:
        """Yield the events of the commitment itself. Events that came with an update version are part of its entry."""
        due_before = None
        for event in events:
            kind = CommitmentEventKind(event.kind)
            if event.update_version_id is None or kind not in (
                CommitmentEventKind.REPORTED_DONE,
                CommitmentEventKind.REPORT_RETURNED,
                CommitmentEventKind.REPORT_WITHDRAWN,
                CommitmentEventKind.VERIFIED_DONE,
            ):
                yield self._of_event(event, kind, due_before)
            due_before = event.due_on or due_before

    def _of_event(self, event: CommitmentEvent, kind: CommitmentEventKind, due_before: date | None) -> TimelineEntry:
        by_maker = kind in (CommitmentEventKind.MADE, CommitmentEventKind.REPORTED_DONE)
        titles = {
            CommitmentEventKind.MADE: self._made_title(),
            CommitmentEventKind.RESCHEDULED: gettext("Due date moved to %(date)s") % {"date": format_date(event.due_on)}
            if event.due_on
            else gettext("Due date removed"),
        }
        made_facts = [_format_due(event.due_on) if event.due_on else gettext("No due date agreed")]
        if self.commitment.dialogue_id and self.commitment.letter:
            made_facts.append(self.commitment.letter)
        until_then = (
            gettext("Earlier due date: %(date)s") % {"date": format_date(due_before)}
            if due_before
            else gettext("No due date was agreed before.")
        )
        return TimelineEntry(
            day=event.happened_on,
            recorded_at=event.recorded_at,
            speaker=self.maker if by_maker else "embassy",
            title=titles.get(kind, kind.label),
            source=self.commitment.maker if by_maker else gettext(EMBASSY_NAME),
            verb={
                CommitmentEventKind.MADE: "promised",
                CommitmentEventKind.REPORTED_DONE: "reported",
                CommitmentEventKind.VERIFIED_DONE: "verified",
            }.get(kind, "recorded"),
            status={
                CommitmentEventKind.VERIFIED_DONE: CommitmentStatus.VERIFIED,
                CommitmentEventKind.REPORTED_DONE: CommitmentStatus.REPORTED,
            }.get(kind),
            text=event.reason if self.is_embassy else "",
            by=self._name(event.recorded_by, event.sent_for),
            url=self._dialogue_url() if kind is CommitmentEventKind.MADE else "",
            facts={CommitmentEventKind.MADE: made_facts, CommitmentEventKind.RESCHEDULED: [until_then]}.get(kind, []),
            event_day=event.happened_on,
        )

    def of_moves(self) -> Iterable[TimelineEntry]:
        """Yield an entry for each move to another edition."""
        moves: dict[tuple[datetime, int], list[CommitmentBenchmark]] = {}
        for link in _MOVED_LINKS.rows(commitment=self.commitment.pk):
            moved = (link.recorded_at or self.commitment.recorded_at, link.benchmark.recommendation.edition.year)
            moves.setdefault(moved, []).append(link)
        title = (
            gettext("Linked to the %(year)s edition too")
            if self.is_embassy
            else gettext("Also about the TIP Report of %(year)s")
        )
        for (at, year), moved_links in moves.items():
            yield TimelineEntry(
                day=timezone.localtime(at).date(),
                recorded_at=at,
                speaker="embassy",
                title=title % {"year": year},
                source=gettext(EMBASSY_NAME),
                verb="recorded",
                by=self._name(moved_links[0].recorded_by) if moved_links[0].recorded_by else "",
                facts=[", ".join(link.benchmark.key for link in moved_links)],
            )

    def of_versions(self) -> Iterable[TimelineEntry]:
        """Yield what the ministry sent, and what the embassy answered or the ministry withdrew, by the day of each.

        When it was done that a version tells of is one of its facts.
        """
        done = {
            event.update_version_id
            for event in self.commitment.events.all()
            if event.kind == CommitmentEventKind.VERIFIED_DONE
        }
        for update_version in self.versions:
            evidence = self._evidence_of(update_version)
            yield TimelineEntry(
                day=timezone.localtime(update_version.recorded_at).date(),
                recorded_at=update_version.recorded_at,
                speaker="ministry",
                title=version_title(update_version),
                source=self.commitment.maker,
                verb="claimed" if self.is_embassy else "sent",
                status=update_version.progress,
                line=summarize_update(evidence, update_version.readings.all()),
                text=update_version.narrative,
                by=update_version.sender if self._name(update_version.recorded_by, self.commitment.ministry) else "",
                url=reverse("version_detail", args=[update_version.pk]) if self.is_embassy else "",
                files=[row.file for row in evidence if row.file],
                readings=list(update_version.readings.all()),
                facts=describe_sent_facts(update_version, evidence),
                withdrawn_on=timezone.localtime(update_version.withdrawn_at).date()
                if update_version.withdrawn_at
                else None,
            )
            if decision := decision_on(update_version):
                is_done, status = update_version.pk in done, UpdateDecision(decision.decision)
                is_ministrys = status is UpdateDecision.WITHDRAWN
                yield TimelineEntry(
                    day=timezone.localtime(decision.recorded_at).date(),
                    recorded_at=decision.recorded_at,
                    speaker="ministry" if is_ministrys else "embassy",
                    title=UpdateDecision.ACCEPTED.label if is_done else "",
                    source=self.commitment.maker if is_ministrys else gettext(EMBASSY_NAME),
                    verb="verified" if is_done else status.value,
                    status=CommitmentStatus.VERIFIED if is_done else status,
                    text=decision.reason,
                    by=self._name(decision.recorded_by, self.commitment.ministry if is_ministrys else None),
                    evidence_links=self._judged(update_version, decision),
                )

    def of_evidence(self) -> Iterable[TimelineEntry]:
        """Yield the evidence logged outside updates. It is a claim until it is verified."""
        for evidence in self.evidence:
            if evidence.update_version_id is None:
                yield TimelineEntry(
                    day=evidence.happened_to,
                    recorded_at=evidence.recorded_at,
                    speaker="record",
                    title=evidence.title,
                    source=evidence.stated_by,
                    verb="claimed",
                    first_day=evidence.first_day,
                    by=self._name(evidence.recorded_by),
                    url=reverse("evidence_detail", args=[evidence.pk]),
                    outside=describe_outside_period(self.editions, evidence.first_day, evidence.happened_to)
                    if self.is_embassy
                    else "",
                    files=[evidence.file] if evidence.file else [],
                    readings=list(evidence.readings.all()),
                    evidence_links=evidence_links_of(evidence, self.editions) if self.is_embassy else (),
                    facts=[
                        DoneBy(evidence.done_by).label,
                        *(
                            gettext("Source: %(source)s") % {"source": each}
                            for each in (evidence.source, evidence.link)
                            if each
                        ),
                        *(
                            [gettext("Corrected: %(reason)s") % {"reason": evidence.revision_reason}]
                            if self.is_embassy and evidence.revises_id
                            else []
                        ),
                    ],
                )

    def of_reviews(self) -> Iterable[TimelineEntry]:
        """Yield the embassy's reviews of evidence that are not part of its answer to an update."""
        answers = {(row.pk, answer.recorded_at) for row in self.versions if (answer := decision_on(row))}
        for evidence in self.evidence:
            if not self.is_embassy and evidence.update_version_id is None:
                continue
            keys = {
                evidence_link.pk: format_benchmark_key(self.editions, evidence_link.benchmark)
                for evidence_link in evidence.evidence_links.all()
            }
            for review in evidence.reviews.all():
                if (evidence.update_version_id, review.recorded_at) in answers:
                    continue
                decision = EvidenceDecision(review.decision)
                benchmark = keys.get(review.evidence_link_id or 0)
                yield TimelineEntry(
                    day=timezone.localtime(review.recorded_at).date(),
                    recorded_at=review.recorded_at,
                    speaker="embassy",
                    title=_evidence_title(evidence, benchmark),
                    source=gettext(EMBASSY_NAME),
                    verb=decision.value,
                    status=decision,
                    text=review.reason,
                    by=self._name(review.recorded_by),
                    url=reverse("evidence_detail", args=[evidence.pk]),
                    facts=[gettext("Start date: %(date)s") % {"date": format_date(review.first_on)}]
                    if review.first_on
                    else [],
                )

    def _judged(self, update_version: UpdateVersion, decision: UpdateVersionDecision) -> list[TimelineEvidenceLink]:
        """Return what the answer to an update version verified and rejected.

        A review has a reason only if it differs from the reason of the answer.
        """
        evidence_rows = self._evidence_of(update_version)
        judged = []
        for evidence in evidence_rows:
            for review in evidence.reviews.all():
                if review.recorded_at == decision.recorded_at:
                    link = review.evidence_link
                    benchmark = format_benchmark_key(self.editions, link.benchmark) if link else None
                    alone = (
                        gettext("Benchmark %(benchmark)s") % {"benchmark": benchmark}
                        if benchmark
                        else gettext("The evidence as a whole")
                    )
                    judged.append(
                        TimelineEvidenceLink(
                            about=_evidence_title(evidence, benchmark) if len(evidence_rows) > 1 else alone,
                            shows=SupportKind(review.evidence_link.shows)
                            if review.evidence_link and self.is_embassy
                            else None,
                            review=EvidenceDecision(review.decision),
                            reason=review.reason if review.reason != decision.reason else "",
                            first_on=review.first_on,
                        )
                    )
        return judged

    def _evidence_of(self, update_version: UpdateVersion) -> list[Evidence]:
        return [row for row in self.evidence if row.update_version_id == update_version.pk]

    def _made_title(self) -> str:
        if dialogue := self.commitment.dialogue:
            values = {"date": format_date(dialogue.held_on), "place": dialogue.place}
            return gettext("Commitment made at the dialogue of %(date)s, %(place)s") % values
        return gettext("Commitment made in writing: %(letter)s") % {"letter": self.commitment.letter}

    def _dialogue_url(self) -> str:
        key = self.commitment.dialogue_id
        return reverse("dialogue_detail", args=[key]) if key else ""

    def _name(self, person: User, sent_for: Ministry | None = None) -> str:
        may_read = can_read_name(self.user, sent_for=sent_for.pk if sent_for else None)
        return person.name if may_read else ""


def _format_due(day: date) -> str:
    return gettext("Due on %(date)s") % {"date": format_date(day)}


def _evidence_title(evidence: Evidence, benchmark: str | None) -> str:
    """Return the title of evidence in quotes, with the key of the benchmark that it is about, if any."""
    if benchmark is None:
        return gettext("“%(title)s”") % {"title": evidence.title}
    return gettext("“%(title)s”, benchmark %(benchmark)s") % {"title": evidence.title, "benchmark": benchmark}


def evidence_links_of(evidence: Evidence, editions: Sequence[Edition]) -> list[TimelineEvidenceLink]:
    """Return what a piece of evidence shows on each benchmark, with the newest review, from prefetched rows."""
    evidence_links = []
    for evidence_link in evidence.evidence_links.all():
        review = review_of(evidence, evidence_link)
        evidence_links.append(
            TimelineEvidenceLink(
                gettext("Benchmark %(benchmark)s")
                % {"benchmark": format_benchmark_key(editions, evidence_link.benchmark)},
                SupportKind(evidence_link.shows),
                EvidenceDecision(review.decision) if review else None,
                reason=review.reason if review else "",
            )
        )
    return evidence_links
