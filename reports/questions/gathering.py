"""Gather what the record holds on the yearly questions of an edition, as of a day and as known by a moment.

The number of queries does not depend on the number of questions. Sentences of facts are in the language of the record,
what is missing in that of the reader.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Prefetch

from dialogues.answer_text import CitedFact
from dialogues.choices import (
    CitedKind,
    DoneBy,
    EvidenceDecision,
    EvidenceKind,
    LawEntryKind,
    SupportKind,
    Verdict,
)
from dialogues.commitment_phrases import format_status_detail
from dialogues.effective_reading import find_effective_reading
from dialogues.models import Assessment, Commitment, Evidence, EvidenceIndicium, EvidenceQuestion, LawEntry, Reading
from dialogues.models.evidence import EvidenceQuerySet
from dialogues.models.law import group_by_standard
from recommendations.choices import Tier
from recommendations.models import Edition, Question
from reports.questions import sentences
from reports.questions.contributions import gather_contributions
from reports.questions.missing import MissingFinder
from reports.questions.placement import EvidenceSupports, find_answered
from reports.questions.record import FactStatus, MappedQuestion, QuestionFact, QuestionRecord
from reports.reader_view import ReaderView
from reports.readiness.commitment_standings import commitment_standings
from reports.readiness.countable_facts import facts_known_by, is_in_window, is_of_period, start_date_of
from reports.readiness.fact_index import FactIndex
from reports.readiness.fact_views import build_verified_view
from reports.readiness.facts import EvidenceFact, EvidenceReviewFact, Facts, IndicatorFact, ReadingFact
from reports.readiness.gathering import gather_facts
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import record_language

PROSECUTION, PARTNERSHIPS, PROGRESS = 1, 9, 11
"""The indicia of prosecution; of partnerships, which commitments of both sides answer; and of progress, which the tiers
answer."""
STATUS_ORDER = {FactStatus.VERIFIED: 0, FactStatus.RECORDED: 1, FactStatus.CLAIMED: 2}


class ReviewedEvidence(NamedTuple):
    """A piece of evidence in force, with what it shows on each benchmark, and its status."""

    fact: EvidenceFact
    row: Evidence
    shows: Mapping[int, SupportKind]
    status: FactStatus
    first_on: date | None
    changed_at: datetime


@snapshot()
def gather_question_records(
    view: ReaderView, questions: Sequence[Question], others: Sequence[Question] = ()
) -> dict[int, QuestionRecord]:
    """Return by id what the record holds on each question. Prefetch all questions `with_mapping`.

    Args:
        others: the other questions of the edition. Evidence that answers one of them better is not repeated elsewhere.

    Raises:
        PermissionDenied: if the reader may not read the record of the embassy.
        Edition.DoesNotExist: if the reader may not see the edition.
    """
    view = view.checked()
    builder = _RecordBuilder(view, [_read_mapping(row) for row in questions], [_read_mapping(row) for row in others])
    return {question.id: builder.build(question) for question in builder.questions}


class _RecordBuilder:
    """Builds the record of each question from the rows of the country, which it reads once."""

    def __init__(
        self, view: ReaderView, questions: Sequence[MappedQuestion], others: Sequence[MappedQuestion] = ()
    ) -> None:
        self.view, self.questions = view, questions
        self.facts = facts_known_by(gather_facts(view.edition), view.known_by)
        self.index = FactIndex(self.facts)
        self.verified = build_verified_view(self.facts, view.as_of)
        self.indicators = {row.id: row for row in self.facts.indicators}
        self.indicia_of_benchmark = _indicia_by_benchmark(self.facts)
        self.evidence = self._gather_evidence()
        self.evidence_facts: dict[tuple[int, SupportKind], QuestionFact] = {}
        self.answered = {
            key: find_answered(self._describe_support(piece), (*questions, *others))
            for key, piece in self.evidence.items()
        }
        self.readings = self._gather_readings()
        self.claimed_by = self._gather_reading_sources()
        self.breakdowns = self._gather_breakdowns()
        self.assessments = self._gather_assessments()
        with record_language():
            self.commitments = self._gather_commitments()
            self.contributions = list(gather_contributions(view, self.facts))
            self.law = list(self._gather_law())
        self.missing = MissingFinder(view, self.facts, self.readings)

    def build(self, question: MappedQuestion) -> QuestionRecord:
        """Return what the record holds on one question."""
        with record_language():  # what an answer says is stored; what is missing is read by who is signed in
            facts = [
                *self._tier_facts(question),
                *(self.law if _is_about_the_law(question) else ()),
                *self._reading_facts(question),
                *self._evidence_facts(question),
                *self._assessment_facts(question),
                *self._contribution_facts(question),
                *self._commitment_facts(question),
                *self.missing.request_facts(question),
            ]
        with_evidence = {
            benchmark
            for piece in self.evidence.values()
            for benchmark in piece.shows
            if benchmark in question.benchmarks
        }
        missing = self.missing.find(
            question, with_evidence, has_facts=any(fact.kind is not CitedKind.REQUEST for fact in facts)
        )
        return QuestionRecord(question.id, tuple(facts), tuple(missing))

    # --- Evidence ---------------------------------------------------------------------------------------------------

    def _gather_evidence(self) -> dict[int, ReviewedEvidence]:
        """Return the evidence in force of the period and the year before, without rejected and returned pieces."""
        first_day = self.facts.edition.previous.starts_on
        facts = {
            row.id: row
            for row in self.index.in_force
            if first_day <= row.happened_to <= self.view.as_of
            and not self.index.claims_ended_at(row.update_version_id)
            and not self.index.rejection(row.id)
        }
        visible = Evidence.objects.visible_to(self.view.reader, self.view.edition.country)
        rows = self._with_known_topics(visible).in_bulk(facts)
        shows: dict[int, dict[int, SupportKind]] = defaultdict(dict)
        links: dict[int, list[int | None]] = defaultdict(lambda: [None])
        for link, evidence in self.index.links_in_force:
            review = self.index.newest_review(evidence.id, link.id)
            if review is None or review.decision is not EvidenceDecision.REJECTED:
                shows[evidence.id][link.benchmark_id] = link.shows
                links[evidence.id].append(link.id)
        return {
            key: self._review(fact, rows[key], shows[key], links[key]) for key, fact in facts.items() if key in rows
        }

    def _with_known_topics(self, rows: EvidenceQuerySet) -> EvidenceQuerySet:
        """Fetch the indicia and the questions of the edition that evidence was linked to by the moment."""
        reader, recorded = self.view.reader, self.view.recorded
        indicia = EvidenceIndicium.objects.visible_to(reader).filter(recorded)
        questions = Question.objects.visible_to(reader).filter(edition=self.view.edition).active()
        links = EvidenceQuestion.objects.visible_to(reader).filter(recorded, question__in=questions)
        topics: list[Any] = [Prefetch("indicia", indicia), Prefetch("question_links", links)]
        return rows.prefetch_related(*topics)

    def _review(
        self, fact: EvidenceFact, row: Evidence, shows: Mapping[int, SupportKind], links: Iterable[int | None]
    ) -> ReviewedEvidence:
        reviews = [review for link in links if (review := self.index.newest_review(fact.id, link))]
        verified = [review for review in reviews if review.decision is EvidenceDecision.VERIFIED]
        newest: EvidenceReviewFact | None = max(
            verified or reviews, key=lambda review: (review.recorded_at, review.id), default=None
        )
        return ReviewedEvidence(
            fact,
            row,
            shows,
            FactStatus.VERIFIED if verified else FactStatus.CLAIMED,
            start_date_of(fact, newest),
            max(fact.recorded_at, newest.recorded_at) if newest else fact.recorded_at,
        )

    def _evidence_facts(self, question: MappedQuestion) -> list[QuestionFact]:
        """Return the evidence that answers a question, the verified first, then by day.

        Evidence that gives a figure of the question is left out: the figure says it.
        """
        given = {
            row.evidence_id for indicator in self._indicators_of(question) for row in self.readings.get(indicator, ())
        }
        found = [
            self._evidence_fact(piece, self.answered[key][question.id])
            for key, piece in self.evidence.items()
            if key not in given and question.id in self.answered[key]
        ]
        return sorted(found, key=lambda fact: (STATUS_ORDER[fact.status], fact.day, fact.citations[0].id))

    def _describe_support(self, piece: ReviewedEvidence) -> EvidenceSupports:
        return EvidenceSupports(
            piece.row.kind,
            piece.shows,
            {row.indicium: SupportKind(row.shows) for row in piece.row.indicia.all()},
            frozenset(row.question_id for row in piece.row.question_links.all()),
            self.indicia_of_benchmark,
        )

    def _evidence_fact(self, piece: ReviewedEvidence, shows: SupportKind) -> QuestionFact:
        """Return a piece of evidence as a fact. Several questions may tell the same one."""
        key = piece.fact.id, shows
        if key not in self.evidence_facts:
            self.evidence_facts[key] = self._describe_evidence(piece, shows)
        return self.evidence_facts[key]

    def _describe_evidence(self, piece: ReviewedEvidence, shows: SupportKind) -> QuestionFact:
        row = piece.row
        sentence = sentences.describe_evidence(
            row.title,
            first=piece.first_on,
            last=row.happened_to,
            done_by=DoneBy(row.done_by),
            shows=shows,
            status=piece.status,
            stated_by=row.stated_by,
            is_outside=not is_in_window(self.facts.edition.tracking, piece.first_on, row.happened_to),
        )
        fact = CitedFact(CitedKind.EVIDENCE, row.pk)
        return QuestionFact((fact,), sentence, piece.status, row.happened_to, piece.changed_at)

    # --- Figures ----------------------------------------------------------------------------------------------------

    def _gather_readings(self) -> dict[int, list[ReadingFact]]:
        """Return by indicator the readings of the period that are in force, verified or claimed."""
        found: dict[int, list[ReadingFact]] = defaultdict(list)
        for row in self.facts.readings:
            cited = self.index.cited(row)
            is_ended = self.index.claims_ended_at(row.update_version_id) or (
                cited
                and (
                    cited.id in self.index.revisions
                    or self.index.rejection(cited.id)
                    or self.index.claims_ended_at(cited.update_version_id)
                )
            )
            is_current = is_of_period(self.facts.edition.tracking, row) and row.through_on <= self.view.as_of
            if is_current and not is_ended:
                found[row.indicator_id].append(row)
        return found

    def _gather_reading_sources(self) -> dict[int, str]:
        """Return who gives each reading of the period, by its id."""
        ids = [row.id for rows in self.readings.values() for row in rows]
        rows = Reading.objects.visible_to(self.view.reader).filter(pk__in=ids).select_related("evidence")
        return {row.pk: row.evidence.stated_by if row.evidence else row.source for row in rows}

    def _gather_breakdowns(self) -> dict[int, list[Mapping[str, str]]]:
        """Return the breakdowns of each reading, with small counts of victims suppressed."""
        ids = [row.id for rows in self.readings.values() for row in rows if row.figure is not None]
        rows = Reading.objects.visible_to(self.view.reader).filter(pk__in=ids, parts__isnull=False).distinct()
        return {
            row.pk: list(row.breakdown_for_display.values())
            for row in rows.select_related("indicator").prefetch_related("parts")
        }

    def _reading_facts(self, question: MappedQuestion) -> Iterator[QuestionFact]:
        for key in self._indicators_of(question):
            if indicator := self.indicators.get(key):
                yield from self._indicator_facts(indicator)

    def _indicators_of(self, question: MappedQuestion) -> Sequence[int]:
        """Return the indicators of a question. One on progress is answered by all that the law compares."""
        if question.indicators or PROGRESS not in question.indicia:
            return question.indicators
        return [row.id for row in self.facts.indicators if row.question]

    def _indicator_facts(self, indicator: IndicatorFact) -> Iterator[QuestionFact]:
        """Yield the newest verified figure compared with the year before, a newer claim, and what contradicts it."""
        before = find_effective_reading(self.verified.previous.get(indicator.id, ()))
        verified = find_effective_reading(self.verified.readings.get(indicator.id, ()))
        rows = self.readings.get(indicator.id, [])
        verified_ids = {row.id for row in self.verified.readings.get(indicator.id, ())}
        claimed = find_effective_reading(row for row in rows if row.id not in verified_ids)
        if verified:
            yield from self._describe_reading(indicator, verified, before, FactStatus.VERIFIED)
        if claimed and (verified is None or claimed.through_on > verified.through_on):
            yield from self._describe_reading(indicator, claimed, before, FactStatus.CLAIMED)
        yield from self._conflicts(indicator, rows)

    def _describe_reading(
        self, indicator: IndicatorFact, now: ReadingFact, before: ReadingFact | None, status: FactStatus
    ) -> Iterator[QuestionFact]:
        compared = before if now.figure is not None and before and before.figure is not None else None
        citations = [CitedFact(CitedKind.READING, row.id) for row in (now, compared) if row]
        sentence = sentences.describe_reading(
            indicator,
            now,
            before,
            ends_on=self.facts.edition.tracking.ends_on,
            claimed_by=self.claimed_by.get(now.id, "") if status is FactStatus.CLAIMED else "",
        )
        changed_at = self._reading_changed_at(now)
        yield QuestionFact(tuple(citations), sentence, status, now.through_on, changed_at)
        for cells in self.breakdowns.get(now.id, ()):
            if now.figure is not None:
                text = sentences.describe_breakdown(cells, now.figure)
                yield QuestionFact(tuple(citations[:1]), text, status, now.through_on, changed_at)

    def _conflicts(self, indicator: IndicatorFact, rows: Iterable[ReadingFact]) -> Iterator[QuestionFact]:
        """Yield a sentence for each span for which the record holds different figures."""

        def span(row: ReadingFact) -> tuple[date, date]:
            return row.starts_on, row.through_on

        figures = sorted((row for row in rows if row.figure is not None), key=lambda row: (*span(row), row.id))
        for _, group in groupby(figures, key=span):
            same = list(group)
            if len({row.figure for row in same}) > 1:
                sentence = sentences.describe_conflict(
                    indicator, [(row, self.claimed_by.get(row.id, "")) for row in same]
                )
                yield QuestionFact(
                    tuple(CitedFact(CitedKind.READING, row.id) for row in same),
                    sentence,
                    FactStatus.RECORDED,
                    same[0].through_on,
                    max(map(self._reading_changed_at, same)),
                    is_conflict=True,
                )

    def _reading_changed_at(self, row: ReadingFact) -> datetime:
        review = self.index.newest_review(row.evidence_id) if row.evidence_id else None
        return max(row.recorded_at, review.recorded_at) if review else row.recorded_at

    # --- Assessments, commitments and tiers -------------------------------------------------------------------------

    def _gather_assessments(self) -> dict[int, Assessment]:
        in_force = {row.id: key for key, row in self.verified.assessments.items()}
        rows = Assessment.objects.visible_to(self.view.reader).filter(pk__in=in_force)
        return {in_force[row.pk]: row for row in rows.select_related("benchmark").prefetch_related("benchmark__terms")}

    def _assessment_facts(self, question: MappedQuestion) -> Iterator[QuestionFact]:
        for benchmark in sorted(question.benchmarks & self.assessments.keys()):
            row = self.assessments[benchmark]
            day = self.view.day(row.recorded_at)
            terms = [terms for terms in row.benchmark.terms.all() if self.view.knows(terms.recorded_at)]
            yield QuestionFact(
                (CitedFact(CitedKind.ASSESSMENT, row.pk),),
                sentences.describe_assessment(
                    self.missing.keys.get(benchmark, ""),
                    terms[0].criterion if terms else "",
                    Verdict(row.verdict).label,
                    day,
                    row.rationale,
                ),
                FactStatus.RECORDED,
                day,
                row.recorded_at,
            )

    def _gather_commitments(self) -> list[tuple[Commitment, QuestionFact, frozenset[int]]]:
        standings = commitment_standings(self.facts, self.view.as_of)
        rows = Commitment.objects.visible_to(self.view.reader, self.view.edition.country).select_related("ministry")
        texts = rows.in_bulk(standings)
        found = []
        for fact in self.facts.commitments:
            row, standing = texts.get(fact.id), standings.get(fact.id)
            if row is None or standing is None:
                continue
            made = min(event.happened_on for event in fact.events)
            status = format_status_detail(standing) or standing.status.label
            sentence = sentences.describe_commitment(row.maker, row.text, made, status)
            changed_at = max(event.recorded_at for event in fact.events)
            cited = (CitedFact(CitedKind.COMMITMENT, row.pk),)
            found.append(
                (row, QuestionFact(cited, sentence, FactStatus.RECORDED, made, changed_at), frozenset(fact.towards))
            )
        return sorted(found, key=lambda each: (each[1].day, each[0].pk))

    def _commitment_facts(self, question: MappedQuestion) -> list[QuestionFact]:
        """Return the commitments of both sides that a question on partnerships is answered by."""
        if PARTNERSHIPS not in question.indicia:
            return []
        return [
            fact
            for row, fact, towards in self.commitments
            if row.ministry_id is None or not question.benchmarks or towards & question.benchmarks
        ]

    def _contribution_facts(self, question: MappedQuestion) -> list[QuestionFact]:
        """Return the contributions that answer a question: those to work on its benchmarks.

        A question on partnerships is answered by those of the United States and of partners too and, if it is mapped to
        no benchmark, by those of ministries.
        """
        is_on_partnerships = PARTNERSHIPS in question.indicia
        return [
            given.fact
            for given in self.contributions
            if given.benchmarks & question.benchmarks
            or (is_on_partnerships and not (given.is_of_ministry and question.benchmarks))
        ]

    def _gather_law(self) -> Iterator[QuestionFact]:
        """Yield what the register of the law holds on the day, by minimum standard."""
        rows = LawEntry.objects.visible_to(self.view.reader, self.view.edition.country).known_by(self.view.known_by)
        for group in group_by_standard(list(rows.begun_by(self.view.as_of))).values():
            for row in group:
                if not row.is_over(self.view.as_of):
                    cited = (CitedFact(CitedKind.LAW, row.pk),)
                    sentence = sentences.describe_law(LawEntryKind(row.kind), row.citation, row.text, row.from_on)
                    day = row.from_on or self.view.day(row.recorded_at)
                    yield QuestionFact(cited, sentence, FactStatus.RECORDED, day, row.recorded_at)

    @cached_property
    def editions(self) -> list[Edition]:
        """Return this edition and the one before, if there is one."""
        edition = self.view.edition
        rows = Edition.objects.visible_to(self.view.reader).filter(country=edition.country_id)
        return list(rows.filter(year__in=(edition.year - 1, edition.year)).order_by("year"))

    def _tier_facts(self, question: MappedQuestion) -> Iterator[QuestionFact]:
        """Yield the tiers of this edition and of the one before, for a question on progress."""
        if PROGRESS not in question.indicia:
            return
        edition = self.view.edition
        for row in self.editions:
            yield QuestionFact(
                (CitedFact(CitedKind.EDITION, row.pk),),
                sentences.describe_tier(edition.country.name, row.year, Tier(row.tier).label),
                FactStatus.RECORDED,
                row.published_on or edition.starts_on,
                datetime.min.replace(tzinfo=self.view.zone),
            )


def _is_about_the_law(question: MappedQuestion) -> bool:
    """Return whether the register of the law answers a question: laws answer it, and it is about prosecution."""
    return EvidenceKind.LAW in question.evidence_kinds and (not question.indicia or PROSECUTION in question.indicia)


def _read_mapping(row: Question) -> MappedQuestion:
    return MappedQuestion(
        row.pk,
        row.position,
        frozenset(row.indicia),
        tuple(indicator.pk for indicator in row.indicators.all()),
        frozenset(benchmark.pk for benchmark in row.benchmarks.all()),
        frozenset(row.evidence_kinds),
    )


def _indicia_by_benchmark(facts: Facts) -> dict[int, frozenset[int]]:
    indicia = {row.id: frozenset(row.indicia) for row in facts.recommendations}
    return {row.id: indicia.get(row.recommendation_id, frozenset()) for row in facts.benchmarks}
