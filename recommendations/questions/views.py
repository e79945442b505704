"""Pages to load the yearly questions of an edition: where to start, and the preview of a draft."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from recommendations.edition_context import EditionRequest, edition_url, set_page_edition
from recommendations.models import Question, QuestionSet
from recommendations.models.imports import DRAFT_RETENTION
from recommendations.permissions import can_edit_recommendations
from recommendations.questions import actions
from recommendations.questions.editing import QuestionStep
from recommendations.questions.forms import DraftQuestionsForm, QuestionSourceForm, TableColumnsForm
from recommendations.questions.matching import QuestionChange
from recommendations.questions.preview import QuestionPreview, build_preview
from recommendations.questions.reading import (
    MAX_FILE_BYTES,
    describe_size,
    read_question_file,
    read_question_text,
)
from recommendations.text_similarity import diff_words
from tiptracker import clock
from tiptracker.errors import Refused
from tiptracker.localization import gettext, record_language
from tiptracker.numbers import parse_whole_number
from tiptracker.sandbox.sandbox import Sandbox
from tiptracker.undo.offers import offer_undo
from tiptracker.web.form_pages import form_page, sent_data
from tiptracker.web.frontend.form_rows import add_refusal, mark_as_seen
from tiptracker.web.pages import SignedInRequest, render_page

MAX_SHOWN = 50
"""Most sets to list."""


@form_page
def question_sets(request: EditionRequest) -> HttpResponse:
    """Show the sets of an edition, and start a new one: our outline, a file or a pasted text."""
    edition, user = request.edition, request.user
    if not user.is_embassy:
        raise PermissionDenied
    may_load = can_edit_recommendations(user, edition)
    if request.method == "POST" and not may_load:
        raise PermissionDenied
    if "restore" in request.POST:
        return _restore(request)
    if request.POST.get("start") == "outline":
        started = actions.start_outline(edition=edition, by=user, now=clock.now(edition.country.time_zone))
        return redirect("question_set_preview", pk=started.pk)
    form = QuestionSourceForm(sent_data(request), request.FILES or None)
    if set_started := _start_from_form(request, form):
        return redirect("question_set_preview", pk=set_started.pk)
    rows = QuestionSet.objects.visible_to(user).filter(edition=edition).select_related("begun_by", "loaded_by")
    sets = list(rows.defer("draft")[:MAX_SHOWN])
    context: dict[str, Any] = {
        "edition": edition,
        "form": form,
        "may_load": may_load,
        "waiting": [row for row in sets if row.loaded_at is None] if may_load else [],
        "loaded": [row for row in sets if row.loaded_at],
        "question_count": Question.objects.visible_to(user).filter(edition=edition).active().count(),
        "kept_days": DRAFT_RETENTION.days,
    }
    return render_page(request, "recommendations/question_sets.html", context, status=422 if form.errors else 200)


def _start_from_form(request: EditionRequest, form: QuestionSourceForm) -> QuestionSet | None:
    """Read the file or text and save it as a draft. None if the form was not sent or is refused."""
    length = parse_whole_number(request.META.get("CONTENT_LENGTH")) or 0
    if request.method == "POST" and not request.FILES and length > settings.UPLOAD_MAX_TOTAL_BYTES:
        form.full_clean()
        form.errors.pop("file", None)
        form.add_error("file", describe_size(gettext("The file")))
    if not form.is_valid():
        return None
    file, pasted = form.cleaned_data["file"], form.cleaned_data["pasted"]
    try:
        if file:
            content = file.read(MAX_FILE_BYTES + 1)
            draft = read_question_file(file.name, content, run=Sandbox(request.user.pk))
        else:
            content, draft = pasted.encode(), read_question_text(pasted)
        return actions.start_question_set(
            edition=request.edition,
            name=file.name if file else _pasted_name(),
            content=content,
            draft=draft,
            by=request.user,
            now=clock.now(request.edition.country.time_zone),
        )
    except Refused as refusal:
        if refusal.field not in form.fields:
            refusal.field = "file" if file else "pasted"
        add_refusal(form, refusal)
    return None


def _pasted_name() -> str:
    with record_language():
        return gettext("Pasted text")


@form_page
def question_set_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what loading a draft would do, and its questions to correct; or what a loaded set did."""
    rows = QuestionSet.objects.visible_to(request.user).select_related("edition__country", "begun_by", "loaded_by")
    question_set = get_object_or_404(rows, pk=pk)
    set_page_edition(request, question_set.edition)
    may_load = can_edit_recommendations(request.user, question_set.edition)
    if not may_load and (question_set.loaded_at is None or request.method == "POST"):
        raise PermissionDenied
    if question_set.loaded_at is not None:
        context = {"question_set": question_set, "result": question_set.did}
        return render_page(request, "recommendations/question_set_preview.html", context)
    if request.POST.get("do") == "discard":
        return _discard(request, question_set)
    preview = build_preview(question_set)
    is_of_another_year = preview.draft.is_of_another_year(question_set.edition.year)
    form = DraftQuestionsForm(sent_data(request), preview=preview, is_of_another_year=is_of_another_year)
    reads_again = request.POST.get("step") == "read"
    columns = _columns_form(preview, sent_data(request) if reads_again else None)
    if columns and reads_again:
        url = _read_again(request, question_set, form, columns)
    else:
        url = _save(request, question_set, form) if form.is_bound else ""
    if url:
        return redirect(url)
    context = _preview_context(question_set, preview, form) | {"columns": columns}
    is_refused = form.errors or (columns and columns.errors)
    return render_page(request, "recommendations/question_set_preview.html", context, status=422 if is_refused else 200)


