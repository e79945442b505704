"""Dispose of an old edition: one person proposes it, an export is made, another person approves it.

Everything locks the country first, as a redaction does. So a hold that comes while a disposal runs waits, and is
refused; a disposal that comes after a hold is refused.
"""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.actions.duplicates import DuplicateRecord
from dialogues.actions.redactions import enqueue_redaction_file
from dialogues.models import (
    Disposal,
    DisposalCertificate,
    DisposalDecline,
    Redaction,
    RetentionHold,
    RetentionSchedule,
)
from recommendations.models import Edition
from reports.actions.blanking import blank_rows, close_certificate, lock_disposable_rows
from reports.models import Briefing
from reports.permissions import can_decide_on_disposal, can_manage_retention
from reports.retention.disposable_rows import DisposableRows, find_disposable_rows
from reports.retention.due_editions import find_due_date
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record, record_all
from tiptracker.audit.models import AuditEntry
from tiptracker.audit.verbs import VERBS_CHANGING_NO_PAGE
from tiptracker.backups.models import PostExport
from tiptracker.errors import Refused
from tiptracker.infrastructure.file_writes import delete_files
from tiptracker.jobs.models import OPEN_STATES
from tiptracker.localization import format_date, gettext
from tiptracker.portable_post.exporting import EXPORT_WRITTEN
from tiptracker.validation import format_moment, insert_row, require_text


@transaction.atomic
def propose_disposal(*, edition: Edition, by: User, now: datetime) -> Disposal:
    """Propose to dispose of an edition under the schedule in force. Nothing changes yet.

    Raises PermissionDenied, Refused, DuplicateRecord.
    """
    if not can_manage_retention(by, edition.country):
        raise PermissionDenied
    lock_country(edition.country_id)
    refuse_disposed_of(edition)
    schedule = _require_due(edition, now.date())
    _refuse_held(edition)
    if earlier := Disposal.objects.filter(edition=edition).undecided().select_related("recorded_by").first():
        raise DuplicateRecord(
            gettext("%(person)s already proposed this on %(moment)s. A second person has to approve it.")
            % {"person": earlier.recorded_by, "moment": format_moment(earlier.recorded_at, now)},
            earlier,
        )
    disposal = insert_row(Disposal(edition=edition, schedule=schedule, recorded_at=now, recorded_by=by))
    after = {"edition": edition.year, "authority": schedule.authority, "years": schedule.years}
    record("disposal.proposed", by=by, row=disposal, country=edition.country_id, after=after)
    return disposal


@transaction.atomic
def decline_disposal(*, disposal: Disposal, reason: str, by: User, now: datetime) -> DisposalDecline:
    """Decline a disposal: keep the edition. Raises PermissionDenied, Refused."""
    _lock_for_decision(disposal, by, now)
    reason = require_text(reason, gettext("Give the reason for declining in a sentence."), field="reason")
    decline = insert_row(DisposalDecline(disposal=disposal, reason=reason, recorded_at=now, recorded_by=by))
    country = disposal.edition.country_id
    record("disposal.declined", by=by, row=disposal, country=country, after={"reason": decline.reason})
    return decline


def approve_disposal(*, disposal: Disposal, by: User, now: datetime) -> DisposalCertificate:
    """Approve a disposal and carry it out: blank the texts, in the log too, and destroy the files.

    Raises PermissionDenied, Refused. What could not be deleted now is deleted by the nightly housekeeping.
    """
    certificate, names = _carry_out(disposal, by, now)
    delete_files(names)
    return certificate


@transaction.atomic
def _carry_out(disposal: Disposal, by: User, now: datetime) -> tuple[DisposalCertificate, list[str]]:
    country = _lock_for_decision(disposal, by, now)
    edition = disposal.edition
    if _require_due(edition, now.date()) != disposal.schedule:
        raise Refused(
            "other_schedule",
            gettext("Another retention schedule is in force since the proposal. Decline it, and propose again."),
        )
    _refuse_held(edition)
    _refuse_work_under_way(edition)
    found = find_disposable_rows(edition)
    export = require_export(disposal, found)
    lock_disposable_rows(found)
    number = DisposalCertificate.objects.of_country(country).values_list("number", flat=True).first() or 0
    certificate = insert_row(
        DisposalCertificate(
            disposal=disposal, edition=edition, number=number + 1, export=export, recorded_at=now, recorded_by=by
        )
    )
    events, names = blank_rows(certificate, found, by=by, now=now)
    close_certificate(certificate, now)
    enqueue_redaction_file()
    record_all(events, by=by, country=country)
    after = {
        "certificate": certificate.label,
        "edition": edition.year,
        "authority": disposal.schedule.authority,
        "export_sha256": export.sha256,
        "rows_sha256": certificate.rows_sha256,
        "sha256": certificate.sha256,
    }
    record("disposal.approved", by=by, row=certificate, country=country, after=after)
    return certificate, names


