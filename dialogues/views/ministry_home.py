"""The focal point's first page: what the ministry must do, what the embassy has, and what is settled."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dialogues.choices import ClaimedProgress, CommitmentStatus, UpdateDecision
from dialogues.commitment_phrases import format_returned_on, format_status_detail
from dialogues.commitment_status import CommitmentStanding, standing_on
from dialogues.models import Commitment, Draft, DueDateProposal, Evidence, IndicatorTarget
from dialogues.views.drafts import DraftNote, describe_draft
from dialogues.views.due_date_notes import DueDateNote, describe_newest_proposal, find_proposing_url
from dialogues.views.ministry_requests import list_ministry_requests
from dialogues.views.next_action import describe_date_moved, reopened_on
from dialogues.views.page_context import CommitmentHeading
from dialogues.views.proof_rows import ProofRow, list_proofs
from dialogues.views.reminders import find_next_reminder
from dialogues.views.timeline import decision_on
from recommendations.edition_context import EditionRequest
from recommendations.kept_pages import keep_page
from recommendations.models import Benchmark, Edition
from tiptracker import clock
from tiptracker.accounts.models import User, find_contact
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.audit.append_only import DISPOSED
from tiptracker.localization import gettext, join_with_and, ngettext
from tiptracker.web.pages import render_page


@dataclass(frozen=True)
class MinistryCommitment:
    """A commitment as its ministry sees it: its status, the last update that it did not withdraw, and our answer.

    `has_sent` says whether the ministry ever sent an update on it. `is_withdrawn` says whether it withdrew the newest.
    `proposal` says what became of the due date that it proposed last. `propose_url` is the page to propose another one,
    if it can. `date_moved` says from when to when the embassy moved the due date since the last update. `benchmarks`
    says what the report asks. It is set once an update was accepted or the commitment was reopened. `recorded_since`
    names, for a reopened commitment, the evidence that was shared with the ministry since the answer to its last
    update. `reminded_on` is the day of the next mail about the due date. `proofs` is the agreed proof, and what came of
    it.
    """

    commitment: CommitmentHeading
    made_on: date
    standing: CommitmentStanding
    sent_on: date | None
    claimed: ClaimedProgress | None
    answer: UpdateDecision | None
    answered_at: datetime | None
    reason: str
    reopened_on: date | None
    draft: DraftNote | None
    has_sent: bool
    is_withdrawn: bool
    proposal: DueDateNote | None
    propose_url: str
    date_moved: str
    reminded_on: date | None
    benchmarks: Sequence[str] = ()
    recorded_since: Sequence[str] = ()
    proofs: Sequence[ProofRow] = ()

    @property
    def answered_on(self) -> date | None:
        """Return the day of the answer to the last update."""
        return timezone.localtime(self.answered_at).date() if self.answered_at else None

    @property
    def is_waiting(self) -> bool:
        """Return whether the embassy has an update to answer."""
        return self.standing.status is CommitmentStatus.WITH_EMBASSY

    @property
    def is_returned(self) -> bool:
        """Return whether the update was returned and not sent again yet."""
        return self.standing.returned_on is not None

    @property
    def is_accepted(self) -> bool:
        """Return whether the last update was accepted and there is more to do."""
        return self.answer is UpdateDecision.ACCEPTED and not self.is_settled and not self.reopened_on

    @property
    def is_settled(self) -> bool:
        """Return whether the embassy asks nothing more."""
        return self.standing.is_settled

    @property
    def status_text(self) -> str:
        """Return the status in words, such as "overdue by 12 days" or "with the embassy since 12 January 2022"."""
        return format_status_detail(self.standing)

    @property
    def returned_text(self) -> str:
        """Return the return in words, such as "returned on 13 January 2022"; empty if there was none."""
        return format_returned_on(self.standing.returned_on) if self.standing.returned_on else ""

    @property
    def claimed_text(self) -> str:
        """Return the ministry's claim in words, such as "Your update: Under way."; empty without an update."""
        return gettext("Your update: %(progress)s.") % {"progress": self.claimed.label} if self.claimed else ""

    @property
    def urgency(self) -> tuple[bool, date, int]:
        """Return the sort key: returned first, then by due date (so overdue early), and without a date last."""
        return not self.is_returned, self.standing.due_on or date.max, self.commitment.pk


_COMMITMENTS = VisibleRows[Commitment](
    lambda reader: (
        Commitment.objects.visible_to(reader)
        .exclude(text=DISPOSED)
        .select_related("ministry")
        .with_history()
        .order_by("pk")
    )
)

