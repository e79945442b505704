"""A made-up country whose record is as large as one asks: nothing in it ever happened, and its texts say so.

Every sort of row that readiness reads is in it, in the proportions of a busy embassy: half of the evidence came from
ministries, most has been reviewed, some was corrected. The same size always gives the same rows.
"""

from datetime import date, datetime, time, timedelta
from random import Random

from django.db import connection

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    CommitmentReach,
    DoneBy,
    EvidenceDecision,
    EvidenceKind,
    Sensitivity,
    SupportKind,
    UpdateDecision,
    Verdict,
)
from dialogues.models import (
    Assessment,
    AssessmentEvidence,
    Commitment,
    CommitmentBenchmark,
    CommitmentEvent,
    Evidence,
    EvidenceLink,
    EvidenceReview,
    Reading,
    Update,
    UpdateVersion,
    UpdateVersionDecision,
)
from recommendations.choices import EffortQuestion, MilestoneKind, Pillar, Rule, Tier
from recommendations.models import Edition
from tests import factories
from tests.database_roles import OWNER, run_as_owner
from tests.factories import MASERU, PERIOD_ENDS_ON, PERIOD_STARTS_ON, at_noon

EXERCISE = "Exercise: made up"
RECOMMENDATIONS, LETTERS = 10, "abc"
EVENTS_A_COMMITMENT = 8
COUNTED = (*(question for question in EffortQuestion if question is not EffortQuestion.COMPLICITY), "", "", "", "", "")
"""What the ten indicators answer."""
LAST_SPAN_ENDS_BY = PERIOD_ENDS_ON - timedelta(days=45)
"""What ends by then is recorded within 25 days and reviewed within another 20: all is known when the period ends."""
KINDS = (
    CommitmentEventKind.MADE,
    CommitmentEventKind.RESCHEDULED,
    CommitmentEventKind.REPORTED_DONE,
    CommitmentEventKind.REPORT_RETURNED,
    CommitmentEventKind.RESCHEDULED,
    CommitmentEventKind.RESCHEDULED,
    CommitmentEventKind.REPORTED_DONE,
)
assert len(KINDS) + 1 == EVENTS_A_COMMITMENT  # the last of them is the embassy's word


