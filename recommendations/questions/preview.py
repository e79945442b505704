"""Compare a draft set with the questions in the record: what loading would do, and what repeats last year's."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from recommendations.indicator_matching import CountedIndicator, match_indicators
from recommendations.models import Benchmark, Edition, Indicator, Question, QuestionSet
from recommendations.questions.draft_questions import DraftQuestion, DraftQuestions, deserialize_questions
from recommendations.questions.editing import draft_fingerprint
from recommendations.questions.mapping import (
    MappingBenchmark,
    MappingSources,
    QuestionMapping,
    carry_mapping,
    propose_mapping,
)
from recommendations.questions.matching import (
    KnownQuestion,
    QuestionChange,
    QuestionMatch,
    find_retired,
    match_questions,
)
from recommendations.standard_indicators import read_catalogue
from recommendations.text_similarity import normalize_wording
from tiptracker.localization import record_language


class QuestionLine(NamedTuple):
    """A question of the draft, what loading it does, and the rows that it continues and repeats.

    `parent` is the place of the question that it is a part of.
    """

    place: int
    question: DraftQuestion
    parent: int | None
    change: QuestionChange
    current: Question | None = None
    match: QuestionMatch | None = None
    last_year: Question | None = None
    last_match: QuestionMatch | None = None

    @property
    def is_doubtful(self) -> bool:
        """Return whether the user should check that it is the question that it continues."""
        return self.question.is_new or (self.match is not None and self.match.is_doubtful)


class QuestionPreview(NamedTuple):
    """A draft compared with the record."""

    draft: DraftQuestions
    lines: Sequence[QuestionLine]
    retired: Sequence[Question]
    last_year: Edition | None
    dropped: Sequence[Question]
    """Last year's questions that none of the set repeats."""
    fingerprint: str
    """Changes whenever the draft or a question of the edition changes."""

    @property
    def changes_nothing(self) -> bool:
        return not self.retired and all(line.change is QuestionChange.SAME for line in self.lines)


def build_preview(question_set: QuestionSet) -> QuestionPreview:
    """Compare the draft of a set with the questions of its edition and of the last edition that has some."""
    draft = deserialize_questions(question_set.draft)
    rows = list(Question.objects.filter(edition=question_set.edition_id).select_related("parent").order_by("pk"))
    active = [row for row in rows if not row.is_retired]
    matches = _match_active(active, draft)
    matches |= _match_retired([row for row in rows if row.is_retired], draft, matches)
    previous = find_last_year(question_set.edition)
    old = list(previous.questions.active().order_by("position", "pk")) if previous else []
    repeats = match_questions([_as_known(row) for row in old], draft.questions)
    by_key = {row.pk: row for row in [*rows, *old]}
    lines = []
    for place, (question, parent) in enumerate(zip(draft.questions, draft.parents, strict=True)):
        match, last_match = matches.get(place), repeats.get(place)
        current = by_key[match.key] if match else None
        parent_key = None if parent is None else (matches[parent].key if parent in matches else 0)
        change = _describe_change(question, place, current, parent_key)
        last_year = by_key[last_match.key] if last_match else None
        lines.append(QuestionLine(place, question, parent, change, current, match, last_year, last_match))
    retired = find_retired([_as_known(row) for row in active], matches)
    dropped = find_retired([_as_known(row) for row in old], repeats)
    return QuestionPreview(
        draft,
        lines,
        [by_key[row.key] for row in retired],
        previous,
        [by_key[row.key] for row in dropped],
        _fingerprint(draft, rows),
    )


def find_last_year(edition: Edition) -> Edition | None:
    """Return the newest earlier edition of the country that has questions; None if there is none."""
    earlier = Edition.objects.filter(country=edition.country_id, year__lt=edition.year, questions__is_retired=False)
    return earlier.distinct().order_by("-year").first()


def gather_mapping_sources(edition: Edition) -> MappingSources:
    """Return the indicators of the country and the benchmarks of the edition, as the rules need them."""
    indicators = Indicator.objects.filter(country=edition.country_id)
    counted = [CountedIndicator(row.pk, row.name, row.question, row.catalogue_key) for row in indicators]
    with record_language():
        matches = match_indicators(read_catalogue().values(), counted)
    rows = Benchmark.objects.filter(recommendation__edition=edition).active().select_related("recommendation")
    benchmarks = [
        MappingBenchmark(
            row.pk,
            terms.criterion,
            row.recommendation.text,
            terms.indicator_id,
            terms.is_about_complicity,
            row.repeats_id,
        )
        for row in rows.with_terms()
        if (terms := row.current_terms)
    ]
    return MappingSources({key: match.counted.pk for key, match in matches.items()}, benchmarks)


def propose_line_mapping(line: QuestionLine, lines: Sequence[QuestionLine], sources: MappingSources) -> QuestionMapping:
    """Return the mapping for a question: last year's if that was confirmed, else what the outline proposes."""
    if line.last_year and line.last_year.is_mapping_confirmed:
        return carry_mapping(read_mapping(line.last_year), sources.benchmarks)
    above, context = line.parent, [line.question.heading]
    while above is not None:
        context.append(lines[above].question.text)
        above = lines[above].parent
    return propose_mapping(line.question.text, " ".join(context), sources)


def read_mapping(question: Question) -> QuestionMapping:
    """Return the mapping of a question in the record."""
    return QuestionMapping(
        tuple(question.indicia),
        frozenset(row.pk for row in question.indicators.all()),
        frozenset(row.pk for row in question.benchmarks.all()),
        tuple(question.evidence_kinds),
    )


def _as_known(row: Question) -> KnownQuestion:
    return KnownQuestion(row.pk, row.number, row.text)


def _match_active(active: Sequence[Question], draft: DraftQuestions) -> dict[int, QuestionMatch]:
    """Match the questions that the user did not take for new ones."""
    places = [place for place, question in enumerate(draft.questions) if not question.is_new]
    found = match_questions([_as_known(row) for row in active], [draft.questions[place] for place in places])
    return {places[place]: match for place, match in found.items()}


def _match_retired(
    retired: Sequence[Question], draft: DraftQuestions, matched: Mapping[int, QuestionMatch]
) -> dict[int, QuestionMatch]:
    """Match questions with the same wording as one that is no longer asked, so that it is asked again."""
    free: dict[str, list[int]] = {}
    for row in retired:
        free.setdefault(normalize_wording(row.text), []).append(row.pk)
    return {
        place: QuestionMatch(keys.pop(), 100)
        for place, question in enumerate(draft.questions)
        if place not in matched and not question.is_new and (keys := free.get(normalize_wording(question.text)))
    }


def _describe_change(
    question: DraftQuestion, place: int, current: Question | None, parent_key: int | None
) -> QuestionChange:
    if current is None:
        return QuestionChange.NEW
    if current.is_retired:
        return QuestionChange.ASKED_AGAIN
    if current.text != question.text:
        return QuestionChange.REWORDED
    placed = (current.number, current.heading, current.position, current.parent_id)
    if placed != (question.number, question.heading, place + 1, parent_key):
        return QuestionChange.MOVED
    return QuestionChange.SAME


def _fingerprint(draft: DraftQuestions, rows: Sequence[Question]) -> str:
    versions = ",".join(f"{row.pk}:{row.version}" for row in rows)
    return sha256(f"{draft_fingerprint(draft)} {versions}".encode()).hexdigest()[:16]
