"""What in the record answers the yearly questions: the list, which confirms all proposals, and one question."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from dialogues.choices import EvidenceKind
from recommendations.actions.question_mappings import (
    confirm_question_mappings,
    questions_fingerprint,
    set_question_mapping,
)
from recommendations.edition_context import EditionRequest, edition_url, set_page_edition
from recommendations.models import Question
from recommendations.permissions import can_edit_recommendations
from reports.permissions import can_read_readiness
from reports.question_mapping_form import QuestionMappingForm
from tiptracker import clock
from tiptracker.errors import Refused
from tiptracker.localization import gettext, ngettext
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest, render_page


@form_page
def question_mapping_list(request: EditionRequest) -> HttpResponse:
    """Show what answers each question of an edition, and confirm all proposals."""
    user, edition = request.user, request.edition
    if not can_read_readiness(user, edition):
        raise PermissionDenied
    refusal = ""
    if request.method == "POST":
        try:
            number = confirm_question_mappings(edition=edition, seen=request.POST.get("seen") or None, by=user)
        except Refused as refused:
            refusal = str(refused)
        else:
            sentence = ngettext(
                "%(number)d proposal is confirmed. Next: answer the questions.",
                "%(number)d proposals are confirmed. Next: answer the questions.",
                number,
            )
            messages.success(request, sentence % {"number": number})
            return redirect(edition_url(edition, "question_list"))
    rows = list(Question.objects.visible_to(user).filter(edition=edition).active().with_mapping())
    context: dict[str, Any] = {
        "edition": edition,
        "rows": [
            (row, [EvidenceKind(kind).label for kind in row.evidence_kinds if kind in EvidenceKind]) for row in rows
        ],
        "number_proposed": sum(not row.is_mapping_confirmed for row in rows),
        "seen": questions_fingerprint(rows),
        "may_edit": can_edit_recommendations(user, edition),
        "refusal": refusal,
    }
    return render_page(request, "reports/question_mapping_list.html", context, status=422 if refusal else 200)


@form_page
def question_mapping(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct and confirm what answers one question."""
    rows = Question.objects.visible_to(request.user).select_related("edition__country").with_mapping()
    question = get_object_or_404(rows, pk=pk)
    set_page_edition(request, question.edition)
    if not can_edit_recommendations(request.user, question.edition):
        raise PermissionDenied

    def build_form(row: Question, data: Any = None) -> QuestionMappingForm:
        return QuestionMappingForm(
            data, reader=request.user, edition=row.edition, initial=QuestionMappingForm.filled_from(row)
        )

    form = build_form(question, sent_data(request))
    saved = save_form(
        form,
        lambda: set_question_mapping(
            question=question,
            version=form.cleaned_data["version"] or 0,
            by=request.user,
            now=clock.now(question.edition.country.time_zone),
            **form.values(),
        ),
        current=lambda: build_form(rows.get(pk=pk)),
    )
    if saved:
        sentence = gettext("What answers question %(number)s is confirmed.") % {"number": saved.number}
        messages.success(request, sentence)
        return redirect("question_detail", pk=saved.pk)
    return render_form(request, "reports/question_mapping.html", form, {"question": question})
