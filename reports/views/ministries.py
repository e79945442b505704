"""The embassy's page of a ministry: what to raise with it, its commitments, what it leads, its last updates, people."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from dialogues.choices import ClaimedProgress, CommitmentStatus, UpdateDecision
from dialogues.commitment_phrases import describe_receipt
from dialogues.models import Dialogue, InformationRequest, UpdateVersion
from dialogues.models.updates import has_subject
from dialogues.permissions import can_ask_for_information, can_use_workbook
from dialogues.views.internal_notes import build_notes_section
from dialogues.views.request_rows import list_request_rows
from recommendations.edition_context import get_page_edition, set_page_country
from recommendations.models import Edition, Recommendation
from reports.briefings.commitment_priority import WAITING_STATUSES
from reports.briefings.contacts import CommitmentSummary, ResponsibleParty, gather_responsible_parties
from reports.briefings.points_to_raise import PointToRaise, gather_points_to_raise
from reports.briefings.reversal_sentences import gather_reversals
from reports.choices import BriefingKind
from reports.models import Briefing, Document
from reports.permissions import can_request_briefing
from reports.reader_view import ReaderView
from reports.readiness.explanation import score_display
from reports.readiness.explanation.step_sentences import with_article
from reports.readiness.readiness import Readiness
from reports.views.access import read_page
from reports.views.current_readiness import current_readiness
from reports.views.next_steps import row_urls
from reports.views.recommendations import build_recommendation_rows
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User
from tiptracker.localization import gettext
from tiptracker.web import exports
from tiptracker.web.pages import SignedInRequest, render_page

MAX_POINTS, MAX_UPDATES = 5, 5
"""How many points to raise are shown at once, and how many last updates. The other points are folded up."""


class LinkedPoint(NamedTuple):
    """A point to raise, and the page of what it is about."""

    point: PointToRaise
    url: str


class WaitingCommitment(NamedTuple):
    """A commitment that waits for our reply, and the page to reply on.

    `receipt` says whether its update was received by the due date.
    """

    commitment: CommitmentSummary
    receipt: str
    url: str


class MinistryDocument(NamedTuple):
    """A document on a ministry: its key in the form that requests it, and the newest one that is ready, if any.

    `is_dialogue` is True for the pack of a dialogue with the ministry.
    """

    key: str
    document: Document
    ready: Briefing | None
    is_of_today: bool

    @property
    def is_dialogue(self) -> bool:
        return self.document.kind is BriefingKind.DIALOGUE


@read_page
def ministry_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a ministry in the page's edition. Embassy roles only; ministries have a page of their own.

    Its commitments can be exported, with what has reversed them since.
    """
    user = request.user
    ministry = get_object_or_404(Ministry.objects.visible_to(user).select_related("country"), pk=pk)
    if not user.is_embassy:
        raise PermissionDenied
    set_page_country(request, ministry.country)
    edition = get_page_edition(request)
    context: dict[str, Any] = {
        "ministry": ministry,
        "edition": edition,
        "notes": build_notes_section(user, ministry),
    }
    if edition is not None:
        today = clock.today(ministry.country.time_zone)
        result = current_readiness(request, edition, today)
        facts = result.known_facts
        displays = score_display.display_benchmarks(facts, result)
        led = Recommendation.objects.visible_to(user).active().filter(edition=edition, lead=ministry)
        parties = gather_responsible_parties(user, edition, facts, today)
        desk = next(party for party in parties if party.key == ministry.pk)
        updates = _find_last_updates(user, ministry)
        reversals = gather_reversals(user, facts, today)

        def since_then(commitment: int) -> str:
            return reversals.describe(reversals.of_commitment(commitment))

        if exports.is_export_requested(request):
            cells = [_export_row(commitment, since_then(commitment.row.pk)) for commitment in desk.commitments]
            return exports.export_rows(request, "ministry-commitments", _export_columns(), cells)
        requests = InformationRequest.objects.visible_to(user).filter(ministry=ministry)
        points = gather_points_to_raise(ReaderView(user, edition, today, None), ministry, result, reversals)
        linked = _link_points(result, points)
        context |= {
            "today": today,
            "named": with_article(ministry.name),
            "points": linked[:MAX_POINTS],
            "more_points": linked[MAX_POINTS:],
            "documents": _find_documents(user, edition, ministry, today),
            "may_request": today >= edition.starts_on and can_request_briefing(user, edition),
            "rows": build_recommendation_rows(user, led.select_related("lead").with_pillar(), displays),
            "desk": desk,
            "waiting": _find_waiting(desk, updates),
            "commitments": [(commitment, since_then(commitment.row.pk)) for commitment in desk.commitments],
            "updates": [(*update, since_then(update[0].update.commitment_id or 0)) for update in updates],
            "requests": list_request_rows(list(requests.with_history()), today),
            "may_ask": can_ask_for_information(user, ministry.country),
            "holders": list(ministry.office_holders.all()),
            "may_use_workbook": can_use_workbook(user, ministry),
        }
    return render_page(request, "reports/ministry_detail.html", context)


