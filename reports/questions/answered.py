"""The questions of an edition with their answers: as saved or, without a saved one, as the record would draft them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dialogues.actions.citation_checks import CitationChange, find_citation_changes, list_cited_facts
from dialogues.answer_state import AnswerStanding
from dialogues.answer_text import CitedFact, SentenceText
from dialogues.choices import AnswerFinding, AnswerState
from dialogues.models import AnswerVersion
from recommendations.models import Question, QuestionTerms
from reports.questions.gathering import gather_question_records
from reports.questions.record import QuestionFact, QuestionRecord, draft_sentences
from reports.reader_view import ReaderView
from tiptracker.accounts.models import User


@dataclass(frozen=True)
class AnsweredQuestion:
    """A question with what the record holds on it and the newest version of its answer, if there is one.

    `changes` are the cited facts that changed since. `wording` is the newest wording of the question.
    """

    question: Question
    wording: QuestionTerms
    record: QuestionRecord
    version: AnswerVersion | None
    standing: AnswerStanding[User]
    changes: tuple[CitationChange, ...]

    @property
    def state(self) -> AnswerState:
        """The state of the answer."""
        return self.standing.state

    @property
    def finding(self) -> AnswerFinding | None:
        """The kind of answer: the saved one or, without one, what the record gives; None if it holds nothing."""
        return AnswerFinding(self.version.finding) if self.version else self.record.finding

    @property
    def sentences(self) -> list[SentenceText]:
        """The sentences of the answer as saved or, without one, as drafted from the record."""
        return read_sentences(self.version) if self.version else draft_sentences(self.record)

    @property
    def is_reworded(self) -> bool:
        """Whether the question was reworded after the answer was written."""
        return self.version is not None and self.version.terms_id != self.wording.pk

    @property
    def new_facts(self) -> tuple[QuestionFact, ...]:
        """The facts recorded since the answer was written that it does not cite."""
        if self.version is None:
            return ()
        return self.record.changed_since(self.version.recorded_at, frozenset(list_cited_facts(self.version)))

    @property
    def is_out_of_date(self) -> bool:
        """Whether a cited fact changed or the question was reworded since the answer was written."""
        return bool(self.changes) or self.is_reworded

    @property
    def number_without_source(self) -> int:
        """How many sentences of the answer cite nothing."""
        return sum(not sentence.citations for sentence in self.sentences)


def read_sentences(version: AnswerVersion) -> list[SentenceText]:
    """Return the sentences of a version. Prefetch `with_content`."""
    return [
        SentenceText(row.text, tuple(CitedFact(each.kind, each.target) for each in row.citations.all()), row.paragraph)
        for row in version.sentences.all()
    ]


def gather_answers(
    view: ReaderView, questions: Sequence[Question], others: Sequence[Question] = ()
) -> list[AnsweredQuestion]:
    """Return the questions with their answers, in their order. Prefetch all questions `with_mapping`.

    `others` are the other questions of the edition, as for `gather_question_records`.

    Raises:
        PermissionDenied: if the reader may not read the record of the embassy.
        Edition.DoesNotExist: if the reader may not see the edition.
    """
    records = gather_question_records(view, questions, others)
    versions = newest_versions(view.reader, questions, view.known_by)
    changes = find_citation_changes(list(versions.values()), view.known_by)
    wordings = _newest_wordings(questions, view)
    return [
        AnsweredQuestion(
            question,
            wordings[question.pk],
            records[question.pk],
            version := versions.get(question.pk),
            version.standing_at(view.known_by) if version else AnswerStanding(AnswerState.OPEN),
            tuple(changes.get(version.pk, ())) if version else (),
        )
        for question in questions
        if question.pk in wordings
    ]


def newest_versions(
    user: User, questions: Sequence[Question], known_by: datetime | None = None
) -> dict[int, AnswerVersion]:
    """Return the newest version of the answer to each question (id), with its content."""
    rows = AnswerVersion.objects.visible_to(user).filter(question__in=questions)
    return rows.with_content().newest(known_by)


def _newest_wordings(questions: Sequence[Question], view: ReaderView) -> Mapping[int, QuestionTerms]:
    """Return the wording of each question (id) as known; none of a question that was not asked yet."""
    rows = QuestionTerms.objects.visible_to(view.reader).filter(question__in=questions).known_by(view.known_by)
    return {row.question_id: row for row in reversed(rows)}
