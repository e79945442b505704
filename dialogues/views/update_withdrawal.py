"""The page on which a ministry withdraws an update that the embassy has not decided on."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from dialogues import permissions
from dialogues.actions.update_decisions import describe_refused_withdrawal, withdraw_update
from dialogues.choices import ClaimedProgress
from dialogues.forms.updates import WithdrawUpdateForm
from dialogues.models import UpdateVersion
from dialogues.views.page_context import UpdateSubjectHeading, set_page_edition_for_subject, subject_url
from dialogues.views.request_timeline import describe_answer, list_request_answers
from dialogues.views.timeline import decision_on
from dialogues.views.version_content import find_version_content
from tiptracker import clock
from tiptracker.localization import gettext
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest


@form_page
def version_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw an update version after a confirmation, or say why that is no longer possible."""
    rows = UpdateVersion.objects.visible_to(request.user).with_subject("recorded_by", "decision__recorded_by")
    update_version = get_object_or_404(rows, pk=pk)
    subject = update_version.update.subject
    set_page_edition_for_subject(request, subject)
    if not permissions.can_withdraw_update(request.user, update_version):
        raise PermissionDenied
    now = clock.now(subject.country.time_zone)
    form = WithdrawUpdateForm(sent_data(request))
    if save_form(
        form,
        lambda: withdraw_update(update_version=update_version, by=request.user, now=now, **form.cleaned_data),
    ):
        sentence = (
            gettext(
                "You withdrew the answer. The embassy will not review it. Its text and files stay in the record, and "
                "you can send it again."
            )
            if update_version.update.information_request_id
            else gettext(
                "You withdrew the update. The embassy will not review it. Its text and files stay in the record, and "
                "you can send it again."
            )
        )
        messages.success(request, sentence)
        return redirect(subject_url(subject))
    decision = decision_on(rows.get(pk=pk))
    context = {
        "subject": UpdateSubjectHeading.of(subject),
        "refusal": describe_refused_withdrawal(decision, now) if decision else "",
        "sent_on": timezone.localtime(update_version.recorded_at).date(),
        "sender": update_version.sender,
        "is_claimed_done": update_version.claimed == ClaimedProgress.DONE,
        "content": find_version_content(request.user, update_version),
        "answers": [describe_answer(answer) for answer in list_request_answers(request.user, update_version)],
    }
    return render_form(request, "dialogues/version_withdraw.html", form, context)