_PROPOSALS = VisibleRows[DueDateProposal](
    lambda reader: DueDateProposal.objects.visible_to(reader).select_related("decision")
)


def list_ministry_commitments(user: User, day: date) -> list[MinistryCommitment]:
    """Return the commitments that the focal point's ministry made by `day`, most urgent first."""
    commitments = _COMMITMENTS.find(user)
    drafts = {draft.commitment_id: draft for draft in Draft.objects.visible_to(user).select_related("saved_by")}
    proposals: dict[int, list[DueDateProposal]] = defaultdict(list)
    for proposal in _PROPOSALS.find(user):
        proposals[proposal.commitment_id].append(proposal)
    rows = (
        _ministry_commitment(commitment, day, user, drafts.get(commitment.pk), proposals[commitment.pk])
        for commitment in commitments
    )
    made = _with_benchmarks(sorted((row for row in rows if row), key=lambda row: row.urgency), user)
    made = _with_evidence_since(made, user)
    proofs = list_proofs(user, [row.commitment.pk for row in made if not row.is_settled], day)
    return [replace(row, proofs=proofs[row.commitment.pk]) for row in made]


def _ministry_commitment(
    commitment: Commitment, day: date, user: User, draft: Draft | None, proposals: Sequence[DueDateProposal]
) -> MinistryCommitment | None:
    events = commitment.events.all()
    sent = [update_version for update in commitment.updates.all() for update_version in update.versions.all()]
    if (standing := standing_on(events, sent, day, zone=ZoneInfo(commitment.country.time_zone))) is None:
        return None
    sent.sort(key=lambda update_version: (update_version.recorded_at, update_version.pk))
    last = next((version for version in reversed(sent) if version.withdrawn_at is None), None)
    decision = decision_on(last) if last else None
    return MinistryCommitment(
        commitment=CommitmentHeading.of(commitment),
        made_on=min(event.happened_on for event in events),
        standing=standing,
        sent_on=timezone.localtime(last.recorded_at).date() if last else None,
        claimed=ClaimedProgress(last.claimed) if last else None,
        answer=UpdateDecision(decision.decision) if decision else None,
        answered_at=decision.recorded_at if decision else None,
        reason=decision.reason if decision else "",
        reopened_on=reopened_on(events, last),
        draft=describe_draft(draft, commitment, user) if draft else None,
        has_sent=bool(sent),
        is_withdrawn=standing.withdrawn_on is not None,
        proposal=(proposal := describe_newest_proposal(commitment, proposals, standing)),
        propose_url=find_proposing_url(commitment, proposals),
        date_moved="" if proposal else describe_date_moved(events, sent[-1] if sent else None),
        reminded_on=find_next_reminder(commitment, sent, standing, day),
    )


def _with_benchmarks(rows: Sequence[MinistryCommitment], user: User) -> list[MinistryCommitment]:
    """Return the rows with what the report asks, where more is to be done after the embassy's answer. One query."""
    asked = [row.commitment.pk for row in rows if row.is_accepted or row.reopened_on]
    benchmarks = (
        Benchmark.objects.visible_to(user)
        .filter(commitment_links__commitment__in=asked, commitment_links__removed_in__isnull=True)
        .annotate(commitment=F("commitment_links__commitment"))
        .order_by("recommendation__number", "letter")
        .with_terms()
    )
    wordings: dict[int, list[str]] = defaultdict(list)
    benchmark: Any
    for benchmark in benchmarks if asked else ():
        wordings[benchmark.commitment].append(benchmark.wording)
    return [replace(row, benchmarks=wordings[row.commitment.pk]) for row in rows]


def _with_evidence_since(rows: Sequence[MinistryCommitment], user: User) -> list[MinistryCommitment]:
    """Return the rows with the shared evidence since the last answer, where one was reopened. One query if any was.

    The reason of the embassy is not for the ministry, but this evidence is, and it stands in the timeline too.
    """
    reopened = [row.commitment.pk for row in rows if row.reopened_on]
    shared = Evidence.objects.visible_to(user).current().filter(commitment__in=reopened, update_version=None)
    evidence = list(shared.order_by("recorded_at", "pk")) if reopened else []
    return [
        replace(
            row,
            recorded_since=[
                piece.title
                for piece in evidence
                if piece.commitment_id == row.commitment.pk and row.answered_at and piece.recorded_at > row.answered_at
            ],
        )
        if row.reopened_on
        else row
        for row in rows
    ]


