"""Pages about requests for information: the list, the form to ask, one request, and the forms that change one."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import BaseFormSet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from dialogues import permissions
from dialogues.actions.information_requests import ask_for_information, move_request, withdraw_request
from dialogues.choices import RequestEventKind
from dialogues.closed_editions import describe_closed_edition
from dialogues.forms.information_requests import (
    AskedLineForms,
    InformationRequestForm,
    MoveRequestForm,
    RequestChangeForm,
    RequestFilterForm,
    WithdrawRequestForm,
)
from dialogues.models import Dialogue, Draft, InformationRequest, RequestEvent, RequestLine
from dialogues.models.disposals import is_disposed_of
from dialogues.request_occasions import REQUEST
from dialogues.request_phrases import format_request_status
from dialogues.request_status import RequestStanding
from dialogues.views.drafts import describe_draft
from dialogues.views.figure_states import describe_figures, find_likely_ministries
from dialogues.views.page_context import duplicate_link, set_page_edition_for_subject
from dialogues.views.redactions import pending_redaction_urls, removal_notes
from dialogues.views.reminders import find_next_reminder, list_reminders
from dialogues.views.request_exchange import WaitingAnswer, list_returned_answers, list_waiting_answers
from dialogues.views.request_rows import RequestListRow, list_request_rows
from dialogues.views.request_timeline import RequestTimeline
from recommendations.choices import INDICIA_SUMMARIES, MilestoneKind
from recommendations.edition_context import EditionRequest
from recommendations.kept_pages import keep_page
from recommendations.models import Benchmark, Edition, Indicator, Milestone, Question
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User, find_contact
from tiptracker.audit.subjects import history
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, gettext_lazy, join_with_and, ngettext
from tiptracker.notifications.actions import mark_opened
from tiptracker.notifications.people import find_open_accounts
from tiptracker.numbers import parse_whole_number
from tiptracker.validation import EditConflict
from tiptracker.web import exports
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.frontend.form_rows import add_empty_row, add_refusal, add_row_refusal, invalid_forms, raw_values
from tiptracker.web.pages import SignedInRequest, render_page
from tiptracker.web.search import filter_by_words

PAGE_SIZE = 25
EXPORT_HEADERS = (
    gettext_lazy("Request"), gettext_lazy("Ministry"), gettext_lazy("Asked on"), gettext_lazy("Reason"),
    gettext_lazy("Status"), gettext_lazy("Due"), gettext_lazy("Days overdue"), gettext_lazy("Line"),
    gettext_lazy("What is asked for"), gettext_lazy("Kind"), gettext_lazy("Start date"), gettext_lazy("End date"),
    gettext_lazy("Status of the line"), gettext_lazy("Answer accepted on"),
)  # fmt: skip


@login_required
@require_safe
@keep_page(is_personal=False)
def information_request_list(request: EditionRequest) -> HttpResponse:
    """List the country's requests, filtered by the query string. Parameters: `q`, `status`, `ministry` and `page`."""
    user, country = request.user, request.edition.country
    if not user.is_embassy:
        raise PermissionDenied
    today = clock.today(country.time_zone)
    chosen = RequestFilterForm(request.GET, ministries=list(Ministry.objects.visible_to(user).filter(country=country)))
    chosen.is_valid()
    wanted = chosen.cleaned_data
    found = InformationRequest.objects.visible_to(user, country)
    if words := wanted.get("q"):
        with_line = RequestLine.objects.filter(information_request__in=found)
        lines = filter_by_words(with_line, words, "wording").values("information_request")
        found = found.filter(pk__in=filter_by_words(found, words, "reason").values("pk")) | found.filter(pk__in=lines)
    if ministry := wanted.get("ministry"):
        found = found.filter(ministry=ministry)
    rows = list_request_rows(list(found.with_history()), today)
    if status := wanted.get("status"):
        rows = [row for row in rows if row.status == status]
    if exports.is_export_requested(request):
        cells = [cells for row in rows for cells in _export_rows(row)]
        return exports.export_rows(request, "requests", [str(header) for header in EXPORT_HEADERS], cells)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "is_narrowed": chosen.is_narrowing,
        "page": page,
        "lines": list(page),
        "today": today,
        "can_ask": permissions.can_ask_for_information(user, country),
    }
    return render_page(request, "dialogues/information_request_list.html", context, partial="rows")


