"""The page of one yearly question: what the record holds, last year's answer, the draft, and what is missing."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from dialogues.actions.citation_checks import CitationChange
from dialogues.actions.question_answers import clear_answer, complete_answer, reopen_answer, save_answer
from dialogues.answer_text import CitedFact, SentenceText, format_answer
from dialogues.choices import AnswerEventKind, AnswerFinding, AnswerState
from dialogues.models import AnswerEvent, AnswerVersion
from dialogues.models.disposals import is_disposed_of
from dialogues.permissions import can_ask_for_information, can_clear_answer, can_write_answers
from recommendations.edition_context import set_page_edition
from recommendations.models import Question
from reports.forms import AnswerTextForm, ReopenAnswerForm
from reports.permissions import can_read_readiness
from reports.questions.answered import AnsweredQuestion, gather_answers, newest_versions, read_sentences
from reports.questions.record import FactStatus, QuestionFact, draft_sentences
from reports.questions.sources import FactSource, describe_sources
from reports.reader_view import ReaderView
from reports.views.questions import ask_url
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.audit.permissions import can_read_log
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.numbers import parse_whole_number
from tiptracker.validation import EditConflict
from tiptracker.web.form_pages import form_page, sent_data
from tiptracker.web.frontend.form_rows import add_refusal, mark_as_seen
from tiptracker.web.pages import SignedInRequest, render_page


class LinkedSource(NamedTuple):
    """A cited fact with its page, if it has one, and what happened to it since the answer was written."""

    source: FactSource
    url: str
    change: str = ""


class SentenceRow(NamedTuple):
    """A sentence of an answer with the facts that it cites."""

    text: str
    sources: Sequence[LinkedSource]


class FactRow(NamedTuple):
    """A fact that the record holds on the question, with its page. `is_new`: the saved answer does not cite it."""

    fact: QuestionFact
    source: LinkedSource | None
    is_new: bool


class LastYear(NamedTuple):
    """The question of the year before and its newest answer, if it has one."""

    question: Question
    paragraphs: Sequence[Sequence[SentenceRow]]
    version: AnswerVersion | None


@form_page
def question_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one question, and draft, save, complete, clear or open its answer again as the button says."""
    user = request.user
    rows = Question.objects.visible_to(user).select_related("edition__country", "parent", "repeats__edition")
    question = get_object_or_404(rows.with_mapping(), pk=pk)
    set_page_edition(request, question.edition)
    if not can_read_readiness(user, question.edition):
        raise PermissionDenied
    now = clock.now(question.edition.country.time_zone)
    others = Question.objects.visible_to(user).filter(edition=question.edition).active().exclude(pk=question.pk)
    view = ReaderView(user, question.edition, now.date(), None)
    [answered] = gather_answers(view, [question], list(others.with_mapping()))
    page = _QuestionPage(user, answered, now)
    if (data := sent_data(request)) is not None and (sentence := page.perform(data.get("do", ""), data)):
        messages.success(request, sentence)
        return redirect("question_detail", question.pk)
    return render_page(request, "reports/question_detail.html", page.context(), status=422 if page.is_refused else 200)


