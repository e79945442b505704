"""Build the facts of a record row by row, for rules that need no database."""

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    DoneBy,
    EvidenceDecision,
    ReadingDirection,
    SupportKind,
)
from recommendations.choices import Pillar, Rule
from reports.readiness.facts import (
    AgreedProofFact,
    AssessmentFact,
    BenchmarkFact,
    BenchmarkTermsFact,
    CommitmentEventFact,
    CommitmentFact,
    EditionFact,
    EditionTermsFact,
    EvidenceFact,
    EvidenceLinkFact,
    EvidenceReviewFact,
    Facts,
    IndicatorFact,
    MilestoneDoneFact,
    MilestoneFact,
    Period,
    ReadingFact,
    RecommendationFact,
    RecommendationTermsFact,
    UpdateVersionFact,
)

MASERU = ZoneInfo("Africa/Maseru")


def noon(day):
    """Return noon of a day in Maseru."""
    return datetime.combine(day, time(12), MASERU)


class RecordBuilder:
    """Collect rows of a record; `facts` returns them all. `known` is the day on which a row was recorded."""

    def __init__(self, tracking, country="LSO", year=2021):
        self.tracking = tracking
        self.edition = EditionFact(id=1, country=country, year=year, tracking=tracking)
        self.tables = {
            name: []
            for name in (
                "edition_terms",
                "recommendations",
                "benchmarks",
                "indicators",
                "readings",
                "evidence",
                "evidence_links",
                "reviews",
                "update_versions",
                "assessments",
                "commitments",
                "milestones",
            )
        }
        self.benchmark_ids = {}
        self.last_id = 0

    @property
    def facts(self):
        return Facts(edition=self.edition, zone=MASERU, **{name: tuple(rows) for name, rows in self.tables.items()})

    def add(self, table, row_type, **fields):
        self.last_id += 1
        self.tables[table].append(row_type(id=self.last_id, **fields))
        return self.last_id

    def edition_terms(self, known, **fields):
        return self.add("edition_terms", EditionTermsFact, recorded_at=noon(known), **fields)

    def recommendation(self, number, pillar, *terms, known=None, **fields):
        """Add a recommendation with its first terms; `terms` are later ones, from `recommendation_terms`."""
        first = self.recommendation_terms(pillar, known=known or self.tracking.starts_on)
        return self.add("recommendations", RecommendationFact, number=number, terms=(first, *terms), **fields)

    def recommendation_terms(self, pillar, *, known):
        self.last_id += 1
        return RecommendationTermsFact(id=self.last_id, recorded_at=noon(known), pillar=pillar)

    def benchmark(self, recommendation, key, *terms):
        """Add a benchmark by its key; `terms` come from `benchmark_terms`."""
        self.benchmark_ids[key] = self.add(
            "benchmarks", BenchmarkFact, recommendation_id=recommendation, letter=key[-1], terms=terms
        )
        return self.benchmark_ids[key]

    def benchmark_terms(self, rule=Rule.ASSESSED, *, known, **fields):
        self.last_id += 1
        return BenchmarkTermsFact(id=self.last_id, recorded_at=noon(known), rule=rule, **fields)

    def indicator(self, name, pillar=Pillar.PROSECUTION, question=None, **fields):
        return self.add("indicators", IndicatorFact, name=name, pillar=pillar, question=question, **fields)

    def reading(self, indicator, value=None, *, through, known, starts=None, evidence=None, sent=None, **fields):
        """Add a reading: a number, a direction, or None for no data."""
        return self.add(
            "readings",
            ReadingFact,
            indicator_id=indicator,
            recorded_at=noon(known),
            starts_on=starts or self.tracking.starts_on,
            through_on=through,
            figure=None if value is None or isinstance(value, ReadingDirection) else Decimal(value),
            direction=value if isinstance(value, ReadingDirection) else None,
            evidence_id=evidence,
            update_version_id=sent,
            **fields,
        )

    def reading_year_before(self, indicator, value, *, known):
        """Add the reading for the whole previous period."""
        before = self.edition.previous
        return self.reading(indicator, value, starts=before.starts_on, through=before.ends_on, known=known)

    def evidence(self, first, last, *, known, by=DoneBy.GOVERNMENT, sent=None, revises=None, commitment=None, **shows):
        """Add evidence and what it shows by benchmark: `_6a=SupportKind.ACTION`."""
        evidence = self.add(
            "evidence",
            EvidenceFact,
            recorded_at=noon(known),
            happened_from=first,
            happened_to=last,
            done_by=by,
            update_version_id=sent,
            revises=revises,
            commitment_id=commitment,
        )
        for key, shown_kind in shows.items():
            self.evidence_link(evidence, key.removeprefix("_"), shown_kind, known=known)
        return evidence

    def action(self, key, first, last, *, known, verified=None, **fields):
        """Add a concrete action of the government on a benchmark. `verified` is the day of its review, if any."""
        evidence = self.evidence(first, last, known=known, **{f"_{key}": SupportKind.ACTION}, **fields)
        if verified:
            self.review(evidence, known=verified, key=key)
        return evidence

    def evidence_link(self, evidence, key, shows, *, known):
        return self.add(
            "evidence_links",
            EvidenceLinkFact,
            evidence_id=evidence,
            benchmark_id=self.benchmark_ids[key],
            recorded_at=noon(known),
            shows=shows,
        )

    def review(self, evidence, *, known, key=None, decision=EvidenceDecision.VERIFIED, first_on=None):
        """Add a review of evidence, or of what it shows on one benchmark."""
        evidence_link = next(
            (
                row.id
                for row in self.tables["evidence_links"]
                if key and row.evidence_id == evidence and row.benchmark_id == self.benchmark_ids[key]
            ),
            None,
        )
        return self.add(
            "reviews",
            EvidenceReviewFact,
            evidence_id=evidence,
            evidence_link_id=evidence_link,
            recorded_at=noon(known),
            decision=decision,
            first_on=first_on,
        )

    def update_version(self, progress, *, known, returned=None, withdrawn=None, **fields):
        return self.add(
            "update_versions",
            UpdateVersionFact,
            recorded_at=noon(known),
            progress=progress,
            returned_at=noon(returned) if returned else None,
            withdrawn_at=noon(withdrawn) if withdrawn else None,
            decided_at=noon(returned or withdrawn) if returned or withdrawn else None,
            **fields,
        )

    def claim(self, key, progress, last, *, known, first=None, returned=None, withdrawn=None, **fields):
        """Add an update of a ministry on a benchmark, with evidence that nobody has reviewed."""
        sent = self.update_version(
            ClaimedProgress(progress), known=known, returned=returned, withdrawn=withdrawn, **fields
        )
        return self.action(key, first, last, known=known, sent=sent)

    def assessment(self, key, verdict, *, known, on=()):
        return self.add(
            "assessments",
            AssessmentFact,
            benchmark_id=self.benchmark_ids[key],
            recorded_at=noon(known),
            verdict=verdict,
            evidence_ids=frozenset(on),
        )

    def commitment(self, *, made, known=None, ministry=1, due=None, later_events=(), proofs=None, **towards):
        """Add a commitment with its benchmarks: `_6a=CommitmentReach.MEETS`.

        Args:
            later_events: kind, day and due date of each further event.
            proofs: the agreed proof (default: one, agreed with the promise).
        """
        events = []
        for kind, day, due_on in [(CommitmentEventKind.MADE, made, due), *later_events]:
            self.last_id += 1
            events.append(CommitmentEventFact(self.last_id, noon(known or day), kind, day, due_on))
        return self.add(
            "commitments",
            CommitmentFact,
            recorded_at=noon(known or made),
            ministry_id=ministry,
            towards={self.benchmark_ids[key.removeprefix("_")]: reach for key, reach in towards.items()},
            events=tuple(events),
            proofs=(AgreedProofFact(1, noon(known or made), made),) if proofs is None else tuple(proofs),
        )

    def milestone(self, kind, due, done=None, known=None):
        """Add a milestone. `done` is the day on which it was done, `known` the day on which that was recorded."""
        rows = ()
        if done:
            self.last_id += 1
            rows = (MilestoneDoneFact(self.last_id, noon(known or done), done),)
        return self.add("milestones", MilestoneFact, kind=kind, due_on=due, done=rows)


def shares(score):
    """Return the shares of the benchmarks by key."""
    return {benchmark.line.key: benchmark.line.finding.worth for benchmark in score.benchmarks}


def points(score):
    """Return the points of the parts by key."""
    return {part.key.value: part.points for part in score.parts}


def line_points(score, part):
    """Return the points of the lines of a part by key."""
    return {
        line.key: line.points for score_part in score.parts if score_part.key.value == part for line in score_part.lines
    }


def period(start, end):
    return Period(date.fromisoformat(start), date.fromisoformat(end))
