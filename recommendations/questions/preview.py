"""Compare a draft set with the questions in the record: what loading would do, and what repeats last year's."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from recommendations.indicator_matching import CountedIndicator, match_indicators
from recommendations.models import Benchmark, Edition, Indicator, Question, QuestionSet
from recommendations.questions.draft_questions import (
    NO_QUESTION,
    DraftQuestion,
    DraftQuestions,
    deserialize_questions,
)
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
    """A draft compared with the record. `old` are the questions that its questions may repeat."""

    draft: DraftQuestions
    lines: Sequence[QuestionLine]
    retired: Sequence[Question]
    last_year: Edition | None
    old: Sequence[Question]
    dropped: Sequence[Question]
    """Last year's questions that none of the set repeats."""
    fingerprint: str
    """Changes whenever the draft or a question of the edition changes."""

    @property
    def changes_nothing(self) -> bool:
        return not self.retired and all(line.change is QuestionChange.SAME for line in self.lines)

    @property
    def repeated_twice(self) -> list[tuple[Question, list[QuestionLine]]]:
        """Return the old questions that several of the set repeat, each with these lines."""
        repeating: dict[int, list[QuestionLine]] = {}
        for line in self.lines:
            if line.last_year:
                repeating.setdefault(line.last_year.pk, []).append(line)
        return [(own[0].last_year, own) for own in repeating.values() if own[0].last_year and len(own) > 1]


def build_preview(question_set: QuestionSet) -> QuestionPreview:
    """Compare the draft of a set with the questions of its edition and of the last edition that has some."""
    draft = deserialize_questions(question_set.draft)
    rows = list(
        Question.objects.filter(edition=question_set.edition_id)
        .select_related("parent", "repeats__edition")
        .order_by("pk")
    )
    active = [row for row in rows if not row.is_retired]
    matches = _match_active(active, draft)
    matches |= _match_retired([row for row in rows if row.is_retired], draft, matches)
    previous = find_last_year(question_set.edition)
    asked = list(previous.questions.active().order_by("position", "pk")) if previous else []
    proposals = match_questions([_as_known(row) for row in asked], draft.questions)
    old = {row.pk: row for row in asked} | {row.repeats.pk: row.repeats for row in rows if row.repeats}
    by_key = {row.pk: row for row in rows} | old
    lines = []
    for place, (question, parent) in enumerate(zip(draft.questions, draft.parents, strict=True)):
        match = matches.get(place)
        current = by_key[match.key] if match else None
        parent_key = None if parent is None else (matches[parent].key if parent in matches else 0)
        last_match = _find_repeated(question, current, proposals.get(place), old)
        last_year = old[last_match.key] if last_match else None
        change = _describe_change(question, place, current, parent_key, last_year)
        lines.append(QuestionLine(place, question, parent, change, current, match, last_year, last_match))
    retired = find_retired([_as_known(row) for row in active], matches)
    repeated = {line.place: line.last_match for line in lines if line.last_match}
    dropped = find_retired([_as_known(row) for row in asked], repeated)
    return QuestionPreview(
        draft,
        lines,
        [by_key[row.key] for row in retired],
        previous,
        list(old.values()),
        [by_key[row.key] for row in dropped],
        _fingerprint(draft, [*rows, *old.values()]),
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


def _find_repeated(
    question: DraftQuestion, current: Question | None, proposal: QuestionMatch | None, old: Mapping[int, Question]
) -> QuestionMatch | None:
    """Return the question of last year that one repeats: the user's choice, else the record's, else the proposal.

    A question in the record that repeats none stays so, unless last year's question came into the record later.
    """
    if question.repeats == NO_QUESTION:
        return None
    if question.repeats is not None and question.repeats in old:
        return QuestionMatch(question.repeats, 100)
    if current and current.repeats_id:
        return QuestionMatch(current.repeats_id, 100)
    if current and proposal and proposal.key < current.pk:
        return None
    return proposal


def _describe_change(
    question: DraftQuestion, place: int, current: Question | None, parent_key: int | None, last_year: Question | None
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
    if current.repeats_id != (last_year and last_year.pk):
        return QuestionChange.RELINKED
    return QuestionChange.SAME


def _fingerprint(draft: DraftQuestions, rows: Sequence[Question]) -> str:
    versions = ",".join(f"{row.pk}:{row.version}" for row in rows)
    return sha256(f"{draft_fingerprint(draft)} {versions}".encode()).hexdigest()[:16]