def _export_rows(row: RequestListRow) -> list[tuple[object, ...]]:
    """Return a row for each line, because each is answered by itself."""
    request, standing = row.information_request, row.standing
    return [
        (
            request.text, request.maker, standing.asked_on, request.reason, standing.status.label, standing.due_on,
            standing.days_overdue or None, line.number, line.wording, line.kind.label, line.starts_on, line.through_on,
            standing.lines[line.pk].status.label, standing.lines[line.pk].answered_on,
        )
        for line in request.list_lines(standing)
    ]  # fmt: skip


@form_page
def information_request_add(request: EditionRequest) -> HttpResponse:
    """Ask a ministry for information.

    The address can fill in the form: `ministry`, `dialogue`, `reason` and `due_on`, and lines by `indicator` (several),
    `benchmark` (several), `question` (several yearly questions) and `line` (several, in words). `years=before` asks for
    the figures of the year before, and `years=both` for those too.
    """
    user, edition = request.user, request.edition
    country, now = edition.country, clock.now(edition.country.time_zone)
    if not permissions.can_ask_for_information(user, country):
        raise PermissionDenied
    indicators = list(Indicator.objects.visible_to(user).filter(country=country).order_by("name"))
    offered: dict[str, Any] = {
        "today": now.date(),
        "ministries": list(Ministry.objects.visible_to(user).filter(country=country)),
        "dialogues": list(
            Dialogue.objects.visible_to(user).filter(country=country).begun_by(now.date()).order_by("-held_on")
        ),
    }
    states = describe_figures(user, edition, indicators, now.date())
    indicators.sort(key=lambda row: states[row.pk].has_figure)
    known = {key: state.text for key, state in states.items()}
    questions = Question.objects.visible_to(user).filter(edition=edition).active()
    row_kwargs: dict[str, Any] = {
        "prefix": "lines",
        "form_kwargs": {
            "indicators": indicators,
            "states": known,
            "questions": list(questions.prefetch_related("terms__question_set")),
        },
    }
    data = sent_data(request)
    if data is None:
        form, lines = _prefilled_forms(request, offered, row_kwargs)
    else:
        form, lines = InformationRequestForm(data, **offered), AskedLineForms(data, **row_kwargs)
    if "more" in request.POST:
        form, lines = InformationRequestForm(initial=raw_values(form), **offered), add_empty_row(lines, **row_kwargs)
        lines.forms[-1].initial = usual_period(edition)
    if form.is_bound and (asked := _ask(edition, form, lines, user, now)):
        messages.success(request, _describe_asking(asked, now.date()))
        return redirect("information_request_detail", asked.pk)
    context = {
        "form": form,
        "rows": lines,
        "refused_forms": invalid_forms(form, *lines),
        "recorded_before": duplicate_link(form.refusal, "information_request_detail"),
        "deadline_on": _deadline(user, edition),
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "dialogues/information_request_add.html", context, status=status)


def _deadline(user: User, edition: Edition) -> date | None:
    """Return the deadline of the edition as it is known now."""
    rows = Milestone.objects.visible_to(user).filter(edition=edition, kind=MilestoneKind.DEADLINE).as_known_by(None)
    return next((row.falls_on for row in rows), None)


def _ask(
    edition: Edition, form: InformationRequestForm, lines: "BaseFormSet[Any]", by: User, now: datetime
) -> InformationRequest | None:
    """Ask for what the forms hold. Return None if they are refused, with the message next to its field."""
    if not all([form.is_valid(), lines.is_valid()]):
        return None
    filled = [line for line in lines.forms if line.is_filled]
    try:
        return ask_for_information(
            edition=edition, lines=[line.line_input for line in filled], by=by, now=now, **form.cleaned_data
        )
    except Refused as refusal:
        form.refusal = refusal
        if not add_row_refusal({"lines": filled}, refusal):
            add_refusal(form, refusal)
        return None


