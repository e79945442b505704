"""What the record holds on a yearly question, as plain values. No Django here."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from dialogues.answer_text import CitedFact, SentenceText, split_sentences
from dialogues.choices import AnswerFinding, CitedKind
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop


class MappedQuestion(NamedTuple):
    """A question (its id and its place in the list) with the ids of what it is mapped to."""

    id: int
    position: int
    indicia: frozenset[int]
    indicators: tuple[int, ...]
    benchmarks: frozenset[int]
    evidence_kinds: frozenset[str]


class FactStatus(ChoiceEnum):
    """How sure a fact is, the surest first. Only a verified one is more than somebody's word."""

    VERIFIED = "verified", gettext_noop("Verified")
    CLAIMED = "claimed", gettext_noop("Claimed")
    RECORDED = "recorded", gettext_noop("Recorded by the embassy")


class QuestionFact(NamedTuple):
    """A fact or a comparison that answers a question, in a sentence, with the rows that it rests on.

    `day` is the last day of what happened. `changed_at` is when it was recorded or reviewed last. `is_conflict`: the
    sentence says that two figures contradict each other.
    """

    citations: tuple[CitedFact, ...]
    sentence: str
    status: FactStatus
    day: date
    changed_at: datetime
    is_conflict: bool = False

    @property
    def kind(self) -> CitedKind:
        """The kind of the fact that the sentence is about."""
        return self.citations[0].kind


class MissingItem(NamedTuple):
    """Something that would answer a question and that nobody has given.

    One of `indicator`, `benchmark` and `question` (ids) says what to ask for. `ministry` is whom to ask, if it is
    known. `request` is the open request that asks for it, made on `asked_on`.
    """

    text: str
    indicator: int | None = None
    benchmark: int | None = None
    question: int | None = None
    ministry: int | None = None
    ministry_name: str = ""
    request: int | None = None
    asked_on: date | None = None


@dataclass(frozen=True)
class QuestionRecord:
    """What the record holds on one question, the surest facts first, and what is missing."""

    question: int
    facts: tuple[QuestionFact, ...]
    missing: tuple[MissingItem, ...]

    @property
    def finding(self) -> AnswerFinding | None:
        """The kind of answer that the record gives: facts, or only requests without an answer; None without either."""
        if not self.facts:
            return None
        is_asked_only = all(fact.kind is CitedKind.REQUEST for fact in self.facts)
        return AnswerFinding.NO_ANSWER if is_asked_only else AnswerFinding.FACTS

    @property
    def rests_on_claims(self) -> bool:
        """Whether there are facts and none of them is more than a claim."""
        return bool(self.facts) and all(fact.status is FactStatus.CLAIMED for fact in self.facts)

    @property
    def has_conflict(self) -> bool:
        """Whether figures for the same period contradict each other."""
        return any(fact.is_conflict for fact in self.facts)

    def changed_since(self, moment: datetime, cited: frozenset[CitedFact]) -> tuple[QuestionFact, ...]:
        """Return the facts that were recorded or reviewed after a moment and that an answer does not cite."""
        return tuple(fact for fact in self.facts if fact.changed_at > moment and fact.citations[0] not in cited)


GROUPS = (
    (CitedKind.EDITION,),
    (CitedKind.LAW,),
    (CitedKind.READING,),
    (CitedKind.EVIDENCE,),
    (CitedKind.ASSESSMENT,),
    (CitedKind.CONTRIBUTION,),
    (CitedKind.COMMITMENT, CitedKind.REQUEST),
)
"""The kinds of fact of each paragraph of a draft, in order."""


def draft_sentences(record: QuestionRecord) -> list[SentenceText]:
    """Return a draft of the answer: what each fact or comparison says, each sentence with its sources.

    Figures stand before actions, and verified facts before claims.
    """
    sentences: list[SentenceText] = []
    paragraph = 0
    for kinds in GROUPS:
        facts = [fact for fact in record.facts if fact.kind in kinds]
        if facts:
            paragraph += 1
            sentences += [
                SentenceText(sentence, fact.citations, paragraph)
                for fact in facts
                for sentence in split_sentences(fact.sentence)
            ]
    return sentences
