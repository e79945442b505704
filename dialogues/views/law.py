"""Pages about the law: the register by minimum standard, and the forms to add, correct and end an entry."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from dialogues.actions.law import CONTENT_FIELDS, add_law_entry, end_law_entry, replace_law_entry
from dialogues.choices import EvidenceKind, LawEntryKind, ProofState
from dialogues.forms.law import LawEntryCorrectionForm, LawEntryEndForm, LawEntryForm
from dialogues.models import Evidence, LawEntry
from dialogues.models.law import group_by_standard
from dialogues.permissions import can_keep_law
from dialogues.views.redactions import pending_redaction_urls, removal_notes
from recommendations.choices import LAW_STANDARDS
from recommendations.edition_context import EditionRequest, edition_url, page_url, set_page_country
from recommendations.kept_pages import keep_page
from tiptracker import clock
from tiptracker.accounts.models import Country, User
from tiptracker.localization import gettext
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest, render_page


class LawEntryRow(NamedTuple):
    """An entry in the register, with its kind and the state of its evidence."""

    entry: LawEntry
    kind: LawEntryKind
    proof: ProofState


class StandardSection(NamedTuple):
    """A minimum standard with its entries: those in force, and the earlier ones."""

    number: int
    title: str
    in_force: Sequence[LawEntryRow]
    earlier: Sequence[LawEntryRow]


@login_required
@require_safe
@keep_page(is_personal=False)
def law_list(request: EditionRequest) -> HttpResponse:
    """Show what the law says by minimum standard: in force on the day, and earlier."""
    user, edition = request.user, request.edition
    if not user.is_embassy:
        raise PermissionDenied
    day = min(clock.today(edition.country.time_zone), edition.ends_on)
    entries = list(LawEntry.objects.visible_to(user, edition.country).known_by(None).begun_by(day).with_evidence())
    context = {
        "edition": edition,
        "day": day,
        "standards": [
            StandardSection(
                number,
                gettext(LAW_STANDARDS[number]),
                [_row(entry) for entry in found if not entry.is_over(day)],
                [_row(entry) for entry in found if entry.is_over(day)],
            )
            for number, found in group_by_standard(entries).items()
        ],
        "may_change": can_keep_law(user, edition.country),
        "redacted": removal_notes(*entries),
        "pending": pending_redaction_urls(user, edition.country, *entries),
    }
    return render_page(request, "dialogues/law_list.html", context)


@form_page
def law_entry_add(request: EditionRequest) -> HttpResponse:
    """Add an entry on the law of the page's country."""
    user, country = request.user, request.edition.country
    if not can_keep_law(user, country):
        raise PermissionDenied
    form = LawEntryForm(sent_data(request), evidence=_list_evidence(user, country))
    now = clock.now(country.time_zone)
    if save_form(form, lambda: add_law_entry(country=country, by=user, now=now, **form.cleaned_data)):
        messages.success(request, gettext("The entry was added. It is shown and never scored."))
        return redirect(edition_url(request.edition, "law_list"))
    return render_form(request, "dialogues/law_entry_add.html", form, {"edition": request.edition})


@form_page
def law_entry_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct an entry, with a reason."""
    entry = _find_entry(request, pk)
    user = request.user
    form = LawEntryCorrectionForm(
        sent_data(request), evidence=_list_evidence(user, entry.country, entry), initial=_saved_values(entry)
    )
    now = clock.now(entry.country.time_zone)
    if save_form(form, lambda: replace_law_entry(entry=entry, by=user, now=now, **form.cleaned_data)):
        messages.success(request, gettext("The correction was saved. The earlier entry stays in the activity log."))
        return redirect(page_url(request, "law_list"))
    return render_form(request, "dialogues/law_entry_correct.html", form, {"entry": entry})


@form_page
def law_entry_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say until when an entry was in force, with a reason."""
    entry = _find_entry(request, pk)
    form = LawEntryEndForm(sent_data(request))
    now = clock.now(entry.country.time_zone)
    if save_form(form, lambda: end_law_entry(entry=entry, by=request.user, now=now, **form.cleaned_data)):
        messages.success(request, gettext("The end was saved. The entry is listed among the earlier ones after it."))
        return redirect(page_url(request, "law_list"))
    return render_form(request, "dialogues/law_entry_end.html", form, {"entry": entry})


def _find_entry(request: SignedInRequest, pk: int) -> LawEntry:
    """Return the entry of an address, and set the country of the page. Only officers of the country change it."""
    rows = LawEntry.objects.visible_to(request.user).select_related("country", "evidence")
    entry = get_object_or_404(rows, pk=pk)
    set_page_country(request, entry.country)
    if not can_keep_law(request.user, entry.country):
        raise PermissionDenied
    return entry


def _row(entry: LawEntry) -> LawEntryRow:
    return LawEntryRow(entry, LawEntryKind(entry.kind), entry.proof_state)


def _list_evidence(user: User, country: Country, entry: LawEntry | None = None) -> list[Evidence]:
    """Return the evidence that an entry may rest on: laws and court records, and what it rests on already."""
    rows = Evidence.objects.visible_to(user, country).current().without_ended_claims()
    offered = rows.filter(kind__in=(EvidenceKind.LAW, EvidenceKind.COURT)).values("pk")
    cited = Q(pk=entry.evidence_id) if entry and entry.evidence_id else Q()
    return list(Evidence.objects.visible_to(user, country).filter(Q(pk__in=offered) | cited))


def _saved_values(entry: LawEntry) -> dict[str, Any]:
    values: dict[str, date | str | int | None] = {name: getattr(entry, name) for name in CONTENT_FIELDS}
    return values | {"evidence": entry.evidence_id}