def update_statistics() -> None:
    """Let PostgreSQL count its tables, as far as they belong to a role that is there."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [OWNER])
        is_owner_there = cursor.rowcount
        if not is_owner_there:
            cursor.execute("ANALYZE")
    if is_owner_there:
        run_as_owner("ANALYZE")


def make_edition(
    code: str, evidence: int, *, recommendations: int = RECOMMENDATIONS, commitments: int | None = None
) -> Edition:
    """An edition with 10 recommendations, 30 benchmarks, so many pieces of evidence and twice as many events.

    With fewer `commitments` than a quarter of the evidence, there are fewer events.
    """
    return _Exercise(code, evidence, recommendations, commitments or evidence // 4).edition


class _Exercise:
    """One country in the making; each method adds one sort of row, in the order in which they need each other."""

    def __init__(self, code: str, evidence: int, recommendations: int, commitments: int) -> None:
        self.random = Random(evidence)  # noqa: S311 -- no secret
        self.size, self.recommendations_count, self.commitments_count = evidence, recommendations, commitments
        self.country = factories.CountryFactory(code=code, name=f"{EXERCISE}, {evidence} pieces of evidence")
        self.officer = factories.OfficerFactory(email=f"{code}@exercise.invalid", countries=[self.country])
        self.reviewer = factories.OfficerFactory(email=f"{code}.second@exercise.invalid", countries=[self.country])
        self.ministries = [
            factories.MinistryFactory(country=self.country, short_name=f"{EXERCISE} {code} {number}")
            for number in range(recommendations)
        ]
        self.writers = {
            ministry.pk: factories.FocalPointFactory(email=f"{code}.{ministry.pk}@exercise.invalid", ministry=ministry)
            for ministry in self.ministries
        }
        self.edition = factories.EditionFactory(country=self.country, tier=Tier.WATCH_LIST, source=EXERCISE)
        for kind, due_on in (
            (MilestoneKind.DEADLINE, factories.DEADLINE_ON),
            (MilestoneKind.PERIOD_END, PERIOD_ENDS_ON),
        ):
            factories.MilestoneFactory(edition=self.edition, kind=kind, due_on=due_on)
        self.add_benchmarks()
        self.add_commitments()
        self.add_versions()
        self.add_evidence()
        update_statistics()  # or the trigger on reviews, planned for empty tables, reads all evidence each time
        self.add_reviews()
        self.add_readings()
        self.add_assessments()

    def add_benchmarks(self) -> None:
        pillars = list(Pillar)
        self.indicators = [
            factories.IndicatorFactory(
                country=self.country, name=f"{EXERCISE} {number}", question=question, pillar=pillars[number % 3]
            )
            for number, question in enumerate((*COUNTED, *[""] * (self.recommendations_count - len(COUNTED))))
        ]
        self.benchmarks = []
        for number, indicator in enumerate(self.indicators):
            asked = factories.RecommendationFactory(
                edition=self.edition, text=EXERCISE, lead=self.ministries[number], terms__pillar=pillars[number % 3]
            )
            figures = (
                {"terms__rule": Rule.TARGET, "terms__target": 500} if number % 2 else {"terms__rule": Rule.MORE}
            ) | {"terms__indicator": indicator}
            for letter in LETTERS:
                ruled = figures if letter == LETTERS[-1] else {"terms__is_about_complicity": number == 0}
                self.benchmarks.append(factories.BenchmarkFactory(recommendation=asked, letter=letter, **ruled))

    def add_commitments(self) -> None:
        made_on = PERIOD_STARTS_ON + timedelta(days=30)
        self.commitments = Commitment.objects.bulk_create(
            Commitment(
                country=self.country,
                ministry=self.ministries[number % len(self.ministries)],
                text=f"{EXERCISE}, promise {number}",
                letter=EXERCISE,
                recorded_at=at_noon(made_on),
                recorded_by=self.officer,
            )
            for number in range(self.commitments_count)
        )
        CommitmentBenchmark.objects.bulk_create(
            CommitmentBenchmark(commitment=row, benchmark=benchmark, reach=self.random.choice(list(CommitmentReach)))
            for row in self.commitments
            for benchmark in self.random.sample(self.benchmarks, 2)
        )
        CommitmentEvent.objects.bulk_create(
            self._event(row, place, kind, made_on + timedelta(days=30 * place + self.random.randrange(30)))
            for row in self.commitments
            for place, kind in enumerate(
                (*KINDS, self.random.choice([CommitmentEventKind.VERIFIED_DONE, CommitmentEventKind.REPORT_RETURNED]))
            )
        )

    def _event(self, commitment: Commitment, place: int, kind: CommitmentEventKind, day: date) -> CommitmentEvent:
        says = {
            CommitmentEventKind.REPORTED_DONE: self.writers[commitment.ministry_id],
            CommitmentEventKind.MADE: self.officer,
        }
        return CommitmentEvent(
            commitment=commitment,
            kind=kind,
            happened_on=day,
            due_on=day + timedelta(days=60)
            if kind in (CommitmentEventKind.MADE, CommitmentEventKind.RESCHEDULED)
            else None,
            reason=EXERCISE,
            recorded_at=at_noon(day),
            recorded_by=says.get(kind, self.reviewer),
        )

    def add_versions(self) -> None:
        updates = Update.objects.bulk_create(Update(commitment=row, number=1) for row in self.commitments)
        self.versions = UpdateVersion.objects.bulk_create(
            UpdateVersion(
                update=row,
                number=1,
                narrative=EXERCISE,
                claimed=self.random.choice(list(ClaimedProgress)),
                happened_on=(day := self._day()),
                recorded_at=self._later(day),
                recorded_by=self.writers[row.commitment.ministry_id],
            )
            for row in updates
        )
        UpdateVersionDecision.objects.bulk_create(
            UpdateVersionDecision(
                update_version=row,
                decision=self.random.choice(list(UpdateDecision)),
                reason=EXERCISE,
                recorded_at=row.recorded_at + timedelta(days=10),
                recorded_by=self.reviewer,
            )
            for row in self.versions
            if self.random.random() < 0.8
        )

    def add_evidence(self) -> None:
        rows = [self._piece(number) for number in range(self.size)]
        self.evidence = Evidence.objects.bulk_create(rows)
        corrections = Evidence.objects.bulk_create(
            Evidence(
                country=self.country,
                title=f"{EXERCISE}, put right",
                kind=row.kind,
                happened_from=row.happened_to,
                happened_to=row.happened_to,
                done_by=row.done_by,
                stated_by=EXERCISE,
                source=EXERCISE,
                revises=row,
                revision_reason=EXERCISE,
                recorded_at=row.recorded_at + timedelta(hours=5),
                recorded_by=self.officer,
            )
            for row in self.evidence[::50]
        )
        self.evidence += corrections
        self.evidence_links = EvidenceLink.objects.bulk_create(
            EvidenceLink(
                evidence=row,
                benchmark=benchmark,
                shows=self.random.choices(list(SupportKind), [15, 2, 1, 2])[0],
                recorded_at=row.recorded_at,
                recorded_by=row.recorded_by,
            )
            for row in self.evidence
            for benchmark in self.random.sample(self.benchmarks, self.random.choice([1, 1, 1, 2]))
        )

    def _piece(self, number: int) -> Evidence:
        sent = self.versions[number // 2] if number < 2 * len(self.versions) else None
        day = sent.happened_on if sent else self._day()
        return Evidence(
            country=self.country,
            title=f"{EXERCISE}, piece {number}",
            kind=EvidenceKind.COURT,
            happened_from=self.random.choice([None, *[day - timedelta(days=self.random.randrange(10))] * 9]),
            happened_to=day,
            done_by=self.random.choices(list(DoneBy), [12, 3, 2, 2, 1])[0],
            stated_by=EXERCISE,
            source=EXERCISE,
            update_version=sent,
            commitment=sent.update.commitment if sent else None,
            sensitivity=Sensitivity.SHARED if sent else Sensitivity.INTERNAL,
            recorded_at=sent.recorded_at if sent else self._later(day),
            recorded_by=sent.recorded_by if sent else self.officer,
        )

    def add_reviews(self) -> None:
        """Four evidence links in five are reviewed; every tenth of them twice, where the first word was "rejected"."""
        rows = []
        for evidence_link in self.evidence_links:
            if self.random.random() < 0.8:
                if self.random.random() < 0.1:
                    rows.append(self._review(evidence_link.evidence, evidence_link, EvidenceDecision.REJECTED, days=3))
                rows.append(
                    self._review(
                        evidence_link.evidence,
                        evidence_link,
                        EvidenceDecision.VERIFIED,
                        days=self.random.randrange(4, 20),
                    )
                )
        EvidenceReview.objects.bulk_create(rows)

    def _review(
        self, evidence: Evidence, evidence_link: EvidenceLink | None, decision: EvidenceDecision, days: int
    ) -> EvidenceReview:
        return EvidenceReview(
            evidence=evidence,
            evidence_link=evidence_link,
            decision=decision,
            first_on=None if evidence.happened_from else evidence.happened_to,
            reason=EXERCISE,
            recorded_at=evidence.recorded_at + timedelta(days=days, minutes=self.random.randrange(60)),
            recorded_by=self.reviewer,
        )

    def add_readings(self) -> None:
        """A figure for the year before each, then in turn one through a later and later day, each with its source."""
        start, end = self.edition.year_before
        rows = [self._reading(number, start, end, 20, None) for number in range(len(self.indicators))]
        cited = self.evidence[1 : self.size : 20]
        rows += [
            self._reading(number, PERIOD_STARTS_ON, row.happened_to, number % 60, row)
            for number, row in enumerate(cited)
            if row.happened_to >= PERIOD_STARTS_ON
        ]
        Reading.objects.bulk_create(rows)
        EvidenceReview.objects.bulk_create(self._review(row, None, EvidenceDecision.VERIFIED, days=15) for row in cited)

    def _reading(self, number: int, start: date, through: date, figure: int, cited: Evidence | None) -> Reading:
        return Reading(
            indicator=self.indicators[number % len(self.indicators)],
            starts_on=start,
            through_on=through,
            figure=figure,
            source=EXERCISE,
            evidence=cited,
            recorded_at=cited.recorded_at if cited else at_noon(PERIOD_STARTS_ON),
            recorded_by=self.officer,
        )

    def add_assessments(self) -> None:
        rows = Assessment.objects.bulk_create(
            Assessment(
                benchmark=self.benchmarks[number % len(self.benchmarks)],
                verdict=self.random.choice(list(Verdict)),
                rationale=EXERCISE,
                law="22 U.S.C. 7107(b)",
                recorded_at=self._later(self._day()),
                recorded_by=self.officer,
            )
            for number in range(self.size // 20)
        )
        AssessmentEvidence.objects.bulk_create(
            AssessmentEvidence(assessment=row, evidence=piece)
            for row in rows
            for piece in self.random.sample(self.evidence, 2)
        )

    def _day(self) -> date:
        """A day of the period, or, one time in ten, of the two months before it."""
        first = PERIOD_STARTS_ON - timedelta(days=60) if self.random.random() < 0.1 else PERIOD_STARTS_ON
        return first + timedelta(days=self.random.randrange((LAST_SPAN_ENDS_BY - first).days))

    def _later(self, day: date) -> datetime:
        """A moment within 25 days, at some minute of a working day."""
        at = datetime.combine(day + timedelta(days=self.random.randrange(1, 25)), time(8), MASERU)
        return at + timedelta(minutes=self.random.randrange(540))
