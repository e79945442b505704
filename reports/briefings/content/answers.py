"""Content of the answers to the yearly questions."""

from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from reports.briefings.content.common import CommonContent
from reports.choices import BriefingKind
from tiptracker.localization import format_date, format_datetime, gettext, ngettext


@dataclass(frozen=True)
class PrintedSentence:
    """A sentence of an answer, the number of its paragraph, and its sources: none in a document without sources."""

    text: str
    paragraph: int
    sources: tuple[str, ...]


@dataclass(frozen=True)
class PrintedAnswer:
    """A question with its answer: number and text as the Department writes them, the state, and what is missing.

    `finding` is empty where the answer states facts. `remarks` are warnings, such as that a fact changed since.
    `last_year` is the answer of the year before, empty if there is none.
    """

    number: str
    text: str
    is_part: bool
    state: str
    finding: str
    remarks: tuple[str, ...]
    sentences: tuple[PrintedSentence, ...]
    missing: tuple[str, ...]
    last_year: str

    @property
    def title(self) -> str:
        """The number and the text of the question."""
        return f"{self.number}. {self.text}"

    @property
    def paragraphs(self) -> tuple[tuple[PrintedSentence, ...], ...]:
        """The sentences by paragraph."""
        groups = groupby(self.sentences, key=lambda sentence: sentence.paragraph)
        return tuple(tuple(group) for _, group in groups)

    @property
    def state_line(self) -> str:
        """The state, with the kind of answer where it is not of facts: "Cleared. Nothing known"."""
        return ". ".join(filter(None, (self.state, self.finding)))

    @property
    def no_answer(self) -> str:
        """The sentence that stands in place of an answer without sentences."""
        return self.finding or gettext("The record holds nothing on this question.")


@dataclass(frozen=True)
class AnswerGroup:
    """The questions below one heading of the Department."""

    heading: str
    answers: tuple[PrintedAnswer, ...]


@dataclass(frozen=True)
class PrintedSource:
    """A line of the table of sources: a fact, who says so and where, and the questions that cite it."""

    label: str
    source: str
    questions: str


@dataclass(frozen=True, kw_only=True)
class QuestionAnswers(CommonContent):
    """The answers to the yearly questions of an edition, in the Department's order and with its numbers.

    `asked_in` names the set of questions. Counts: `number` of questions, `cleared` of them, `drafted_only` without a
    saved answer.
    """

    kind: ClassVar[BriefingKind] = BriefingKind.ANSWERS

    window: str
    asked_in: str
    number: int
    cleared: int
    drafted_only: int
    has_sources: bool
    groups: tuple[AnswerGroup, ...]
    sources: tuple[PrintedSource, ...]

    @property
    def sentence(self) -> str:
        """How many answers are cleared."""
        sentence = gettext("Answers cleared: %(cleared)s of %(number)s.")
        return sentence % {"cleared": self.cleared, "number": self.number}

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The lines below the title, as pairs of a name and a text."""
        lines = [
            (gettext("Period"), self.window),
            (gettext("Questions"), self.asked_in),
            (gettext("As of"), format_date(self.as_of)),
        ]
        if self.known_by:
            lines.append((gettext("Using only what was recorded by"), format_date(self.known_by)))
        newest = format_datetime(self.facts_up_to) if self.facts_up_to else gettext("no fact recorded yet")
        return (*lines, (gettext("Facts up to"), newest))

    @property
    def scope(self) -> str:
        """What the document includes."""
        sentences = [gettext("Facts that nobody has verified are marked as such in their sentences.")]
        if self.drafted_only:
            sentences.append(
                ngettext(
                    "%(number)d answer is a draft from the record that nobody has read.",
                    "%(number)d answers are drafts from the record that nobody has read.",
                    self.drafted_only,
                )
                % {"number": self.drafted_only}
            )
        sentences.append(
            gettext("Sources are named at the foot of each page.")
            if self.has_sources
            else gettext("Sources are left out.")
        )
        return " ".join(sentences)

    @property
    def missing_heads(self) -> tuple[str, ...]:
        """The headings of the table of what is missing."""
        return gettext("Question"), gettext("What is missing")

    @property
    def source_heads(self) -> tuple[str, ...]:
        """The headings of the table of sources."""
        return gettext("Fact"), gettext("Source"), gettext("Questions")

    @property
    def answers(self) -> tuple[PrintedAnswer, ...]:
        """All answers, in order."""
        return tuple(answer for group in self.groups for answer in group.answers)

    @property
    def has_missing(self) -> bool:
        """Whether anything is missing."""
        return any(answer.missing for answer in self.answers)

    @property
    def has_last_year(self) -> bool:
        """Whether there is any answer of the year before."""
        return any(answer.last_year for answer in self.answers)

    @property
    def no_sections(self) -> str:
        """The sentence that stands in place of sections."""
        return gettext("No section was chosen for this document.")
