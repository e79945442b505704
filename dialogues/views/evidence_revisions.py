"""Revise evidence: the form that logged it, filled in, and the reason."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from dialogues import permissions
from dialogues.actions import revisions
from dialogues.actions.revisions import revise_evidence
from dialogues.forms.evidence import EvidenceRevisionForm
from dialogues.forms.fields import NO_DATA, TRACKING_PERIOD, YEAR_BEFORE
from dialogues.models import Evidence, EvidenceFile, Reading
from dialogues.views.evidence_logging import EvidenceLogPage
from dialogues.views.evidence_query import evidence_with_details
from dialogues.views.page_context import duplicate_link
from recommendations.edition_context import editions_of_page_country, set_page_country
from recommendations.models import Edition
from recommendations.tracking_period import find_covering_edition
from tiptracker import clock
from tiptracker.audit.append_only import REDACTED
from tiptracker.errors import Refused
from tiptracker.validation import EditConflict
from tiptracker.web.pages import SignedInRequest, render_page


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
        messages.warning(request, SENT_BY_MINISTRY if evidence.update_version_id else ALREADY_REVISED)
        return redirect("evidence_detail", pk)
    now = clock.now(evidence.country.time_zone)
    page = _RevisionPage(request, edition, now, evidence)
    before, standing = None, evidence
    if page.is_sent and page.is_valid():
        try:
            revision = revise_evidence(evidence=evidence, by=user, now=now, **page.said())
        except Refused as refusal:
            page.refuse(refusal)
            before = duplicate_link(refusal, "evidence_detail")
            if isinstance(refusal, EditConflict):
                standing = evidence_with_details(user).get(revises=evidence)
        else:
            messages.add_message(request, *page.what_becomes_of(revision))
            return redirect("evidence_detail", revision.pk)
    context = page.context() | {
        "evidence": evidence,
        "standing": standing if standing != evidence else None,
        "goes_to": reverse("evidence_revise", args=[standing.pk]),
        "recorded_before": before,
    }
    answer = render_page(request, "dialogues/evidence_revise.html", context, status=422 if page.is_sent else 200)
    return page.uploads.with_retry_after(answer) if page.is_sent else answer


SENT_BY_MINISTRY = (
    "A ministry sent this, and nobody overwrites an author. Ask the ministry to send it again; what you know yourself, "
    "log as evidence of its own."
)
ALREADY_REVISED = "A later entry put this right. Only the newest can be put right: open that one."


class _RevisionPage(EvidenceLogPage):
    """The form for new evidence, filled from the entry that is revised."""

    form_class = EvidenceRevisionForm

    def __init__(self, request: SignedInRequest, edition: Edition, now: datetime, evidence: Evidence) -> None:
        self.evidence = evidence
        readings = list(evidence.readings.all())
        self.editable = next((one for one in readings if _is_editable(one, edition)), None)
        self.carried = [one for one in readings if one != self.editable]
        super().__init__(request, edition, now)

    def asked(self) -> Q:
        """Return a filter for the edition's benchmarks and those that the evidence supports already.

        The latter may be of an earlier edition or no longer asked.
        """
        return super().asked() | Q(
            pk__in=[evidence_link.benchmark_id for evidence_link in self.evidence.evidence_links.all()]
        )

    def files(self) -> list[EvidenceFile]:
        """Return the file already stored with the evidence, unless it was redacted."""
        file = self.evidence.file
        return [file] if file and file.name != REDACTED else []

    def offered(self) -> dict[str, Any]:
        """Return the readings that are copied unchanged."""
        return {"carried": self.carried}

    def about(self, today: date) -> dict[str, Any]:
        """Return the current values of the evidence."""
        names = ("title", "kind", "happened_from", "happened_to", "done_by", "stated_by", "source", "sensitivity")
        said = {name: getattr(self.evidence, name) for name in names}
        link = self.evidence.link
        return said | {
            "commitment": self.evidence.commitment_id,
            "link": link if link != REDACTED else "",
            "carried": [str(reading.pk) for reading in self.carried],
        }

    def counted(self) -> dict[str, Any]:
        """Return the current figure, if the form can edit it."""
        reading = self.editable
        if reading is None:
            return {}
        return {
            "indicator": reading.indicator_id,
            "figure": f"{reading.figure.normalize():f}" if reading.figure is not None else None,
            "direction": NO_DATA if reading.is_no_data else reading.direction,
            "span": TRACKING_PERIOD if reading.starts_on == self.edition.starts_on else YEAR_BEFORE,
            "through_on": reading.through_on if reading.starts_on == self.edition.starts_on else None,
            "note": reading.note,
        }

    def towards(self) -> list[dict[str, Any]]:
        """Return the current evidence links as initial rows."""
        return [{"benchmark": one.benchmark_id, "shows": one.shows} for one in self.evidence.evidence_links.all()]

    def said(self) -> dict[str, Any]:
        """Return the input as arguments of the action."""
        said = self.form.cleaned_data
        own = self.figure()
        along = [revisions.reading_input_of(reading) for reading in said.get("carried", [])]
        return self.told() | {"reason": said["reason"], "counts": [*([own] if own else []), *along]}


def _is_editable(reading: Reading, edition: Edition) -> bool:
    """Return whether the form can edit a reading.

    It must cover the tracking period or the year before, and have no breakdown. Small counts of victims in a breakdown
    are shown to nobody, so no form may be filled with them.
    """
    span = (reading.starts_on, reading.through_on)
    of_period = reading.starts_on == edition.starts_on and reading.through_on <= edition.ends_on
    return (of_period or span == edition.year_before) and not reading.parts.all()
