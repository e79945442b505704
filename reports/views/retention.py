"""Retention: which editions are due for disposal, holds on them, the two people who decide, and the certificate."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues.choices import RecordKind
from dialogues.models import Disposal, DisposalCertificate, RetentionHold, RetentionSchedule
from recommendations.edition_context import EditionRequest, edition_url, set_page_edition
from recommendations.models import Edition
from reports.actions.disposals import approve_disposal, decline_disposal, find_export, propose_disposal
from reports.actions.retention import place_hold, release_hold, set_schedule
from reports.briefings.certificate import TableCount, find_log_entry, render_certificate
from reports.models import PDF_MEDIA_TYPE
from reports.permissions import can_decide_on_disposal, can_manage_retention
from reports.retention.disposable_rows import find_disposable_rows
from reports.retention.due_editions import EditionRetention, list_retention
from reports.retention_forms import (
    DisposalApprovalForm,
    DisposalDeclineForm,
    DisposalProposalForm,
    HoldForm,
    HoldReleaseForm,
    RetentionScheduleForm,
)
from tiptracker import clock
from tiptracker.accounts.models import Country, User
from tiptracker.audit.subjects import find_kind
from tiptracker.choices import Role
from tiptracker.errors import Refused, TryLater
from tiptracker.former_names import current_label
from tiptracker.localization import gettext
from tiptracker.numbers import parse_whole_number
from tiptracker.sandbox.sandbox import Sandbox
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest, render_page

FORMS: Mapping[str, type[TrackerForm]] = {
    "hold": HoldForm,
    "release": HoldReleaseForm,
    "propose": DisposalProposalForm,
    "approve": DisposalApprovalForm,
    "decline": DisposalDeclineForm,
}
"""By what its button does: the form on the page of an edition."""
PDF_PROCESS = "reports.briefings.pdf_process"
PDF_SECONDS = 60.0
"""Seconds by the clock within which a certificate is drawn. It takes some seconds."""


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
    forms = _build_forms(request)
    form = next((each for each in forms.values() if each.is_bound), forms["propose"])
    if form.is_bound and (done := save_form(form, lambda: _carry_out(request, edition, form.cleaned_data))):
        messages.success(request, done)
        return redirect("edition_retention", edition.pk)
    today = clock.today(edition.country.time_zone)
    retention = next(each for each in list_retention(edition.country, today) if each.edition == edition)
    return render_form(
        request, "reports/edition_retention.html", form, {"forms": forms} | _edition_context(retention, user)
    )


def _build_forms(request: SignedInRequest) -> dict[str, TrackerForm]:
    """Return the forms of the page by what their buttons do. The one whose button was pressed has what was sent.

    An unknown button counts as a proposal, and is refused then.
    """
    pressed = request.POST.get("do") if request.method == "POST" else None
    if request.method == "POST" and pressed not in FORMS:
        pressed = "propose"
    return {
        name: form(request.POST if name == pressed else None, auto_id=f"id_{name}_%s") for name, form in FORMS.items()
    }


def _carry_out(request: SignedInRequest, edition: Edition, typed: Mapping[str, Any]) -> str:
    """Do what the pressed button says, and return what to tell the person. Raises PermissionDenied, Refused."""
    reason = typed.get("reason", "")
    by, now = request.user, clock.now(edition.country.time_zone)
    match request.POST.get("do"):
        case "hold":
            place_hold(edition=edition, reason=reason, by=by, now=now)
            return gettext("The hold was placed. Nobody can dispose of this edition until it is released.")
        case "release":
            key = parse_whole_number(request.POST.get("hold", ""))
            hold = get_object_or_404(RetentionHold.objects.visible_to(by).filter(edition=edition), pk=key)
            release_hold(hold=hold, reason=reason, by=by, now=now)
            return gettext("The hold was released. The edition can be disposed of again when it is due.")
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
            return gettext("You proposed the disposal. Nothing is disposed of yet. The next steps are below.")
    raise Refused("stale_page", gettext("This page is out of date. Open it again."))


def _edition_context(retention: EditionRetention, user: User) -> dict[str, Any]:
    edition = retention.edition
    holds = RetentionHold.objects.visible_to(user).filter(edition=edition)
    context: dict[str, Any] = {
        "retention": retention,
        "edition": edition,
        "holds": holds.select_related("recorded_by", "release__recorded_by"),
        "export": find_export(retention.proposal) if retention.proposal else None,
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
    """Show a certificate of disposal."""
    certificate = _find_certificate(request, pk)
    context = {
        "certificate": certificate,
        "tables": name_tables(certificate.counts or {}),
        "entry": find_log_entry(certificate, request.user),
    }
    return render_page(request, "reports/certificate_detail.html", context)


@login_required
@require_safe
@never_cache
def certificate_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a certificate of disposal as a PDF. It is made anew each time, and is the same each time."""
    certificate = _find_certificate(request, pk)
    html = render_certificate(certificate, name_tables(certificate.counts or {}), request.user)
    try:
        pdf = Sandbox(request.user.pk)(PDF_PROCESS, content=html.encode(), timeout_seconds=PDF_SECONDS)
    except TryLater as refusal:
        messages.warning(request, str(refusal))
        return redirect("certificate_detail", certificate.pk)
    if pdf is None:
        messages.error(request, gettext("The PDF could not be made. Print the page instead, and tell your operator."))
        return redirect("certificate_detail", certificate.pk)
    name = f"certificate-of-disposal-{certificate.edition.country.code}-{certificate.number}.pdf"
    head = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(pdf, content_type=PDF_MEDIA_TYPE, headers={"Content-Disposition": head})


def _find_certificate(request: SignedInRequest, pk: int) -> DisposalCertificate:
    rows = DisposalCertificate.objects.visible_to(request.user).select_related(
        "edition__country", "disposal__recorded_by", "disposal__schedule", "export", "recorded_by"
    )
    certificate = get_object_or_404(rows, pk=pk)
    set_page_edition(request, certificate.edition)
    return certificate
