"""End the wait of an update version with its one decision: the embassy's, or its ministry's if that withdraws it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.actions.commitments import add_event, is_reported_done
from dialogues.actions.information_requests import lock_update_subject
from dialogues.choices import ClaimedProgress, CommitmentEventKind, UpdateDecision
from dialogues.models import Commitment, UpdateVersion, UpdateVersionDecision
from dialogues.models.updates import subject_field
from dialogues.permissions import can_withdraw_update
from recommendations.actions.readiness_jobs import enqueue_readiness
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.localization import gettext
from tiptracker.validation import EditConflict, format_moment, insert_row


@transaction.atomic
def withdraw_update(
    *, update_version: UpdateVersion, reason: str = "", by: User, now: datetime
) -> UpdateVersionDecision:
    """Withdraw an update version that waits. Text, figures and files stay in the record, and its claims end.

    A commitment claimed to be done becomes open or overdue again. The ministry may send the next version.

    Raises:
        PermissionDenied: if the user is not of the ministry that sent it.
        EditConflict: if the embassy has decided on it, or a colleague has withdrawn it.
    """
    if not can_withdraw_update(by, update_version):
        raise PermissionDenied
    locked, standing = lock_update_subject(update_version.update.subject, now)
    if decision := _find_decision(update_version):
        raise EditConflict(describe_refused_withdrawal(decision, now))
    reason = reason.strip()
    decision = write_decision(update_version, UpdateDecision.WITHDRAWN, reason, by, now)
    if (
        isinstance(locked, Commitment)
        and update_version.claimed == ClaimedProgress.DONE
        and is_reported_done(locked, now)
    ):
        add_event(
            locked,
            CommitmentEventKind.REPORT_WITHDRAWN,
            on=now.date(),
            reason=reason,
            update_version=update_version,
            by=by,
            now=now,
        )
    enqueue_readiness(locked.country_id)
    record(
        "update.withdrawn",
        by=by,
        row=update_version,
        country=locked.country_id,
        before={"status": standing.status},
        after={subject_field(locked): locked.pk, "reason": reason},
        ministries=[locked.ministry_id],
    )
    return decision


def describe_refused_withdrawal(decision: UpdateVersionDecision, now: datetime) -> str:
    """Return why a ministry can no longer withdraw an update. It reads no names of the embassy."""
    values = {"person": decision.recorded_by, "moment": format_moment(decision.recorded_at, now)}
    if decision.update_version.update.information_request_id:
        sentence = {
            UpdateDecision.ACCEPTED: gettext(
                "The embassy accepted this answer on %(moment)s. You can no longer withdraw it. If something in it is "
                "wrong, tell your contact person."
            ),
            UpdateDecision.RETURNED: gettext(
                "The embassy returned this answer on %(moment)s. You need not withdraw it. Correct it and send it "
                "again."
            ),
            UpdateDecision.WITHDRAWN: gettext("%(person)s withdrew this answer on %(moment)s."),
        }[UpdateDecision(decision.decision)]
        return sentence % values
    sentence = {
        UpdateDecision.ACCEPTED: gettext(
            "The embassy accepted this update on %(moment)s. You can no longer withdraw it. If something in it is "
            "wrong, tell your contact person."
        ),
        UpdateDecision.RETURNED: gettext(
            "The embassy returned this update on %(moment)s. You need not withdraw it. Correct it and send it again."
        ),
        UpdateDecision.WITHDRAWN: gettext("%(person)s withdrew this update on %(moment)s."),
    }[UpdateDecision(decision.decision)]
    return sentence % values


def refuse_decided(update_version: UpdateVersion, now: datetime) -> None:
    """Refuse a decision of the embassy on a version whose wait has ended, and say who ended it."""
    if decision := _find_decision(update_version):
        raise EditConflict(describe_earlier_decision(decision, now))


def describe_earlier_decision(decision: UpdateVersionDecision, now: datetime) -> str:
    """Return who ended the wait of a version before the reader's decision could be saved."""
    sentence = (
        {
            UpdateDecision.RETURNED: gettext(
                "%(person)s returned this answer on %(moment)s. Your decision was not saved."
            ),
            UpdateDecision.ACCEPTED: gettext(
                "%(person)s accepted this answer on %(moment)s. Your decision was not saved."
            ),
            UpdateDecision.WITHDRAWN: gettext(
                "%(person)s withdrew this answer for the ministry on %(moment)s. Your decision was not saved."
            ),
        }
        if decision.update_version.update.information_request_id
        else {
            UpdateDecision.RETURNED: gettext(
                "%(person)s returned this update on %(moment)s. Your decision was not saved."
            ),
            UpdateDecision.ACCEPTED: gettext(
                "%(person)s accepted this update on %(moment)s. Your decision was not saved."
            ),
            UpdateDecision.WITHDRAWN: gettext(
                "%(person)s withdrew this update for the ministry on %(moment)s. Your decision was not saved."
            ),
        }
    )[UpdateDecision(decision.decision)]
    return sentence % {"person": decision.recorded_by, "moment": format_moment(decision.recorded_at, now)}


def write_decision(
    update_version: UpdateVersion,
    decision: UpdateDecision,
    reason: str,
    by: User,
    now: datetime,
    *,
    parts: Mapping[str, Sequence[int]] | None = None,
) -> UpdateVersionDecision:
    """Write the one decision on a version. The caller has locked its commitment or request and checked that it waits.

    `parts` are, for a returned version, the numbers of the paragraphs of the reason, by the part of the form.
    """
    return insert_row(
        UpdateVersionDecision(
            update_version=update_version,
            decision=decision,
            reason=reason,
            parts=parts,
            recorded_at=now,
            recorded_by=by,
        )
    )


def _find_decision(update_version: UpdateVersion) -> UpdateVersionDecision | None:
    rows = UpdateVersionDecision.objects.filter(update_version=update_version)
    return rows.select_related("recorded_by", "update_version__update").first()
