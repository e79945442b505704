"""Gather the updates that ministries sent, version by version, with the embassy's decisions."""

from collections import defaultdict
from collections.abc import Iterable

from dialogues.choices import CommitmentStatus, UpdateDecision
from dialogues.models import Reading, UpdateVersion, UpdateVersionDecision
from reports import formatting
from reports.briefings.commitments import GatheredCommitment
from reports.briefings.content.ambassador import PrintedUpdate, PrintedUpdateVersion
from reports.briefings.evidence import EvidenceAnnex
from reports.reader_view import ReaderView
from tiptracker.localization import format_date, format_short_date, gettext

WAITING = "waiting"


def gather_versions(view: ReaderView, commitments: Iterable[GatheredCommitment]) -> list[UpdateVersion]:
    """Return the update versions sent on these commitments, by update, in the order in which they were sent."""
    return list(
        UpdateVersion.objects.visible_to(view.reader)
        .filter(
            view.recorded,
            happened_on__lte=view.as_of,
            update__commitment__in=[commitment.row.pk for commitment in commitments],
        )
        .select_related("update__commitment__ministry", "recorded_by", "decision__recorded_by")
        .order_by("update__commitment", "update__number", "number")
    )


def is_decided(view: ReaderView, row: UpdateVersion) -> bool:
    """Return whether the embassy's decision on this version was known."""
    return hasattr(row, "decision") and view.knows(row.decision.recorded_at)


def newest_by_commitment(view: ReaderView, versions: Iterable[UpdateVersion]) -> dict[int, UpdateVersion]:
    """Return the newest update version of each commitment, by the commitment's key.

    One that its ministry has withdrawn counts as never sent, as in the standing of the commitment.
    """
    sent = [row for row in versions if not (row.withdrawn_at and view.knows(row.withdrawn_at))]
    return {row.update.commitment_id or 0: row for row in sorted(sent, key=lambda row: (row.recorded_at, row.pk))}


def build_updates(
    view: ReaderView, versions: list[UpdateVersion], commitments: Iterable[GatheredCommitment], annex: EvidenceAnnex
) -> tuple[PrintedUpdate, ...]:
    """Return the updates by commitment, the most urgent commitment first."""
    figures: dict[int | None, list[str]] = defaultdict(list)
    for reading in (
        Reading.objects.visible_to(view.reader)
        .filter(view.recorded, update_version__in=versions)
        .select_related("indicator")
        .order_by("pk")
    ):
        figures[reading.update_version_id].append(
            gettext("%(indicator)s: %(figure)s, up to %(date)s")
            % {
                "indicator": reading.indicator.name,
                "figure": reading.display_value,
                "date": format_short_date(reading.through_on),
            }
        )
    sent: dict[int, dict[int, list[UpdateVersion]]] = defaultdict(lambda: defaultdict(list))
    for row in versions:
        sent[row.update.commitment_id or 0][row.update_id].append(row)
    return tuple(
        PrintedUpdate(
            commitment=commitment.printed.text,
            ministry=commitment.printed.ministry,
            towards=commitment.printed.towards,
            update_versions=tuple(_version(view, row, figures[row.pk], annex) for row in own),
        )
        for commitment in commitments
        for own in sent[commitment.row.pk].values()
    )


def _version(view: ReaderView, row: UpdateVersion, figures: list[str], annex: EvidenceAnnex) -> PrintedUpdateVersion:
    outcome, decision = WAITING, CommitmentStatus.WITH_EMBASSY.label
    if is_decided(view, row):
        outcome, decision = row.decision.decision, _describe_decision(view, row.decision)
    return PrintedUpdateVersion(
        sent=gettext("Sent by %(person)s, %(date)s")
        % {"person": row.sender, "date": format_date(view.day(row.recorded_at))},
        claims=formatting.lowercase_first(row.get_claimed_display()),
        narrative=row.narrative,
        figures=tuple(figures),
        evidence=annex.by_version.get(row.pk, ()),
        outcome=outcome,
        decision=decision,
    )


def _describe_decision(view: ReaderView, row: UpdateVersionDecision) -> str:
    """Return the decision on a version, who decided and when, and the reason."""
    values = {
        "person": row.recorded_by.name,
        "date": format_date(view.day(row.recorded_at)),
        "reason": row.reason,
    }
    if row.decision == UpdateDecision.RETURNED:
        return gettext("Returned by %(person)s, %(date)s. What to change: %(reason)s") % values
    if row.decision == UpdateDecision.WITHDRAWN:
        return (
            gettext("Withdrawn by %(person)s for the ministry, %(date)s. Reason: %(reason)s")
            if row.reason
            else gettext("Withdrawn by %(person)s for the ministry, %(date)s")
        ) % values
    if row.reason:
        return gettext("Accepted by %(person)s, %(date)s. Reason: %(reason)s") % values
    return gettext("Accepted by %(person)s, %(date)s") % values
