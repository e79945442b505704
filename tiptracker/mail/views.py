"""The list of mails, for administrators: what was sent to whom, and what happened to it."""

from typing import NamedTuple

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from tiptracker import clock
from tiptracker.choices import Role
from tiptracker.localization import gettext_lazy
from tiptracker.mail.models import Mail, MailQuerySet, MailState
from tiptracker.mail.sentences import describe_mail_state
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest, render_page
from tiptracker.web.search import filter_by_words
from tiptracker.web.word_forms import MAX_CHARACTERS

PAGE_SIZE = 50
FAILED = "failed"
"""The choice of all mails that were not taken by a mail server, and will not be sent."""
FAILED_STATES = (MailState.REFUSED, MailState.GIVEN_UP)


class MailFilter(TrackerForm):
    """Which mails the list shows."""

    q = forms.CharField(required=False, max_length=MAX_CHARACTERS, label=gettext_lazy("Name or e-mail address"))
    state = forms.ChoiceField(
        label=gettext_lazy("Status"),
        choices=[("", gettext_lazy("All")), (FAILED, gettext_lazy("Failed, for any reason")), *MailState.choices()],
        required=False,
    )

    def narrow(self, mails: MailQuerySet) -> MailQuerySet:
        """Return those of `mails` that match the filter. Invalid values do not narrow the list."""
        data = self.cleaned_data
        if words := data.get("q"):
            mails = filter_by_words(mails, words, "person__name", "person__email")
        if state := data.get("state"):
            mails = mails.filter(state__in=FAILED_STATES if state == FAILED else [state])
        return mails


class MailRow(NamedTuple):
    """A mail in the list, and what happened to it in a sentence. `queued_at` is domain time."""

    mail: Mail
    queued_at: object
    what_happened: str


@login_required
@require_safe
def mail_list(request: SignedInRequest) -> HttpResponse:
    """List the mails, newest first, filtered by the query string: `?q=&state=&page=`."""
    if request.user.role != Role.ADMINISTRATOR:
        raise PermissionDenied
    mails = Mail.objects.visible_to(request.user).select_related("person")
    filter_form = MailFilter(request.GET)
    filter_form.is_valid()
    page = Paginator(filter_form.narrow(mails), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        MailRow(mail, timezone.localtime(clock.to_domain_time(mail.queued_at)), describe_mail_state(mail))
        for mail in page
    ]
    is_filtered = any(filter_form.cleaned_data.values())
    context = {
        "page": page,
        "rows": rows,
        "is_filtered": is_filtered,
        "filter": filter_form,
        "failed_count": Mail.objects.visible_to(request.user).filter(state__in=FAILED_STATES).count(),
        "failed": FAILED,
    }
    return render_page(request, "mail/mail_list.html", context)
