"""Revise evidence: the form that logged it, filled in, and the reason."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from dialogues import permissions
from dialogues.actions import revisions
from dialogues.actions.revisions import revise_evidence
from dialogues.choices import SupportKind
from dialogues.forms.evidence import EvidenceRevisionForm
from dialogues.forms.fields import NO_DATA, TRACKING_PERIOD, YEAR_BEFORE
from dialogues.models import Evidence, Reading
from dialogues.views.evidence_logging import EvidenceForms
from dialogues.views.evidence_query import evidence_with_details
from recommendations.edition_context import editions_of_page_country, set_page_country
from recommendations.models import Edition
from recommendations.tracking_period import find_covering_edition
from tiptracker import clock
from tiptracker.audit.append_only import MARKS
from tiptracker.localization import gettext, gettext_noop
from tiptracker.validation import EditConflict
from tiptracker.web.pages import SignedInRequest


@login_required
def evidence_revise(request: SignedInRequest, pk: int) -> HttpResponse:
    """Revise a piece of evidence, with a reason. The earlier version stays readable."""
    user = request.user
    evidence = get_object_or_404(evidence_with_details(user), pk=pk)
    set_page_country(request, evidence.country)
    editions = editions_of_page_country(request)
    edition = find_covering_edition(editions, evidence.happened_from, evidence.happened_to)
    if edition is None or not permissions.can_log_evidence(user, evidence.country):
        raise PermissionDenied
    is_sent = request.method == "POST"
    if not is_sent and (evidence.update_version_id or hasattr(evidence, "revised_by")):
        messages.warning(request, gettext(SENT_BY_MINISTRY if evidence.update_version_id else ALREADY_REVISED))
        return redirect("evidence_detail", pk)
    now = clock.now(evidence.country.time_zone)
    readings = list(evidence.readings.all())
    editable = next((reading for reading in readings if _is_editable(reading, edition)), None)
    carried = [reading for reading in readings if reading != editable]
    evidence_links = list(evidence.evidence_links.all())
    page = EvidenceForms(
        request,
        edition,
        now,
        form_class=partial(EvidenceRevisionForm, carried=carried),
        # Benchmarks that it supports already may be of an earlier edition or no longer asked.
        supported=[link.benchmark_id for link in evidence_links],
        answered=[row.question_id for row in evidence.question_links.all()],
        files=[evidence.file] if evidence.file and evidence.file.name not in MARKS else [],
        initial=_evidence_initial(evidence, carried),
        figure_initial=_figure_initial(editable, edition) if editable else None,
        row_initial=[{"benchmark": link.benchmark_id, "shows": link.shows} for link in evidence_links],
    )
    if revision := page.save(
        lambda: revise_evidence(
            evidence=evidence,
            reason=page.form.cleaned_data["reason"],
            counts=[
                *([page.figure] if page.figure else []),
                *(revisions.reading_input_of(reading) for reading in page.form.cleaned_data.get("carried", [])),
            ],
            by=user,
            now=now,
            **page.values,
        )
    ):
        messages.add_message(request, *page.describe_outcome(revision))
        return redirect("evidence_detail", revision.pk)
    is_overtaken = isinstance(page.form.refusal, EditConflict)
    newer = evidence_with_details(user).get(revises=evidence) if is_overtaken else None
    context = {
        "evidence": evidence,
        "newer": newer,
        "goes_to": reverse("evidence_revise", args=[newer.pk if newer else evidence.pk]),
    }
    return page.render("dialogues/evidence_revise.html", context)


SENT_BY_MINISTRY = gettext_noop(
    "A ministry sent this evidence, so the embassy cannot correct it. Ask the ministry to send it again, or log what "
    "you know as evidence of your own."
)
ALREADY_REVISED = gettext_noop(
    "This evidence has been corrected already. Open the newest version and correct that one."
)


def _evidence_initial(evidence: Evidence, carried: Sequence[Reading]) -> dict[str, Any]:
    """Return the current values of the evidence."""
    names = ("title", "kind", "happened_from", "happened_to", "done_by", "stated_by", "source", "sensitivity")
    return {name: getattr(evidence, name) for name in names} | {
        "commitment": evidence.commitment_id,
        "partner": evidence.partner_id,
        "indicia": [row.indicium for row in evidence.indicia.all()],
        "indicia_show": next((row.shows for row in evidence.indicia.all()), SupportKind.ACTION.value),
        "questions": [str(row.question_id) for row in evidence.question_links.all()],
        "link": evidence.link if evidence.link not in MARKS else "",
        "carried": [str(reading.pk) for reading in carried],
    }


def _figure_initial(reading: Reading, edition: Edition) -> dict[str, Any]:
    is_of_period = reading.starts_on == edition.starts_on
    return {
        "indicator": reading.indicator_id,
        "figure": reading.figure,
        "direction": NO_DATA if reading.is_no_data else reading.direction,
        "span": TRACKING_PERIOD if is_of_period else YEAR_BEFORE,
        "through_on": reading.through_on if is_of_period else None,
        "note": reading.note,
    }


def _is_editable(reading: Reading, edition: Edition) -> bool:
    """Return whether the form can edit a reading.

    It must cover the tracking period or the year before, and have no breakdown. Small counts of victims in a breakdown
    are shown to nobody, so no form may be filled with them.
    """
    span = (reading.starts_on, reading.through_on)
    of_period = reading.starts_on == edition.starts_on and reading.through_on <= edition.ends_on
    return (of_period or span == edition.year_before) and not reading.parts.all()