def _list_agreed_targets(user: User, edition: Edition) -> list[IndicatorTarget]:
    """Return the annual targets in force that were agreed with the ministry, by indicator."""
    rows = IndicatorTarget.objects.visible_to(user).filter(edition=edition).in_force().select_related("indicator")
    return [row for row in rows.order_by("indicator__name") if not row.is_dropped]


def summarize_commitments(rows: Sequence[MinistryCommitment]) -> str:
    """Return how many commitments are in which state, such as "Of 5 commitments, 1 is overdue and 4 are open.".

    Each commitment counts once: if its update was returned, as returned, also if it is overdue.
    """
    counts = Counter(_state(row) for row in rows)
    if len(rows) == 1:
        return _SENTENCES_OF_ONE[next(iter(counts))]()
    clauses = [
        describe(counts[state]) % {"number": counts[state]} for state, describe in _CLAUSES.items() if counts[state]
    ]
    sentence = ngettext("Of %(number)d commitment, %(states)s.", "Of %(number)d commitments, %(states)s.", len(rows))
    return sentence % {"number": len(rows), "states": join_with_and(clauses)} if rows else ""


def _state(row: MinistryCommitment) -> str:
    if row.is_returned:
        return "returned"
    return row.standing.status.value


_CLAUSES: dict[str, Callable[[int], str]] = {
    CommitmentStatus.OVERDUE.value: lambda n: ngettext("%(number)d is overdue", "%(number)d are overdue", n),
    "returned": lambda n: ngettext("%(number)d has a returned update", "%(number)d have a returned update", n),
    CommitmentStatus.OPEN.value: lambda n: ngettext("%(number)d is open", "%(number)d are open", n),
    CommitmentStatus.WITH_EMBASSY.value: lambda n: ngettext(
        "%(number)d is with the embassy", "%(number)d are with the embassy", n
    ),
    CommitmentStatus.REPORTED.value: lambda n: ngettext(
        "%(number)d is reported as done", "%(number)d are reported as done", n
    ),
    CommitmentStatus.VERIFIED.value: lambda n: ngettext(
        "%(number)d is verified as done", "%(number)d are verified as done", n
    ),
    CommitmentStatus.WITHDRAWN.value: lambda n: ngettext("%(number)d was withdrawn", "%(number)d were withdrawn", n),
}
"""The clause of each state in the sentence on all commitments, for a number of them."""
_SENTENCES_OF_ONE: dict[str, Callable[[], str]] = {
    CommitmentStatus.OVERDUE.value: lambda: gettext("You have 1 commitment. It is overdue."),
    "returned": lambda: gettext("You have 1 commitment. We returned your update on it."),
    CommitmentStatus.OPEN.value: lambda: gettext("You have 1 commitment. It is open."),
    CommitmentStatus.WITH_EMBASSY.value: lambda: gettext("You have 1 commitment. It is with the embassy."),
    CommitmentStatus.REPORTED.value: lambda: gettext("You have 1 commitment. It is reported as done."),
    CommitmentStatus.VERIFIED.value: lambda: gettext("You have 1 commitment. It is verified as done."),
    CommitmentStatus.WITHDRAWN.value: lambda: gettext("You have 1 commitment. It was withdrawn."),
}


def _drafts(request: EditionRequest) -> tuple[object, ...]:
    """Return what the page shows and the log does not: drafts, which the page describes to who saved them."""
    drafts = list(Draft.objects.visible_to(request.user).order_by("pk").values_list("pk", "version", "saved_at"))
    return drafts, request.user.pk if drafts else None


@login_required
@require_GET
@keep_page(is_personal=False, besides=_drafts)
def ministry_home(request: EditionRequest) -> HttpResponse:
    """Show what the ministry must do, most urgent first; what it sent and waits for; and what is settled."""
    user = request.user
    if not user.is_ministry:
        raise PermissionDenied
    today = clock.today(request.edition.country.time_zone)
    rows, requests = list_ministry_commitments(user, today), list_ministry_requests(user, today)
    context = {
        "ministry": user.ministry,
        "summary": summarize_commitments(rows),
        "is_first_day": not any(row.has_sent for row in rows),
        "open": [row for row in rows if not row.is_settled and not row.is_waiting],
        "waiting": [row for row in rows if row.is_waiting and not row.is_settled],
        "settled": [row for row in rows if row.is_settled],
        "requests": [row for row in requests if not row.is_settled],
        "settled_requests": [row for row in requests if row.is_settled],
        "annual_targets": _list_agreed_targets(user, request.edition),
        "contact": find_contact(user.ministry.country_id) if user.ministry else None,
    }
    return render_page(request, "dialogues/ministry_home.html", context)