def usual_period(edition: Edition) -> dict[str, date]:
    """Return the first values of a line: a figure usually covers the tracking period."""
    return {"starts_on": edition.starts_on, "through_on": edition.ends_on}


def _periods_asked(edition: Edition, years: str) -> list[dict[str, date]]:
    """Return the first values of the lines that ask for one indicator, for the years that an address names."""
    first, last = edition.year_before
    before = {"starts_on": first, "through_on": last}
    return {"before": [before], "both": [usual_period(edition), before]}.get(years, [usual_period(edition)])


def _prefilled_forms(
    request: EditionRequest, offered: dict[str, Any], row_kwargs: dict[str, Any]
) -> "tuple[InformationRequestForm, BaseFormSet[Any]]":
    """Return the empty forms, filled with what the address names: whom to ask, where, why, and for what.

    Without a ministry in the address, the one that reports the indicator or leads the benchmark is chosen. Without
    such a ministry, it is the one that is likely to have the figure.
    """
    asked, edition = request.GET, request.edition
    named = set(asked.getlist("indicator"))
    indicators = [row for row in row_kwargs["form_kwargs"]["indicators"] if str(row.pk) in named]
    keys = [key for text in asked.getlist("benchmark") if (key := parse_whole_number(text))]
    benchmarks = list(
        Benchmark.objects.visible_to(request.user)
        .filter(recommendation__edition=edition, pk__in=keys)
        .select_related("recommendation")
        .with_terms()
        if keys
        else ()
    )
    periods = _periods_asked(edition, asked.get("years", ""))
    rows: list[dict[str, Any]] = [{"indicator": row.pk, **period} for row in indicators for period in periods]
    rows += [_benchmark_line(row) for row in benchmarks]
    wanted = set(asked.getlist("question"))
    questions = [row for row in row_kwargs["form_kwargs"]["questions"] if str(row.pk) in wanted]
    rows += [{"wording": describe_question_subject(row, edition), "question": row.pk} for row in questions]
    rows += [{"wording": text} for text in asked.getlist("line") if text.strip()]
    ministries = [asked.get("ministry"), *(row.ministry_id for row in indicators)]
    ministries += [row.recommendation.lead_id for row in benchmarks]
    if indicators and not any(ministries):
        ministries += find_likely_ministries(request.user, edition, indicators).values()
    initial: dict[str, Any] = {name: asked[name] for name in ("dialogue", "reason") if asked.get(name)}
    initial["ministry"] = next((key for key in ministries if key), "")
    initial["due_on"] = _parse_day(asked.get("due_on", ""))
    lines = AskedLineForms(
        initial=[{**usual_period(edition), **row} for row in rows[: AskedLineForms.max_num]], **row_kwargs
    )
    if not rows:
        lines.forms[-1].initial = usual_period(edition)
    else:
        lines.extra = 0
    return InformationRequestForm(initial=initial, **offered), lines


def _parse_day(text: str) -> date | None:
    """Return the day that an address names, such as 2022-02-14; None for anything else."""
    try:
        return parse_date(text)
    except ValueError:  # a day that no month has
        return None


def describe_question_subject(question: Question, edition: Edition) -> str:
    """Return what to ask a ministry for a question. The Department's own wording is internal, our outline's is not."""
    subjects = [gettext(INDICIA_SUMMARIES[number]) for number in question.indicia]
    newest = max(question.terms.all(), key=lambda terms: (terms.recorded_at, terms.pk))
    is_outline = newest.question_set is not None and newest.question_set.is_outline
    values = {
        "subject": question.text if is_outline else join_with_and(subjects) or gettext("trafficking in persons"),
        "first": format_date(edition.starts_on),
        "last": format_date(edition.ends_on),
    }
    if is_outline:
        return gettext("For %(first)s to %(last)s: %(subject)s") % values
    return gettext("What was done from %(first)s to %(last)s: %(subject)s") % values


