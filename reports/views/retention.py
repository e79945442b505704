"""Retention: which editions are due for disposal, holds on them, the two people who decide, and the certificate."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues.choices import RecordKind
from dialogues.models import Disposal, DisposalCertificate, RetentionHold, RetentionSchedule
from recommendations.edition_context import EditionRequest, edition_url, set_page_edition
from recommendations.models import Edition
from reports.actions.disposals import approve_disposal, decline_disposal, propose_disposal
from reports.actions.retention import place_hold, release_hold, set_schedule
from reports.permissions import can_decide_on_disposal, can_manage_retention
from reports.retention.disposable_rows import find_disposable_rows
from reports.retention.due_editions import EditionRetention, list_retention
from reports.retention_forms import RetentionReasonForm, RetentionScheduleForm
from tiptracker import clock
from tiptracker.accounts.models import Country, User
from tiptracker.audit.subjects import find_kind
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.former_names import current_label
from tiptracker.localization import gettext
from tiptracker.numbers import parse_whole_number
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest, render_page


class TableCount(NamedTuple):
    """How many rows of a table a disposal names, with the name of the table for people."""

    name: str
    rows: int


def _refuse_others(user: User, country: Country) -> None:
    if not can_manage_retention(user, country):
        raise PermissionDenied


@login_required
@require_safe
@never_cache
def retention_list(request: EditionRequest) -> HttpResponse:
    """List the editions of the country: what is due, on hold, proposed and disposed of, with the schedule in force."""
    country = request.edition.country
    _refuse_others(request.user, country)
    certificates = DisposalCertificate.objects.visible_to(request.user).of_country(country)
    context = {
        "edition": request.edition,
        "schedule": RetentionSchedule.objects.visible_to(request.user).in_force(country),
        "rows": list_retention(country, clock.today(country.time_zone)),
        "certificates": certificates.select_related("edition__country", "recorded_by", "disposal__recorded_by"),
    }
    return render_page(request, "reports/retention_list.html", context)


@form_page
@never_cache
def retention_schedule(request: EditionRequest) -> HttpResponse:
    """Enter the schedule of the country. It replaces the one in force."""
    user, country = request.user, request.edition.country
    _refuse_others(user, country)
    schedule = RetentionSchedule.objects.visible_to(user).in_force(country)
    initial = {"years": schedule.years, "authority": schedule.authority} if schedule else {}
    form = RetentionScheduleForm(sent_data(request), initial=initial)
    now = clock.now(country.time_zone)
    if save_form(
        form,
        lambda: set_schedule(country=country, kind=RecordKind.EDITION, by=user, now=now, **form.cleaned_data),
    ):
        messages.success(request, gettext("The retention schedule was saved. The list below follows it."))
        return redirect(edition_url(request.edition, "retention_list"))
    return render_form(request, "reports/retention_schedule.html", form, {"edition": request.edition})


@form_page
@never_cache
def edition_retention(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what is known of the retention of one edition; hold it, release it, propose and decide on its disposal."""
    user = request.user
    if user.role not in (Role.OFFICER, Role.AMBASSADOR):
        raise PermissionDenied
    edition = get_object_or_404(Edition.objects.visible_to(user).tracked().select_related("country"), pk=pk)
    set_page_edition(request, edition)
    form = RetentionReasonForm(sent_data(request))
    done = save_form(form, lambda: _carry_out(request, edition, form.cleaned_data["reason"])) if form.is_bound else ""
    if done:
        messages.success(request, done)
        return redirect("edition_retention", edition.pk)
    today = clock.today(edition.country.time_zone)
    retention = next(each for each in list_retention(edition.country, today) if each.edition == edition)
    return render_form(request, "reports/edition_retention.html", form, _edition_context(retention, user))


def _carry_out(request: SignedInRequest, edition: Edition, reason: str) -> str:
    """Do what the pressed button says, and return what to tell the person. Raises PermissionDenied, Refused."""
    by, now = request.user, clock.now(edition.country.time_zone)
    match request.POST.get("do"):
        case "hold":
            place_hold(edition=edition, reason=reason, by=by, now=now)
            return gettext("The hold was placed. Nobody can dispose of this edition until it is released.")
        case "release":
            key = parse_whole_number(request.POST.get("hold", ""))
            hold = get_object_or_404(RetentionHold.objects.visible_to(by).filter(edition=edition), pk=key)
            release_hold(hold=hold, reason=reason, by=by, now=now)
            return gettext("The hold was released.")
        case "approve" | "decline" as decision:
            rows = Disposal.objects.visible_to(by).filter(edition=edition)
            key = parse_whole_number(request.POST.get("disposal", ""))
            disposal = get_object_or_404(rows.select_related("edition__country", "schedule"), pk=key)
            if decision == "approve":
                approve_disposal(disposal=disposal, by=by, now=now)
                return gettext("The edition was disposed of. The certificate is listed on this page.")
            decline_disposal(disposal=disposal, reason=reason, by=by, now=now)
            return gettext("You declined the proposal. The edition stays as it is.")
        case "propose":
            propose_disposal(edition=edition, by=by, now=now)
            return gettext(
                "You proposed the disposal. Ask for an export of the country; then a second person can approve it."
            )
    raise Refused("stale_page", gettext("This page is out of date. Open it again."))


def _edition_context(retention: EditionRetention, user: User) -> dict[str, Any]:
    edition = retention.edition
    holds = RetentionHold.objects.visible_to(user).filter(edition=edition)
    context: dict[str, Any] = {
        "retention": retention,
        "edition": edition,
        "holds": holds.select_related("recorded_by", "release__recorded_by"),
        "last_day_kept": retention.schedule.last_day_kept(edition) if retention.schedule else None,
        "may_decide": retention.proposal is not None and can_decide_on_disposal(user, retention.proposal),
        "declined": Disposal.objects.visible_to(user)
        .filter(edition=edition, decline__isnull=False)
        .select_related("decline__recorded_by", "recorded_by"),
    }
    if retention.is_due:
        found = find_disposable_rows(edition)
        counts = {model._meta.label_lower: len(keys) for model, keys in found.texts.items()}
        context["tables"] = name_tables(counts | {"reports.briefing": len(found.briefings)})
    return context


def name_tables(counts: Mapping[str, int]) -> list[TableCount]:
    """Return the numbers of rows with the names of their tables, without tables of which there is no row."""
    named = [
        TableCount(gettext(kind.noun), number)
        for label, number in counts.items()
        if number and (kind := find_kind(current_label(label)))
    ]
    return sorted(named)


@login_required
@require_safe
@never_cache
def certificate_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a certificate of disposal, to be printed."""
    rows = DisposalCertificate.objects.visible_to(request.user).select_related(
        "edition__country", "disposal__recorded_by", "disposal__schedule", "export", "recorded_by"
    )
    certificate = get_object_or_404(rows, pk=pk)
    set_page_edition(request, certificate.edition)
    context = {"certificate": certificate, "tables": name_tables(certificate.counts or {})}
    return render_page(request, "reports/certificate_detail.html", context)
