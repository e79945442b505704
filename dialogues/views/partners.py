"""Pages about partners: their list, one of them with what the record holds of it, and the forms to change them."""

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
from dialogues.models import Contribution, Evidence, Partner
from dialogues.models.dialogue_numbers import ContributionQuerySet
from dialogues.models.evidence import EvidenceQuerySet
from dialogues.permissions import can_manage_partners
from dialogues.views.redactions import pending_redaction_urls, removal_notes
from recommendations.edition_context import EditionRequest, edition_url, set_page_country
from recommendations.kept_pages import keep_page
from tiptracker import clock
from tiptracker.localization import gettext
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest, render_page

MAX_EVIDENCE = 25
"""How many pieces of evidence the page of a partner shows. The register of evidence lists all of them."""


class PartnerRow(NamedTuple):
    """A partner in the list: how many contributions and how much evidence name it, and how much of that is verified."""

    partner: Partner
    kind: str
    contributions: int
    evidence: int
    verified: int


@login_required
@require_safe
@keep_page(is_personal=False)
def partner_list(request: EditionRequest) -> HttpResponse:
    """List the partners of the country, with what the record holds of each."""
    user, country = request.user, request.edition.country
    if not user.is_embassy:
        raise PermissionDenied
    partners = list(Partner.objects.visible_to(user, country))
    evidence = Evidence.objects.visible_to(user, country).current().without_ended_claims()
    given_by = _count_by_partner(Contribution.objects.visible_to(user, country).current())
    named_in = _count_by_partner(evidence)
    verified_in = _count_by_partner(evidence.with_newest_review(EvidenceDecision.VERIFIED))
    context = {
        "edition": request.edition,
        "rows": [
            PartnerRow(
                partner,
                PartnerKind(partner.kind).label,
                given_by.get(partner.pk, 0),
                named_in.get(partner.pk, 0),
                verified_in.get(partner.pk, 0),
            )
            for partner in partners
        ],
        "may_change": can_manage_partners(user, country),
        "redacted": removal_notes(*partners),
        "pending": pending_redaction_urls(user, country, *partners),
    }
    return render_page(request, "dialogues/partner_list.html", context)


@login_required
@require_safe
def partner_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a partner, what it contributes, and the newest evidence that names it."""
    user = request.user
    partner = get_object_or_404(Partner.objects.visible_to(user).select_related("country"), pk=pk)
    country = partner.country
    set_page_country(request, country)
    contributions = Contribution.objects.visible_to(user, country).filter(partner=partner).current()
    rows = list(contributions.with_giver_and_work().order_by("starts_on", "pk"))
    evidence = Evidence.objects.visible_to(user, country).filter(partner=partner).current().without_ended_claims()
    verified = evidence.with_newest_review(EvidenceDecision.VERIFIED)
    context = {
        "partner": partner,
        "contributions": rows,
        "evidence": list(evidence[:MAX_EVIDENCE]),
        "evidence_count": evidence.count(),
        "verified": set(verified.values_list("pk", flat=True)),
        "may_change": can_manage_partners(user, country),
        "redacted": removal_notes(partner, *rows),
        "pending": pending_redaction_urls(user, country, partner, *rows),
    }
    return render_page(request, "dialogues/partner_detail.html", context)


@form_page
def partner_add(request: EditionRequest) -> HttpResponse:
    """Add a partner to the country of the page."""
    user, country = request.user, request.edition.country
    if not can_manage_partners(user, country):
        raise PermissionDenied
    form = PartnerForm(sent_data(request))
    now = clock.now(country.time_zone)
    if partner := save_form(form, lambda: add_partner(country=country, by=user, now=now, **form.values())):
        sentence = gettext("%(partner)s was added. Evidence and contributions can name this partner now.")
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
        return redirect("partner_detail", partner.pk)
    return render_form(request, "dialogues/partner_edit.html", form, {"partner": partner})


def _count_by_partner(rows: EvidenceQuerySet | ContributionQuerySet) -> dict[int, int]:
    """Return how many of these rows name each partner, by the partner's key."""
    counted = rows.filter(partner__isnull=False).order_by().values("partner").annotate(number=Count("pk"))
    return dict(counted.values_list("partner", "number"))


def _saved_values(partner: Partner) -> dict[str, Any]:
    return {name: getattr(partner, name) for name in ("name", "kind", "note", "version")}
