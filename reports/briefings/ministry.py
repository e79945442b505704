"""Build a ministry's page: what was agreed, what is due, what we have verified, what we still need.

The page is safe to hand over. It is read with the ministry's own access rights, so it contains nothing that the
ministry may not know.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Q

from dialogues.choices import CommitmentStatus, EvidenceDecision, SupportKind
from dialogues.models import EvidenceReview, UpdateVersion
from reports import sentences
from reports.briefings.commitments import GatheredCommitment, gather_commitments
from reports.briefings.contacts import list_office_holders
from reports.briefings.content.ministry import MinistryPage, NeededItem, VerifiedItem
from reports.briefings.newest_fact import newest_fact
from reports.briefings.reversal_sentences import GatheredReversals, gather_reversals
from reports.briefings.updates import gather_versions, newest_by_commitment
from reports.formatting import capitalize_first
from reports.reader_view import ReaderView
from reports.readiness.countable_facts import facts_known_by
from reports.readiness.gathering import gather_facts
from tiptracker.accounts.models import Ministry, User
from tiptracker.choices import ChoiceEnum, Marking, Role
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import format_date, format_short_date, gettext, gettext_noop, ngettext, pgettext_noop


@snapshot()
def build_ministry_page(view: ReaderView, ministry: Ministry) -> MinistryPage:
    """Return the page for one ministry, whoever asks for it."""
    view = replace(view, reader=User(role=Role.FOCAL_POINT, ministry=ministry))
    commitments = gather_commitments(view, {})
    versions = gather_versions(view, commitments)
    groups = {commitment.row.pk: _priority_group(commitment) for commitment in commitments}
    commitments.sort(key=lambda commitment: GROUP_ORDER.index(groups[commitment.row.pk]))
    reviews = _newest_reviews(view)
    known_facts = facts_known_by(gather_facts(view.edition), view.known_by)
    reversals = gather_reversals(view.reader, known_facts, view.as_of)
    done = tuple(_list_done(commitments, reversals))
    evidence = tuple(_list_verified_evidence(view, reviews, reversals))
    return MinistryPage(
        **view.header,
        marking=Marking.UNCLASSIFIED.label,
        title=ministry.name,
        subtitle=gettext("Trafficking in Persons Report, %(edition)s") % {"edition": view.header["edition"]},
        minister="; ".join(list_office_holders(ministry, view.as_of)),
        facts_up_to=newest_fact(view, known_facts),
        sentence=_summary_sentence(commitments, reversed_since=sum(bool(item.since) for item in done)),
        agreed=tuple(commitment.printed for commitment in commitments),
        verified=(*done, *evidence),
        needed=tuple(_list_needed(view, commitments, groups, newest_by_commitment(view, versions))),
        agreed_order=_order_sentence(groups.values()),
        verified_order=_verified_order_sentence(done, evidence),
        needed_order=_order_sentence(group for group in groups.values() if group in OPEN_GROUPS),
    )


class PriorityGroup(ChoiceEnum):
    """The groups of commitments in a list, in order: those that the ministry can act on come first."""

    OVERDUE = "overdue", gettext_noop("Overdue")
    RETURNED = "returned", pgettext_noop("commitments", "Returned")
    DUE = "due", gettext_noop("Due")
    UNDATED = "undated", gettext_noop("No date agreed")
    WITH_US = "with_us", gettext_noop("With the embassy")
    DONE = "done", gettext_noop("Verified done")
    WITHDRAWN = "withdrawn", gettext_noop("Withdrawn")


GROUP_ORDER = tuple(PriorityGroup)
STATUS_ORDER = (
    CommitmentStatus.VERIFIED,
    CommitmentStatus.WITH_EMBASSY,
    CommitmentStatus.REPORTED,
    CommitmentStatus.OPEN,
    CommitmentStatus.OVERDUE,
    CommitmentStatus.WITHDRAWN,
)
"""The order of the first sentence of a ministry's page: what was done comes first."""
OPEN_GROUPS = (PriorityGroup.OVERDUE, PriorityGroup.RETURNED, PriorityGroup.DUE, PriorityGroup.UNDATED)


def _priority_group(commitment: GatheredCommitment) -> PriorityGroup:
    match commitment.standing.status:
        case CommitmentStatus.VERIFIED:
            return PriorityGroup.DONE
        case CommitmentStatus.WITHDRAWN:
            return PriorityGroup.WITHDRAWN
        case CommitmentStatus.REPORTED | CommitmentStatus.WITH_EMBASSY:
            return PriorityGroup.WITH_US
        case CommitmentStatus.OVERDUE:
            return PriorityGroup.OVERDUE
    if commitment.standing.returned_on:
        return PriorityGroup.RETURNED
    return PriorityGroup.DUE if commitment.standing.due_on else PriorityGroup.UNDATED


def _order_sentence(groups: Iterable[PriorityGroup]) -> str:
    """Return the order of commitments in these groups; empty for at most one commitment."""
    present = list(groups)
    if len(present) < 2:
        return ""
    labels = [group.label for group in GROUP_ORDER if group in present]
    return gettext("Order: %(groups)s.") % {"groups": ", ".join(labels)}


def _verified_order_sentence(done: Sequence[VerifiedItem], evidence: Sequence[VerifiedItem]) -> str:
    """Return a sentence on the order of verified items; empty for at most one item."""
    if len(done) + len(evidence) < 2:
        return ""
    return gettext("Commitments done come first, then evidence.") if done and evidence else gettext("Newest first.")