def _columns_form(preview: QuestionPreview, sent: Any) -> TableColumnsForm | None:
    """Return the form to correct the columns of a draft's tables; None if it has no table."""
    draft = preview.draft
    return TableColumnsForm(sent, source=draft.source, is_edited=draft.is_edited) if draft.source else None


def _read_again(
    request: SignedInRequest, question_set: QuestionSet, form: DraftQuestionsForm, columns: TableColumnsForm
) -> str:
    """Read the tables again with the columns as chosen. Return the URL to show; "" if it was refused."""
    is_valid = form.is_valid()
    seen = form.cleaned_data.get("seen") or None
    if not columns.is_valid():
        return ""
    try:
        actions.read_again(
            question_set=question_set,
            columns=columns.columns(),
            typed=form.typed() if is_valid else None,
            loses_corrections=columns.cleaned_data.get("loses_corrections", False),
            seen=seen,
            by=request.user,
        )
    except Refused as refusal:
        add_refusal(columns, refusal)
        mark_as_seen(form, "seen", build_preview(_reloaded(question_set)).fingerprint)
        return ""
    messages.success(request, gettext("The table was read again. Nothing is loaded yet."))
    return reverse("question_set_preview", args=[question_set.pk])


def _discard(request: SignedInRequest, question_set: QuestionSet) -> HttpResponse:
    url = edition_url(question_set.edition, "question_sets")
    try:
        kept = actions.discard_question_set(question_set=question_set, by=request.user, now=clock.now())
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        sentence = gettext("Draft “%(name)s” discarded.") % {"name": question_set.name}
        offer_undo(request, sentence, url, restore=kept.pk)
    return redirect(url)


def _restore(request: EditionRequest) -> HttpResponse:
    """Bring back the draft that the user has just discarded, and lead to its preview."""
    key = parse_whole_number(request.POST["restore"]) or 0
    try:
        restored = actions.restore_question_set(edition=request.edition, removed=key, by=request.user, now=clock.now())
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect(edition_url(request.edition, "question_sets"))
    messages.success(request, gettext("The draft is back."))
    return redirect("question_set_preview", pk=restored.pk)


def _save(request: SignedInRequest, question_set: QuestionSet, form: DraftQuestionsForm) -> str:
    """Save what was typed, then do the step of the button or load the set. Return the URL to show; "" if refused.

    The value of the button is "load", "save", or a step and the place of a question, such as "split-3".
    """
    name, _, number = request.POST.get("step", "load").partition("-")
    step = QuestionStep(name) if name in set(QuestionStep) else None
    place = parse_whole_number(number) or 0
    if not form.is_valid():
        return ""
    try:
        edited = actions.edit_draft_questions(
            question_set=question_set,
            typed=form.typed(),
            step=step,
            place=place,
            seen=form.cleaned_data["seen"] or None,
            by=request.user,
        )
        if name != "load":
            if name == "save":
                messages.success(request, gettext("Draft saved. Nothing is loaded yet."))
            anchor = f"#question-{max(place - (step is QuestionStep.MERGE), 0)}" if step else ""
            return str(reverse("question_set_preview", args=[question_set.pk])) + anchor
        loaded = actions.load_question_set(
            question_set=edited,
            is_right_year=form.cleaned_data.get("is_right_year", False),
            repeats=form.sent_repeats(),
            seen=None,
            by=request.user,
            now=clock.now(question_set.edition.country.time_zone),
        )
    except Refused as refusal:
        _show_refusal(form, question_set, refusal)
        return ""
    messages.success(request, summarize(loaded))
    return edition_url(question_set.edition, "question_list")


def _show_refusal(form: DraftQuestionsForm, question_set: QuestionSet, refusal: Refused) -> None:
    """Show a refusal beside its field. The form can then be sent again against the draft as it is now."""
    add_refusal(form, refusal)
    mark_as_seen(form, "seen", build_preview(_reloaded(question_set)).fingerprint)


def _reloaded(question_set: QuestionSet) -> QuestionSet:
    question_set.refresh_from_db()
    return question_set


def _preview_context(question_set: QuestionSet, preview: QuestionPreview, form: DraftQuestionsForm) -> dict[str, Any]:
    edition = question_set.edition
    lines = preview.lines
    return {
        "question_set": question_set,
        "sets_url": edition_url(edition, "question_sets"),
        "form": form,
        "preview": preview,
        "editors": list(form.editors()),
        "changes": [
            (change, own)
            for change in QuestionChange
            if (own := [line for line in lines if line.change is change]) and change is not QuestionChange.SAME
        ],
        "reworded": [
            (line, diff_words(line.current.text, line.question.text))
            for line in lines
            if line.current and line.change is QuestionChange.REWORDED
        ],
        "unchanged": sum(line.change is QuestionChange.SAME for line in lines),
        "repeated": sum(line.last_year is not None for line in lines),
        "not_repeated": [line for line in lines if line.last_year is None],
        "repeated_twice": [actions.describe_repeated_twice(old, own) for old, own in preview.repeated_twice],
        "other_year": actions.describe_other_year(preview.draft, edition) if "is_right_year" in form.fields else "",
    }


def summarize(question_set: QuestionSet) -> str:
    """Say what loading a set did, and what comes next."""
    counts = question_set.did
    if not counts["new"] + counts["changed"] + counts["retired"]:
        return gettext("The edition already has these questions. Nothing was changed.")
    sentence = gettext(
        "Questions loaded. New: %(new)d. Changed: %(changed)d. Unchanged: %(unchanged)d. No longer asked: "
        "%(retired)d. Nobody gets a message. Next: check what answers each question."
    )
    return sentence % {name: int(counts[name]) for name in ("new", "changed", "unchanged", "retired")}
