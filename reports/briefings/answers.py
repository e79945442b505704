"""Build the answers to the yearly questions: as saved or, where nobody saved one, as drafted from the record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from dialogues.actions.citation_checks import list_cited_facts
from dialogues.answer_text import CitedFact, SentenceText
from dialogues.choices import AnswerFinding, AnswerState, CitedKind
from dialogues.models import AnswerVersion
from recommendations.models import Question, QuestionSet
from reports.briefings.content.answers import (
    AnswerGroup,
    PrintedAnswer,
    PrintedSentence,
    PrintedSource,
    QuestionAnswers,
)
from reports.briefings.newest_fact import newest_fact
from reports.questions.answered import AnsweredQuestion, gather_answers, newest_versions
from reports.questions.record import MissingItem
from reports.questions.sources import FactSource, describe_sources
from reports.reader_view import ReaderView
from reports.readiness.countable_facts import facts_known_by
from reports.readiness.gathering import gather_facts
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import format_date, gettext


@snapshot()
def build_question_answers(view: ReaderView, *, has_sources: bool = True) -> QuestionAnswers:
    """Return the answers for one reader.

    Raises:
        PermissionDenied: if the reader may not read the record of the embassy.
        Edition.DoesNotExist: if the reader may not see the edition.
    """
    view = view.checked()
    edition = view.edition
    rows = Question.objects.visible_to(view.reader).filter(edition=edition).active().select_related("repeats__edition")
    answered = gather_answers(view, list(rows.with_mapping()))
    before = _answers_of_year_before(view, answered)
    cited = dict.fromkeys(fact for row in answered for sentence in row.sentences for fact in sentence.citations)
    described = describe_sources(view.reader, edition.country, list(cited)) if has_sources else {}
    return QuestionAnswers(
        **view.header,
        title=gettext("%(country)s: answers to the yearly questions") % {"country": edition.country},
        subtitle=gettext("Trafficking in Persons Report, questions on the tracking period of the %(edition)s")
        % {"edition": view.header["edition"]},
        facts_up_to=_newest_moment(view, answered),
        window=gettext("%(start)s to %(end)s")
        % {"start": format_date(edition.starts_on), "end": format_date(edition.ends_on)},
        asked_in=_describe_set(view),
        number=len(answered),
        cleared=sum(row.state is AnswerState.CLEARED for row in answered),
        drafted_only=sum(row.state is AnswerState.OPEN and bool(row.sentences) for row in answered),
        has_sources=has_sources,
        groups=tuple(
            AnswerGroup(heading, tuple(_print_answer(row, described, before) for row in group))
            for heading, group in _group_by_heading(answered).items()
        ),
        sources=tuple(_print_sources(answered, cited, described)),
    )


def _answers_of_year_before(view: ReaderView, answered: Sequence[AnsweredQuestion]) -> dict[int, AnswerVersion]:
    earlier = [row.question.repeats for row in answered if row.question.repeats]
    return newest_versions(view.reader, earlier, view.known_by) if earlier else {}


def _newest_moment(view: ReaderView, answered: Sequence[AnsweredQuestion]) -> datetime | None:
    """Return when the newest fact or the newest version of an answer was recorded."""
    facts = facts_known_by(gather_facts(view.edition), view.known_by)
    versions = [row.version.recorded_at for row in answered if row.version]
    decisions = [row.standing.at for row in answered if row.standing.at]
    told = [fact.changed_at for row in answered for fact in row.record.facts if fact.kind is not CitedKind.EDITION]
    return view.newest(newest_fact(view, facts), *told, *versions, *decisions)


def _describe_set(view: ReaderView) -> str:
    loaded = QuestionSet.objects.visible_to(view.reader).filter(edition=view.edition).loaded()
    newest = next((row for row in loaded if row.loaded_at and view.knows(row.loaded_at)), None)
    if newest is None:
        return gettext("entered by the embassy")
    return gettext("our own outline after the statute") if newest.is_outline else newest.name


def _group_by_heading(answered: Iterable[AnsweredQuestion]) -> dict[str, list[AnsweredQuestion]]:
    """Group questions by their heading, as the list of questions does. A part stays with its question."""
    groups: dict[str, list[AnsweredQuestion]] = {}
    for row in answered:
        groups.setdefault(row.question.heading, []).append(row)
    return groups


def _print_answer(
    row: AnsweredQuestion, described: Mapping[CitedFact, FactSource], before: Mapping[int, AnswerVersion]
) -> PrintedAnswer:
    last = before.get(row.question.repeats_id or 0)
    is_drafted_only = row.state is AnswerState.OPEN and bool(row.record.facts)
    return PrintedAnswer(
        number=row.wording.number,
        text=row.wording.text,
        is_part=row.question.parent_id is not None,
        state=gettext("Draft from the record") if is_drafted_only else row.state.label,
        finding="" if row.finding in (None, AnswerFinding.FACTS) else row.finding.label,
        remarks=tuple(_remarks(row)),
        sentences=tuple(_print_sentence(sentence, described) for sentence in row.sentences),
        missing=tuple(map(_describe_missing, row.record.missing)),
        last_year=_last_year_text(last) if last else "",
    )


def _print_sentence(sentence: SentenceText, described: Mapping[CitedFact, FactSource]) -> PrintedSentence:
    sources = tuple(_source_line(described[fact]) for fact in sentence.citations if fact in described)
    return PrintedSentence(sentence.text, sentence.paragraph, sources)


def _remarks(row: AnsweredQuestion) -> Iterable[str]:
    if row.is_reworded:
        yield gettext("The question was reworded after this answer was written.")
    if row.changes:
        yield gettext("A fact changed after this answer was written.")
    if row.version and row.number_without_source:
        yield gettext("Not every sentence has a source.")
    if row.record.rests_on_claims:
        yield gettext("Everything that the record holds on this question is a claim that nobody has verified.")
    if row.record.has_conflict:
        yield gettext("The record holds figures that contradict each other.")


def _describe_missing(item: MissingItem) -> str:
    values = {"text": item.text, "ministry": item.ministry_name}
    if item.asked_on:
        values["date"] = format_date(item.asked_on)
        return gettext("%(text)s. Asked of the %(ministry)s on %(date)s, no answer accepted.") % values
    if item.ministry_name:
        return gettext("%(text)s. To ask: %(ministry)s.") % values
    return gettext("%(text)s. No ministry is known to have it.") % values


def _last_year_text(version: AnswerVersion) -> str:
    text = " ".join(sentence.text for sentence in version.sentences.all())
    return text or version.get_finding_display()


def _source_line(source: FactSource) -> str:
    return ". ".join(text.rstrip(".") for text in (source.label, source.source) if text)


def _print_sources(
    answered: Iterable[AnsweredQuestion], cited: Iterable[CitedFact], described: Mapping[CitedFact, FactSource]
) -> Iterable[PrintedSource]:
    """Yield each cited fact once, in the order in which it is cited first, with the questions that cite it."""
    questions: dict[CitedFact, list[str]] = defaultdict(list)
    for row in answered:
        facts = list_cited_facts(row.version) if row.version else _cited_by(row.sentences)
        for fact in facts:
            questions[fact].append(row.wording.number)
    for fact in cited:
        if source := described.get(fact):
            yield PrintedSource(source.label, source.source, ", ".join(questions[fact]))


def _cited_by(sentences: Iterable[SentenceText]) -> list[CitedFact]:
    return list(dict.fromkeys(fact for sentence in sentences for fact in sentence.citations))