def _export_columns() -> tuple[str, ...]:
    return (
        gettext("Ministry"), gettext("Commitment"), gettext("Status"), gettext("Days overdue"), gettext("Due"),
        gettext("Last update"), gettext("Reversed"),
    )  # fmt: skip


def _export_row(commitment: CommitmentSummary, since_then: str) -> tuple[object, ...]:
    row, standing = commitment.row, commitment.standing
    return (
        row.maker, row.text, standing.status.label, standing.days_overdue or None, standing.due_on,
        commitment.last_update, since_then,
    )  # fmt: skip


def _link_points(result: Readiness, points: Iterable[PointToRaise]) -> list[LinkedPoint]:
    listed = list(points)
    return list(map(LinkedPoint, listed, row_urls(result, [point.row for point in listed])))


def _find_waiting(
    desk: ResponsibleParty,
    updates: Iterable[tuple[UpdateVersion, ClaimedProgress | None, UpdateDecision | CommitmentStatus]],
) -> list[WaitingCommitment]:
    """Return the commitments that wait for our reply.

    One of the last updates is linked itself. Without it the commitment is, whose page leads to its update.
    """
    undecided = {
        version.update.commitment_id: version
        for version, _, decision in reversed(list(updates))
        if decision is CommitmentStatus.WITH_EMBASSY
    }
    return [
        WaitingCommitment(
            commitment,
            describe_receipt(commitment.standing),
            reverse("version_detail", args=[version.pk])
            if (version := undecided.get(commitment.row.pk))
            else reverse("commitment_detail", args=[commitment.row.pk]),
        )
        for commitment in desk.commitments
        if commitment.standing.status in WAITING_STATUSES
    ]


def _find_documents(user: User, edition: Edition, ministry: Ministry, today: date) -> list[MinistryDocument]:
    """Return the ministry's page, and the pack of the next dialogue with it or, without one, of the last."""
    dialogues = Dialogue.objects.visible_to(user).filter(country=edition.country_id).with_ministry(ministry)
    dialogue = dialogues.nearest_first(today).first()
    documents = {f"ministry-{ministry.pk}": Document(BriefingKind.MINISTRY, ministry)}
    if dialogue:
        documents[f"dialogue-{dialogue.pk}"] = Document(BriefingKind.DIALOGUE, dialogue=dialogue)
    ready = list(
        Briefing.objects.visible_to(user)
        .filter(Q(ministry=ministry) | Q(dialogue=dialogue, dialogue__isnull=False), edition=edition)
        .filter(withdrawn_at__isnull=True, as_of__lte=today)
        .exclude(file="")
        .defer("content")
        .order_by("-as_of", "-version", "-pk")
    )
    newest = {
        key: next((one for one in ready if one.kind == document.kind), None) for key, document in documents.items()
    }
    return [
        MinistryDocument(key, document, one := newest[key], one is not None and one.as_of == today)
        for key, document in documents.items()
    ]


def _find_last_updates(
    user: User, ministry: Ministry
) -> list[tuple[UpdateVersion, ClaimedProgress | None, UpdateDecision | CommitmentStatus]]:
    """Return the last updates from the ministry, newest first: the claim, and the decision or "With the embassy"."""
    versions = UpdateVersion.objects.visible_to(user).filter(has_subject("update__", ministry=ministry))
    last = versions.with_subject("decision").order_by("-recorded_at", "-pk")[:MAX_UPDATES]
    return [
        (
            row,
            row.progress,
            UpdateDecision(row.decision.decision) if hasattr(row, "decision") else CommitmentStatus.WITH_EMBASSY,
        )
        for row in last
    ]