def _benchmark_line(benchmark: Benchmark) -> dict[str, Any]:
    """Return the line that asks for what a benchmark lacks: the figure that decides it or, without one, its proof."""
    terms = benchmark.current_terms
    if terms and terms.indicator_id:
        return {"indicator": terms.indicator_id}
    return {"wording": gettext("Proof of what was done: %(benchmark)s") % {"benchmark": benchmark.wording}}


def _describe_asking(asked: InformationRequest, today: date) -> str:
    """Return what the page says after asking: who is told, and what comes next."""
    number = asked.lines.count()
    if not find_open_accounts(today).filter(ministry=asked.ministry).exists():
        sentence = gettext(
            "The request was recorded. The %(ministry)s has no focal point, so TIP Tracker can tell nobody there. Hand "
            "the request over yourself, and ask the administrator for an account."
        )
        return sentence % {"ministry": asked.maker}
    sentence = ngettext(
        "The request with %(number)d line was sent. The %(ministry)s sees it on its home page and is told of it. You "
        "find the answer under My tasks.",
        "The request with %(number)d lines was sent. The %(ministry)s sees it on its home page and is told of it. You "
        "find the answer under My tasks.",
        number,
    )
    return sentence % {"number": number, "ministry": asked.maker}


@login_required
@require_safe
def information_request_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a request: what is asked, what is known of each line, and what happened."""
    user = request.user
    information_request, standing = _get_request(request, pk)
    now = clock.now(information_request.country.time_zone)
    today = now.date()
    mark_opened(by=user, table=REQUEST, row=str(pk), now=now)
    timeline = RequestTimeline(user, information_request, standing)
    context = {
        "number": pk,
        "heading": information_request.text,
        "maker": information_request.maker,
        "reason": information_request.reason,
        "standing": standing,
        "status_text": format_request_status(standing),
        "lines": timeline.list_lines(),
        "entries": timeline.list_entries(),
        "redacted": removal_notes(*timeline.rows()),
        "is_embassy": user.is_embassy,
        **(_embassy_context(user, timeline, today) if user.is_embassy else _ministry_context(request, timeline, today)),
    }
    if is_disposed_of(information_request):
        urls = ("move_url", "correct_url", "record_answer_url", "withdraw_url", "answer_url", "draft", "waiting")
        context |= dict.fromkeys(urls) | {"closed": describe_closed_edition()}
    return render_page(request, "dialogues/information_request_detail.html", context)


class WaitingAnswerRow(NamedTuple):
    """An answer that waits, with what the user can do about it.

    `sender` is who sent it or, on a ministry's page, who of the embassy recorded it; `url` the page to review, read or
    withdraw it. `is_recorded_by_user`: the user recorded it for the ministry.
    """

    answer: WaitingAnswer
    sender: str
    url: str
    may_decide: bool = False
    is_recorded_by_user: bool = False


def _embassy_context(user: User, timeline: RequestTimeline, today: date) -> dict[str, Any]:
    request, standing = timeline.request, timeline.standing
    can_change = permissions.can_change_request(user, request) and not standing.is_settled
    waiting = [
        WaitingAnswerRow(
            answer,
            version.sender,
            reverse("version_detail", args=[version.pk]),
            may_decide=permissions.can_decide_on_update(user, version),
            is_recorded_by_user=permissions.has_recorded_version(user, version),
        )
        for answer in list_waiting_answers(request, standing)
        if (version := timeline.find_version(answer.version))
    ]
    return {
        "waiting": waiting,
        "move_url": reverse("information_request_move", args=[request.pk]) if can_change else "",
        "correct_url": reverse("information_request_correct", args=[request.pk]) if can_change else "",
        "record_answer_url": reverse("information_request_record_answer", args=[request.pk])
        if permissions.can_send_on_behalf(user, request) and standing.is_expected
        else "",
        "withdraw_url": reverse("information_request_withdraw", args=[request.pk])
        if can_change and not waiting
        else "",
        "dialogue": request.dialogue,
        "edition": request.edition,
        "recorded_by": request.recorded_by,
        "reminders": list_reminders(request, request.list_expected_versions(standing), standing, today),
        "pending": pending_redaction_urls(user, request.country, *timeline.rows()),
        "can_redact": permissions.can_redact(user, request.country),
        "history": history(user, request),
    }


def _ministry_context(request: SignedInRequest, timeline: RequestTimeline, today: date) -> dict[str, Any]:
    """Return what the page adds for a ministry: what it can answer, what waits, and why an answer was returned."""
    user, asked, standing = request.user, timeline.request, timeline.standing
    draft = Draft.objects.visible_to(user).filter(information_request=asked).select_related("saved_by").first()
    waiting = [
        WaitingAnswerRow(
            answer,
            version.sender if version.received_on else "",
            reverse("version_withdraw", args=[version.pk]) if permissions.can_withdraw_update(user, version) else "",
        )
        for answer in list_waiting_answers(asked, standing)
        if (version := timeline.find_version(answer.version))
    ]
    is_open = standing.is_expected
    return {
        "waiting": waiting,
        "expected": join_with_and([str(line.number) for line in timeline.expected_lines]),
        "expected_count": len(timeline.expected_lines),
        "answer_url": reverse("information_request_answer", args=[asked.pk]) if is_open else "",
        "draft": describe_draft(draft, asked, user) if draft and is_open else None,
        "returned": list_returned_answers(asked, standing),
        "contact": find_contact(asked.country_id),
        "reminded_on": find_next_reminder(asked, asked.list_expected_versions(standing), standing, today),
        "just_sent": reverse("information_request_draft", args=[asked.pk]) if "sent" in request.GET and waiting else "",
    }


@form_page
def information_request_move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move the due date of a request."""
    return _change_request(request, pk, "information_request_move", MoveRequestForm, move_request)


