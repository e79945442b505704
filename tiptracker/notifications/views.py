"""Pages of notices: the list, the page that opens one, the settings, and the address that stops mails."""

from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from tiptracker import clock
from tiptracker.audit.subjects import Subject, find_subjects
from tiptracker.localization import gettext
from tiptracker.notifications.actions import mark_all_read, mark_opened
from tiptracker.notifications.change_details import describe_changes
from tiptracker.notifications.digest import find_person_of_token
from tiptracker.notifications.forms import NoticeSettingsForm
from tiptracker.notifications.models import Notice
from tiptracker.notifications.preferences import (
    kinds_for_role,
    read_digest_times,
    read_frequencies,
    save_preferences,
    stop_mails,
)
from tiptracker.notifications.sentences import describe_notice, describe_notices
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest, render_page

PAGE_SIZE = 50


class NoticeRow(NamedTuple):
    """A notice in the list: what it tells, the record that it is about, and what was changed of it (or "")."""

    notice: Notice
    sentence: str
    subject: Subject
    detail: str


@form_page
def notice_list(request: SignedInRequest) -> HttpResponse:
    """List the user's notices, newest first. A form marks all of them as read."""
    if request.method == "POST":
        mark_all_read(by=request.user, now=clock.now())
        messages.success(request, gettext("All notices are marked as read."))
        return redirect("notice_list")
    page = Paginator(Notice.objects.visible_to(request.user).listed(), PAGE_SIZE).get_page(request.GET.get("page"))
    subjects = find_subjects(((notice.table, notice.row) for notice in page), request.user)
    sentences, details = describe_notices(page, request.user), describe_changes(page, request.user)
    rows = [
        NoticeRow(
            notice,
            sentences[notice.pk],
            subjects.get((notice.table, notice.row), Subject("")),
            details.get(notice.pk, ""),
        )
        for notice in page
    ]
    unread = Notice.objects.visible_to(request.user).unread().count()
    context = {"page": page, "rows": rows, "unread": unread, "gets_notices": bool(kinds_for_role(request.user.role))}
    return render_page(request, "notifications/notice_list.html", context)


@login_required
@require_GET
def notice_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a notice: mark it as read and go to the record, or say that the matter is settled."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    mark_opened(by=request.user, table=notice.table, row=notice.row, now=clock.now())
    subject = find_subjects([(notice.table, notice.row)], request.user).get((notice.table, notice.row), Subject(""))
    if subject.url and not notice.settled_at:
        return redirect(subject.url)
    context = {"notice": notice, "subject": subject, "sentence": describe_notice(notice, request.user)}
    return render_page(request, "notifications/notice_detail.html", context)


@form_page
def notice_settings(request: SignedInRequest) -> HttpResponse:
    """Choose how often the user wants mails about each kind of notice, and when."""
    user = request.user
    form = NoticeSettingsForm(
        sent_data(request), frequencies=read_frequencies(user), times=read_digest_times(user), role=user.role
    )

    def save() -> bool:
        save_preferences(frequencies=form.frequencies, times=form.times, by=user, today=clock.today())
        return True

    if save_form(form, save):
        messages.success(request, gettext("Your choices about mails were saved."))
        return redirect("notice_settings")
    return render_form(request, "notifications/notice_settings.html", form, {"address": user.email})


@csrf_exempt  # mail programs send it without a session (RFC 8058); the signed address is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def notices_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mails of the person for whom the address was signed. Nobody need be signed in."""
    person = find_person_of_token(token)
    if person is None:
        raise Http404
    context: dict[str, object] = {"token": token}
    if request.method == "POST":
        context |= {"is_stopped": True, "required": stop_mails(person=person, today=clock.today())}
    return render_page(request, "notifications/notices_stop.html", context)
