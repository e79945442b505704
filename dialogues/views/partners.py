"""Pages about partners: their list, with what the record holds of each, and the forms to add and change one."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from dialogues.actions.partners import add_partner, change_partner
from dialogues.choices import EvidenceDecision, PartnerKind
from dialogues.forms.partners import PartnerChangeForm, PartnerForm
from dialogues.models import Evidence, Partner
from dialogues.models.evidence import EvidenceQuerySet
from dialogues.permissions import can_manage_partners
from dialogues.views.redactions import pending_redaction_urls, redaction_dates
from recommendations.edition_context import EditionRequest, edition_url, page_url, set_page_country
from tiptracker import clock
from tiptracker.localization import gettext
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest, render_page


class PartnerRow(NamedTuple):
    """A partner in the list, with the number of pieces of evidence that name it, and of those that are verified."""

    partner: Partner
    kind: str
    evidence: int
    verified: int


@login_required
@require_safe
def partner_list(request: EditionRequest) -> HttpResponse:
    """List the partners of the country, with what the record holds of each."""
    user, country = request.user, request.edition.country
    if not user.is_embassy:
        raise PermissionDenied
    partners = list(Partner.objects.visible_to(user, country))
    evidence = Evidence.objects.visible_to(user, country).current().without_ended_claims()
    named_in = _count_by_partner(evidence)
    verified_in = _count_by_partner(evidence.with_newest_review(EvidenceDecision.VERIFIED))
    context = {
        "edition": request.edition,
        "rows": [
            PartnerRow(
                partner, PartnerKind(partner.kind).label, named_in.get(partner.pk, 0), verified_in.get(partner.pk, 0)
            )
            for partner in partners
        ],
        "may_change": can_manage_partners(user, country),
        "redacted": redaction_dates(*partners),
        "pending": pending_redaction_urls(user, country, *partners),
    }
    return render_page(request, "dialogues/partner_list.html", context)


@form_page
def partner_add(request: EditionRequest) -> HttpResponse:
    """Add a partner to the country of the page."""
    user, country = request.user, request.edition.country
    if not can_manage_partners(user, country):
        raise PermissionDenied
    form = PartnerForm(sent_data(request))
    now = clock.now(country.time_zone)
    if partner := save_form(form, lambda: add_partner(country=country, by=user, now=now, **form.values())):
        sentence = gettext("%(partner)s was added. Evidence can name this partner now.")
        messages.success(request, sentence % {"partner": partner})
        return redirect(edition_url(request.edition, "partner_list"))
    return render_form(request, "dialogues/partner_add.html", form, {"edition": request.edition})


@form_page
def partner_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a partner's name, kind or note."""
    rows = Partner.objects.visible_to(request.user).select_related("country")
    partner = get_object_or_404(rows, pk=pk)
    set_page_country(request, partner.country)
    if not can_manage_partners(request.user, partner.country):
        raise PermissionDenied
    form = PartnerChangeForm(sent_data(request), initial=_saved_values(partner))
    saved = save_form(
        form,
        lambda: change_partner(
            partner=partner,
            version=form.cleaned_data["version"],
            by=request.user,
            now=clock.now(partner.country.time_zone),
            **form.values(),
        ),
        current=lambda: PartnerChangeForm(initial=_saved_values(rows.get(pk=pk))),
    )
    if saved:
        messages.success(request, gettext("%(partner)s was saved.") % {"partner": saved})
        return redirect(page_url(request, "partner_list"))
    return render_form(request, "dialogues/partner_edit.html", form, {"partner": partner})


def _count_by_partner(evidence: EvidenceQuerySet) -> dict[int, int]:
    """Return how many of these pieces of evidence name each partner, by the partner's key."""
    counted = evidence.filter(partner__isnull=False).order_by().values("partner").annotate(number=Count("pk"))
    return dict(counted.values_list("partner", "number"))


def _saved_values(partner: Partner) -> dict[str, Any]:
    return {name: getattr(partner, name) for name in ("name", "kind", "note", "version")}