def _newest_reviews(view: ReaderView) -> list[EvidenceReview]:
    """Return the newest review of each piece of the ministry's evidence and of each evidence link, oldest first.

    Only concrete actions and figures are included. A statement, or a finding that nothing was done, is no reason for
    thanks.
    """
    rows = (
        EvidenceReview.objects.visible_to(view.reader)
        .filter(view.recorded, evidence__happened_to__lte=view.as_of)
        .filter(Q(evidence__evidence_links__shows=SupportKind.ACTION) | Q(evidence__readings__figure__isnull=False))
        .select_related("evidence")
        .order_by("recorded_at", "pk")
        .distinct()
    )
    return list({(row.evidence_id, row.evidence_link_id): row for row in rows}.values())


def _list_done(commitments: Iterable[GatheredCommitment], reversals: GatheredReversals) -> Iterator[VerifiedItem]:
    """Yield the commitments that are done and verified, newest first, with what has reversed them since.

    One is left out if it was reversed by what the ministry may not read.
    """
    done = [commitment for commitment in commitments if commitment.standing.status is CommitmentStatus.VERIFIED]
    for commitment in sorted(done, key=lambda commitment: commitment.last_event_on, reverse=True):
        when = gettext("Done, verified on %(date)s") % {"date": format_short_date(commitment.last_event_on)}
        reversed_by = reversals.of_commitment(commitment.row.pk)
        since = reversals.describe_to(commitment.row.ministry_id, reversed_by)
        if since or not reversed_by:
            yield VerifiedItem(commitment.printed.text, when, since)


def _list_verified_evidence(
    view: ReaderView, reviews: Iterable[EvidenceReview], reversals: GatheredReversals
) -> Iterator[VerifiedItem]:
    """Yield the single pieces of evidence that are verified, newest first, with what has reversed them since.

    One is left out if it was reversed by what the ministry may not read.
    """
    newest = {row.evidence_id: row for row in reviews if row.decision == EvidenceDecision.VERIFIED}
    for row in sorted(newest.values(), key=lambda row: (row.recorded_at, row.pk), reverse=True):
        piece = row.evidence
        when = gettext("Happened: %(when)s. Verified on %(date)s") % {
            "when": sentences.describe_date_span(row.first_on or piece.happened_from, piece.happened_to),
            "date": format_short_date(view.day(row.recorded_at)),
        }
        reversed_by = reversals.of_evidence(piece.pk)
        since = reversals.describe_to(view.reader.ministry_id, reversed_by)
        if since or not reversed_by:
            yield VerifiedItem(piece.title, when, since)


def _list_needed(
    view: ReaderView,
    commitments: Iterable[GatheredCommitment],
    groups: Mapping[int, PriorityGroup],
    newest: Mapping[int, UpdateVersion],
) -> Iterator[NeededItem]:
    """Yield what the ministry can do next about each open commitment, most urgent first."""
    due = [
        commitment.standing.due_on
        for commitment in commitments
        if groups[commitment.row.pk] is PriorityGroup.DUE and commitment.standing.due_on
    ]
    soonest = min(due, default=None)
    for commitment in commitments:
        group, row = groups[commitment.row.pk], newest.get(commitment.row.pk)
        if group in OPEN_GROUPS:
            reason = _priority_reason(view, commitment, group, soonest)
            sentence = _request_sentence(commitment, row)
            if commitment.proof:
                agreed = gettext("Agreed proof: %(proof)s.") % {"proof": commitment.proof}
                sentence = f"{sentence} {agreed}"
            yield NeededItem(commitment.printed.text, sentence, reason)


def _priority_reason(
    view: ReaderView, commitment: GatheredCommitment, group: PriorityGroup, soonest: date | None
) -> str:
    """Return the reason for a commitment's group: "Overdue by 14 days", "Due soonest, in 3 days", "No date agreed"."""
    due_on, days = commitment.standing.due_on, commitment.standing.days_overdue
    if group is PriorityGroup.RETURNED and commitment.standing.returned_on:
        return gettext("Returned on %(date)s") % {"date": format_short_date(commitment.standing.returned_on)}
    if due_on is None:
        return gettext("No date agreed")
    if group is PriorityGroup.OVERDUE:
        return ngettext("Overdue by %(number)d day", "Overdue by %(number)d days", days) % {"number": days}
    if due_on == soonest:
        return gettext("Due soonest, %(when)s") % {"when": sentences.format_relative_date(due_on, view.as_of)}
    return capitalize_first(sentences.describe_due_date(due_on, view.as_of))


def _request_sentence(commitment: GatheredCommitment, newest: UpdateVersion | None) -> str:
    if newest is not None and commitment.standing.returned_on:
        return gettext("We returned your update on %(date)s. Please change: %(reason)s") % {
            "date": format_date(commitment.standing.returned_on),
            "reason": newest.decision.reason,
        }
    due_on = commitment.standing.due_on
    if due_on is None:
        return gettext("Please tell us by which date it will be done.")
    date_text = {"date": format_date(due_on)}
    if commitment.standing.status is CommitmentStatus.OVERDUE:
        return (
            gettext("It was due on %(date)s. Please send an update, or tell us by which date it will be done.")
            % date_text
        )
    return gettext("It is due on %(date)s. When it is done, please send an update with dates and proof.") % date_text


def _summary_sentence(commitments: list[GatheredCommitment], *, reversed_since: int) -> str:
    """Return how many commitments there are, and how many in each status, those that are done first.

    `reversed_since` of those that are done were reversed since, by what the ministry may read.
    """
    if not commitments:
        return gettext("We have not agreed on any commitment yet.")
    statuses = [commitment.standing.status for commitment in commitments]
    parts = sentences.count_statuses(STATUS_ORDER, statuses, reversed_since=reversed_since)
    return ngettext(
        "%(number)d commitment: %(statuses)s.", "%(number)d commitments: %(statuses)s.", len(commitments)
    ) % {"number": len(commitments), "statuses": ", ".join(parts)}