@form_page
def information_request_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw a request."""
    return _change_request(request, pk, "information_request_withdraw", WithdrawRequestForm, withdraw_request)


def _change_request(
    request: SignedInRequest,
    pk: int,
    name: str,
    form_class: type[RequestChangeForm],
    change: Callable[..., RequestEvent],
) -> HttpResponse:
    """Show the form for one change of a request, and make the change. `name` is that of the URL and the template."""
    information_request, standing = _get_request(request, pk)
    if not permissions.can_change_request(request.user, information_request):
        raise PermissionDenied
    now = clock.now(information_request.country.time_zone)

    def show_form(row: InformationRequest, data: QueryDict | None = None) -> RequestChangeForm:
        return form_class(data, initial={"seen": max(event.pk for event in row.events.all())})

    form = show_form(information_request, sent_data(request))
    if event := save_form(
        form,
        lambda: change(information_request=information_request, by=request.user, now=now, **form.cleaned_data),
        current=lambda: show_form(_get_request(request, pk)[0]),
    ):
        messages.success(request, _describe_change(event))
        return redirect("information_request_detail", pk)
    if isinstance(form.refusal, EditConflict):
        information_request, standing = _get_request(request, pk)
    context = {
        "number": pk,
        "heading": information_request.text,
        "maker": information_request.maker,
        "standing": standing,
        "status_text": format_request_status(standing),
    }
    return render_form(request, f"dialogues/{name}.html", form, context)


def _describe_change(event: RequestEvent) -> str:
    """Return what the page says after a request was changed, and who is told."""
    if event.kind == RequestEventKind.MOVED and event.due_on:
        sentence = gettext("The due date was moved to %(date)s. The ministry sees the new date and your reason.")
        return sentence % {"date": format_date(event.due_on)}
    return gettext("The request was withdrawn. The ministry sees that and your reason. It stays in the record.")


def _get_request(request: SignedInRequest, pk: int) -> tuple[InformationRequest, RequestStanding]:
    """Return a request that the user may see, with its standing today, and set the edition of the page."""
    rows = InformationRequest.objects.visible_to(request.user).with_history()
    information_request = get_object_or_404(rows.select_related("edition", "dialogue", "recorded_by"), pk=pk)
    set_page_edition_for_subject(request, information_request)
    standing = information_request.standing_on(clock.today(information_request.country.time_zone))
    if standing is None:
        raise Http404
    return information_request, standing
