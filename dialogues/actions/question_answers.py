"""Write the answer to a yearly question, mark it as complete, clear it, and open it again."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet

from dialogues.actions.citation_checks import find_citation_changes
from dialogues.answer_text import CitedFact, SentenceText
from dialogues.choices import AnswerEventKind, AnswerFinding, AnswerState, CitedKind
from dialogues.models import (
    AnswerCitation,
    AnswerEvent,
    AnswerSentence,
    AnswerVersion,
    Assessment,
    Commitment,
    Contribution,
    Evidence,
    InformationRequest,
    LawEntry,
    Reading,
)
from dialogues.models.question_answers import CITED_FIELDS
from dialogues.permissions import can_clear_answer, can_write_answers
from recommendations.models import Edition, Question
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext, join_with_and, ngettext
from tiptracker.text_rules import REASON_MAX_LENGTH
from tiptracker.validation import insert_row, insert_rows, refuse_unseen, require_text

MAX_SENTENCES = 300
"""How many sentences an answer may have."""


@transaction.atomic
def save_answer(
    *,
    question: Question,
    finding: AnswerFinding,
    sentences: Sequence[SentenceText],
    as_of: date,
    seen: int | None = None,
    by: User,
    now: datetime,
) -> AnswerVersion:
    """Save the next version of an answer. It is a draft, also if the version before was complete or cleared.

    Args:
        as_of: the day in the country to which the answer speaks.
        seen: the id of the version that the page showed (0: none; None: don't check).

    Raises:
        PermissionDenied: if the user is no officer of the country.
        Refused: if there is nothing to save, a source is unknown, or the kind of answer needs a source that it lacks.
        EditConflict: if another person saved a version since.
    """
    country = question.edition.country
    if not can_write_answers(by, country.pk):
        raise PermissionDenied
    locked, newest = _lock_question(question)
    refuse_unseen(newest, seen, now, noun="answer")
    _refuse_unfit_sentences(finding, sentences)
    _refuse_unknown_facts(sentences, country, by)
    version = insert_row(
        AnswerVersion(
            question=locked,
            terms=locked.terms.known_by(None)[0],
            number=newest.number + 1 if newest else 1,
            finding=finding,
            as_of=as_of,
            recorded_at=now,
            recorded_by=by,
        )
    )
    _insert_sentences(version, sentences)
    after = {"version": version.number, "finding": finding, "sentences": [sentence.text for sentence in sentences]}
    record("question.answered", by=by, row=locked, country=country, after=after)
    return version


@transaction.atomic
def complete_answer(*, question: Question, seen: int | None = None, by: User, now: datetime) -> AnswerEvent:
    """Mark the newest version of an answer as complete, so that another person can clear it.

    Raises:
        PermissionDenied: if the user is no officer of the country.
        Refused: if a sentence has no source, a cited fact changed, the question was reworded, or it is complete.
        EditConflict: if another person saved a version since the version `seen`.
    """
    if not can_write_answers(by, question.edition.country_id):
        raise PermissionDenied
    version = _lock_version(question, seen, now)
    if version.standing.state is not AnswerState.DRAFTED:
        raise Refused("already_complete", gettext("This answer is already complete."))
    _refuse_unready(version)
    return _decide(version, AnswerEventKind.COMPLETED, by=by, now=now)


@transaction.atomic
def clear_answer(*, question: Question, seen: int | None = None, by: User, now: datetime) -> AnswerEvent:
    """Clear a complete answer for Washington. Nobody clears an answer of which they wrote a version.

    Raises:
        PermissionDenied: if the user may not clear answers of the country.
        Refused: if the user wrote it, it is not complete, or something changed since.
        EditConflict: if another person saved a version since the version `seen`.
    """
    if not can_clear_answer(by, question):
        if question.answers.filter(recorded_by=by).exists():
            raise Refused(
                "needs_second_person",
                gettext("You wrote a version of this answer. Ask another officer or the ambassador to clear it."),
            )
        raise PermissionDenied
    version = _lock_version(question, seen, now)
    state = version.standing.state
    if state is AnswerState.CLEARED:
        raise Refused("already_cleared", gettext("This answer is already cleared."))
    if state is not AnswerState.COMPLETE:
        raise Refused("not_complete", gettext("This answer is a draft. An officer has to mark it as complete first."))
    _refuse_unready(version)
    return _decide(version, AnswerEventKind.CLEARED, by=by, now=now)


@transaction.atomic
def reopen_answer(*, question: Question, reason: str, seen: int | None = None, by: User, now: datetime) -> AnswerEvent:
    """Open a complete or cleared answer again, with a reason.

    Raises:
        PermissionDenied: if the user neither writes nor clears answers of the country.
        Refused: without a reason, or if the answer is a draft.
        EditConflict: if another person saved a version since the version `seen`.
    """
    if not can_write_answers(by, question.edition.country_id) and not can_clear_answer(by, question):
        raise PermissionDenied
    reason = require_text(reason, gettext("Write why the answer is opened again."), field="reason")
    version = _lock_version(question, seen, now)
    if version.standing.state is AnswerState.DRAFTED:
        raise Refused("is_draft", gettext("This answer is a draft already."))
    return _decide(version, AnswerEventKind.REOPENED, reason=reason, by=by, now=now)


def _lock_question(question: Question) -> tuple[Question, AnswerVersion | None]:
    locked = Question.objects.select_for_update(no_key=True, of=("self",)).select_related("edition").get(pk=question.pk)
    return locked, locked.answers.with_content().order_by("-number").first()


def _lock_version(question: Question, seen: int | None, now: datetime) -> AnswerVersion:
    """Lock the question and return its newest version. Raises Refused without one, EditConflict for a newer one."""
    locked, newest = _lock_question(question)
    refuse_unseen(newest, seen, now, noun="answer")
    if newest is None:
        raise Refused("not_answered", gettext("Question %(number)s has no answer yet.") % {"number": locked.number})
    return newest


def _decide(version: AnswerVersion, kind: AnswerEventKind, *, reason: str = "", by: User, now: datetime) -> AnswerEvent:
    event = insert_row(AnswerEvent(version=version, kind=kind, reason=reason, recorded_at=now, recorded_by=by))
    question = version.question
    after = {"version": version.number} | ({"reason": reason} if reason else {})
    record(_VERBS[kind], by=by, row=question, country=question.edition.country_id, after=after)
    return event


_VERBS = {
    AnswerEventKind.COMPLETED: "question.answer_completed",
    AnswerEventKind.CLEARED: "question.answer_cleared",
    AnswerEventKind.REOPENED: "question.answer_reopened",
}


def _refuse_unfit_sentences(finding: AnswerFinding, sentences: Sequence[SentenceText]) -> None:
    if finding == AnswerFinding.FACTS and not sentences:
        raise Refused("required", gettext("Write the answer, or choose another kind of answer."), field="text")
    if len(sentences) > MAX_SENTENCES:
        sentence = gettext("The answer has more than %(number)d sentences. Shorten it.") % {"number": MAX_SENTENCES}
        raise Refused("too_long", sentence, field="text")
    if too_long := next((each for each in sentences if len(each.text) > REASON_MAX_LENGTH), None):
        raise Refused(
            "too_long",
            gettext("The sentence “%(begin)s…” is too long. Divide it into several.") % {"begin": too_long.text[:60]},
            field="text",
        )
    cited = {fact.kind for sentence in sentences for fact in sentence.citations}
    if finding == AnswerFinding.NONE and not cited:
        raise Refused(
            "no_source",
            gettext("“None” needs a source. Write a sentence that says so, and its source in brackets."),
            field="text",
        )
    if finding == AnswerFinding.NO_ANSWER and CitedKind.REQUEST not in cited:
        raise Refused(
            "no_request",
            gettext("Name the request for information that has no answer, such as [R4]. Or make one first."),
            field="text",
        )


_VISIBLE: Mapping[CitedKind, Callable[[User, Country], QuerySet[Model]]] = {
    CitedKind.EVIDENCE: Evidence.objects.visible_to,
    CitedKind.READING: lambda user, country: Reading.objects.visible_to(user).filter(indicator__country=country),
    CitedKind.ASSESSMENT: Assessment.objects.visible_to,
    CitedKind.COMMITMENT: Commitment.objects.visible_to,
    CitedKind.REQUEST: InformationRequest.objects.visible_to,
    CitedKind.LAW: LawEntry.objects.visible_to,
    CitedKind.CONTRIBUTION: Contribution.objects.visible_to,
    CitedKind.EDITION: lambda user, country: Edition.objects.visible_to(user).filter(country=country),
}


def _refuse_unknown_facts(sentences: Sequence[SentenceText], country: Country, by: User) -> None:
    """Refuse sources that are no facts of the country's record."""
    ids: dict[CitedKind, set[int]] = defaultdict(set)
    for sentence in sentences:
        for fact in sentence.citations:
            ids[fact.kind].add(fact.id)
    unknown = [key for kind, keys in ids.items() for key in _find_unknown(kind, keys, country, by)]
    if unknown:
        raise Refused(
            "unknown_source",
            gettext("The record holds no %(keys)s. Copy the source from the list of facts.")
            % {"keys": join_with_and([f"[{key}]" for key in unknown])},
            field="text",
        )


def _find_unknown(kind: CitedKind, ids: Collection[int], country: Country, by: User) -> list[str]:
    known = set(_VISIBLE[kind](by, country).filter(pk__in=ids).values_list("pk", flat=True))
    return [CitedFact(kind, key).key for key in sorted(set(ids) - known)]


def _insert_sentences(version: AnswerVersion, sentences: Sequence[SentenceText]) -> None:
    rows = [
        AnswerSentence(version=version, position=position, paragraph=sentence.paragraph, text=sentence.text)
        for position, sentence in enumerate(sentences, start=1)
    ]
    insert_rows(rows)
    insert_rows(
        [
            AnswerCitation(sentence=row, **{f"{CITED_FIELDS[fact.kind]}_id": fact.id})
            for row, sentence in zip(rows, sentences, strict=True)
            for fact in sentence.citations
        ]
    )


def _refuse_unready(version: AnswerVersion) -> None:
    """Refuse an answer with a sentence without a source, to an earlier wording, or of which a fact changed since."""
    if number := version.number_without_source:
        raise Refused(
            "no_source",
            ngettext(
                "%(number)d sentence has no source. Add its source in brackets, or remove the sentence.",
                "%(number)d sentences have no source. Add their sources in brackets, or remove the sentences.",
                number,
            )
            % {"number": number},
        )
    if version.terms_id != version.question.terms.known_by(None)[0].pk:
        raise Refused(
            "reworded", gettext("The question was reworded after this answer was written. Save the answer again.")
        )
    if changes := find_citation_changes([version]).get(version.pk):
        keys = join_with_and([change.fact.key for change in changes])
        raise Refused(
            "out_of_date",
            gettext("Facts changed after this answer was written: %(keys)s. Check the answer and save it again.")
            % {"keys": keys},
        )