def find_export(disposal: Disposal) -> PostExport | None:
    """Return the newest export that `export_post` made here after the proposal; None if there is none."""
    country = disposal.edition.country_id
    proposed = AuditEntry.objects.for_rows(disposal).filter(verb="disposal.proposed")
    proposed_at = proposed.values_list("number", flat=True).first() or 0
    written = AuditEntry.objects.filter(verb=EXPORT_WRITTEN, country=country, number__gt=proposed_at)
    made_here = [int(row) for row in written.values_list("row", flat=True)]
    exports = PostExport.objects.filter(country=country, pk__in=made_here, log_number__gte=proposed_at)
    return exports.order_by("-log_number").first()


def require_export(disposal: Disposal, found: DisposableRows) -> PostExport:
    """Return the export of `find_export`.

    Raises Refused, code "no_export", or "changed_since_export" if what is disposed of was changed after it.
    """
    country, export = disposal.edition.country_id, find_export(disposal)
    if export is None:
        raise Refused(
            "no_export",
            gettext(
                "Nobody exported the country after this proposal. Ask who runs the installation to run “manage.py "
                "export_post %(code)s” and to keep the archive. Then approve."
            )
            % {"code": disposal.edition.country.code},
        )
    later = AuditEntry.objects.filter(country=country, number__gt=export.log_number)
    changed = later.exclude(verb__in=VERBS_CHANGING_NO_PAGE).values_list("table", "row")
    if any(found.names(table, row) for table, row in changed.iterator()):
        raise Refused(
            "changed_since_export",
            gettext("The edition was changed after the export of %(moment)s. Export the country again, then approve.")
            % {"moment": format_date(export.made_at.date())},
        )
    return export


def lock_country(country: int) -> Country:
    """Lock a country until the transaction ends: nothing of it is held, redacted or disposed of meanwhile."""
    return Country.objects.select_for_update(no_key=True).get(pk=country)


def refuse_disposed_of(edition: Edition) -> None:
    """Refuse an edition that was disposed of."""
    certificate = DisposalCertificate.objects.filter(edition=edition).select_related("edition__country").first()
    if certificate:
        raise Refused(
            "disposed_of",
            gettext("This edition was disposed of on %(date)s under certificate %(number)s.")
            % {"date": format_date(certificate.recorded_at.date()), "number": certificate.label},
        )


def _require_due(edition: Edition, today: date) -> RetentionSchedule:
    """Return the schedule under which an edition is due. Raises Refused."""
    schedule = RetentionSchedule.objects.in_force(edition.country_id)
    if schedule is None or not schedule.authority:
        raise Refused(
            "no_authority",
            gettext(
                "The post’s retention schedule has no number of a disposition authority. Enter the schedule with its "
                "number first."
            ),
        )
    if find_due_date(edition, schedule, today) is None:
        raise Refused(
            "not_due",
            gettext("This edition has to be kept until %(date)s.")
            % {"date": format_date(schedule.last_day_kept(edition))},
        )
    if not Edition.objects.filter(country=edition.country_id, year__gt=edition.year).tracked().exists():
        raise Refused("no_successor", gettext("No later edition has recommendations yet. Keep the newest edition."))
    return schedule


def _refuse_held(edition: Edition) -> None:
    if hold := RetentionHold.objects.filter(edition=edition).in_force().select_related("recorded_by").first():
        raise Refused(
            "on_hold",
            gettext("%(person)s placed a hold on this edition on %(date)s. Release the hold first.")
            % {"person": hold.recorded_by, "date": format_date(hold.recorded_at.date())},
        )


def _refuse_work_under_way(edition: Edition) -> None:
    redactions = Redaction.objects.filter(country=edition.country_id)
    if redactions.undecided().exists() or redactions.unfinished().exists():
        raise Refused(
            "redaction_pending",
            gettext("A removal of personal data waits or is being carried out. Decide on it, then approve."),
        )
    if Briefing.objects.filter(edition=edition, job__state__in=OPEN_STATES).exists():
        raise Refused("briefing_under_way", gettext("A briefing of this edition is being made. Wait a minute."))


def _lock_for_decision(disposal: Disposal, by: User, now: datetime) -> Country:
    """Lock the country, and refuse whoever may not decide, and what was decided already."""
    if not can_decide_on_disposal(by, disposal):
        raise PermissionDenied
    country = lock_country(disposal.edition.country_id)
    refuse_disposed_of(disposal.edition)
    if decline := DisposalDecline.objects.filter(disposal=disposal).select_related("recorded_by").first():
        values = {"person": decline.recorded_by, "moment": format_moment(decline.recorded_at, now)}
        raise Refused("not_waiting", gettext("%(person)s already declined this proposal on %(moment)s.") % values)
    return country