class _QuestionPage:
    """One request for the page of a question: what was sent, and what the template shows."""

    def __init__(self, user: User, answered: AnsweredQuestion, now: datetime) -> None:
        self.user, self.answered, self.now = user, answered, now
        self.question, self.edition = answered.question, answered.question.edition
        self.seen = answered.version.pk if answered.version else 0
        self.form = AnswerTextForm(
            initial={
                "finding": answered.finding or AnswerFinding.NOTHING_KNOWN,
                "text": format_answer(answered.sentences),
                "seen": self.seen,
            }
        )
        self.reopen_form = ReopenAnswerForm(initial={"seen": self.seen})
        self.earlier_text = self.refusal = ""
        self.is_new_draft = False

    def perform(self, button: str, data: Any) -> str:
        """Do what a button says. Return the confirmation; empty if it was refused or only filled in the form."""
        if button == "draft":
            return self._draft(data)
        acts: dict[str, Callable[[Any], str]] = {
            "save": self._save,
            "complete": self._complete,
            "clear": self._clear,
            "reopen": self._reopen,
        }
        return acts[button](data) if button in acts else ""

    @property
    def is_refused(self) -> bool:
        """Whether what was sent was refused."""
        return bool(self.refusal or self.form.errors or self.reopen_form.errors)

    def _draft(self, data: Any) -> str:
        """Fill the form with a new draft from the record. What was typed stays on the page, and nothing is saved."""
        if not can_write_answers(self.user, self.edition.country_id):
            raise PermissionDenied
        draft = format_answer(draft_sentences(self.answered.record))
        typed = data.get("text", "").replace("\r\n", "\n").strip()
        self.earlier_text = typed if typed != draft else ""
        finding = self.answered.record.finding or AnswerFinding.NOTHING_KNOWN
        self.is_new_draft = True
        self.form = AnswerTextForm(initial={"finding": finding, "text": draft, "seen": data.get("seen", self.seen)})
        return ""

    def _save(self, data: Any) -> str:
        self.form = AnswerTextForm(data)
        if not self.form.is_valid():
            return ""
        values = self.form.cleaned_data

        def save() -> object:
            return save_answer(
                question=self.question,
                finding=AnswerFinding(values["finding"]),
                sentences=values["text"],
                as_of=self.now.date(),
                seen=values["seen"],
                by=self.user,
                now=self.now,
            )

        return self._try(self.form, save, gettext("The answer was saved as a draft. Nobody is told."))

    def _complete(self, data: Any) -> str:
        sentence = gettext("The answer is complete. Another officer or the ambassador can clear it now.")
        return self._try(None, lambda: complete_answer(**self._decision(data)), sentence)

    def _clear(self, data: Any) -> str:
        sentence = gettext("The answer was cleared. The document for Washington marks it as cleared.")
        return self._try(None, lambda: clear_answer(**self._decision(data)), sentence)

    def _reopen(self, data: Any) -> str:
        self.reopen_form = ReopenAnswerForm(data)
        if not self.reopen_form.is_valid():
            return ""
        reason = self.reopen_form.cleaned_data["reason"]
        return self._try(
            self.reopen_form,
            lambda: reopen_answer(reason=reason, **self._decision(data)),
            gettext("The answer is a draft again."),
        )

    def _decision(self, data: Any) -> dict[str, Any]:
        """Return what the actions that decide on an answer take. `seen` is the version that the page showed."""
        return {
            "question": self.question,
            "seen": parse_whole_number(data.get("seen", "")),
            "by": self.user,
            "now": self.now,
        }

    def _try(self, form: "AnswerTextForm | ReopenAnswerForm | None", act: Callable[[], object], sentence: str) -> str:
        """Return the confirmation, or an empty text if the action refuses: its reason stands in the form or above."""
        try:
            act()
        except Refused as refusal:
            if form is None:
                self.refusal = str(refusal)
                return ""
            add_refusal(form, refusal)
            if isinstance(refusal, EditConflict):
                mark_as_seen(form, "seen", self.seen)
            return ""
        return sentence

    def _find_next_to_clear(self) -> Question | None:
        """Return the next question, in their order, whose answer this user may clear."""
        waiting = AnswerVersion.objects.visible_to(self.user).for_clearing_by(self.user)
        rows = Question.objects.visible_to(self.user).filter(edition=self.edition, pk__in=waiting.values("question"))
        return rows.exclude(pk=self.question.pk).order_by("position", "pk").first()

    def context(self) -> dict[str, Any]:
        """Return what the template shows."""
        answered, user, question = self.answered, self.user, self.question
        may_write = can_write_answers(user, self.edition.country_id)
        may_ask = can_ask_for_information(user, self.edition.country) and not is_disposed_of(question)
        missing = answered.record.missing
        cited = {fact for sentence in answered.sentences for fact in sentence.citations}
        last = question.repeats
        before = newest_versions(user, [last]).get(last.pk) if last else None
        earlier = read_sentences(before) if before else []
        shown = cited | {fact for row in answered.record.facts for fact in row.citations}
        shown |= {fact for sentence in earlier for fact in sentence.citations}
        links = self._link(shown)
        # A decision concerns the saved answer, so none is offered beside a text that would be lost.
        has_unsaved_text = self.is_new_draft or bool(self.form.errors)
        return {
            "answered": answered,
            "reopened": _find_reopening(answered.version),
            "next_to_clear": self._find_next_to_clear(),
            "question": question,
            "edition": self.edition,
            "form": self.form,
            "reopen_form": self.reopen_form,
            "earlier_text": self.earlier_text,
            "refusal": self.refusal,
            "paragraphs": _paragraphs(answered.sentences, links) if answered.version else [],
            "facts": self._fact_rows(links),
            "changes": [links[change.fact] for change in answered.changes if change.fact in links],
            "missing": [(item, ask_url(self.edition, item.ministry, [item]) if may_ask else "") for item in missing],
            "last_year": LastYear(last, _paragraphs(earlier, links), before) if last else None,
            "versions": self._older_versions(),
            "wordings": list(question.terms.known_by(None).select_related("recorded_by")),
            "may_write": may_write,
            "is_new_draft": self.is_new_draft,
            "may_complete": may_write and answered.state is AnswerState.DRAFTED and not has_unsaved_text,
            "may_clear": answered.state is AnswerState.COMPLETE
            and can_clear_answer(user, question)
            and not has_unsaved_text,
            "may_reopen": answered.state in (AnswerState.COMPLETE, AnswerState.CLEARED)
            and (may_write or can_clear_answer(user, question)),
            "seen": self.seen,
            "reads_log": can_read_log(user),
        }

    def _link(self, facts: Iterable[CitedFact]) -> dict[CitedFact, LinkedSource]:
        """Return the facts in words, with their pages and what happened to them since the answer was written."""
        changes: dict[CitedFact, CitationChange] = {change.fact: change for change in self.answered.changes}
        found = describe_sources(self.user, self.edition.country, list(facts))
        return {
            fact: LinkedSource(
                source,
                reverse(source.page, args=[source.target]) if source.page else "",
                changes[fact].kind.label if fact in changes else "",
            )
            for fact, source in found.items()
        }

    def _fact_rows(self, links: dict[CitedFact, LinkedSource]) -> list[tuple[FactStatus, list[FactRow]]]:
        """Return what the record holds, the verified first. New facts are marked."""
        new = set(self.answered.new_facts)
        rows = [FactRow(fact, links.get(fact.citations[0]), fact in new) for fact in self.answered.record.facts]
        order = (FactStatus.VERIFIED, FactStatus.RECORDED, FactStatus.CLAIMED)
        return [(status, own) for status in order if (own := [row for row in rows if row.fact.status is status])]

    def _older_versions(self) -> list[AnswerVersion]:
        rows = AnswerVersion.objects.visible_to(self.user).filter(question=self.question).exclude(pk=self.seen)
        return list(rows.with_content().order_by("-number"))


def _paragraphs(sentences: Iterable[SentenceText], links: dict[CitedFact, LinkedSource]) -> list[list[SentenceRow]]:
    """Return the sentences by paragraph, each with its sources."""
    found: dict[int, list[SentenceRow]] = {}
    for sentence in sentences:
        row = SentenceRow(sentence.text, [links[fact] for fact in sentence.citations if fact in links])
        found.setdefault(sentence.paragraph, []).append(row)
    return list(found.values())


def _find_reopening(version: AnswerVersion | None) -> AnswerEvent | None:
    """Return what opened the newest version again, unless it was decided on since."""
    events = version.events.all() if version else ()
    newest = max(events, key=lambda event: (event.recorded_at, event.pk), default=None)
    return newest if newest and newest.kind == AnswerEventKind.REOPENED else None
