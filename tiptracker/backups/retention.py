"""Decide which backups are kept, and when the next one is due. No Django here."""

from collections.abc import Collection, Hashable, Mapping
from datetime import datetime, timedelta

DAYS, WEEKS, MONTHS = 7, 5, 12
"""The newest backup of each of so many days, weeks and months is kept. Days without a backup do not count."""
LATE_AFTER = timedelta(hours=26)
"""A nightly backup that is older is late."""
PROOF_INTERVAL = timedelta(days=7)
UNPROVEN_AFTER = timedelta(days=8)
"""If the newest proof is older, the schedule did not prove the backups."""
RETRY_AFTER = timedelta(hours=20)
"""A proof that failed is tried again after this time."""


def list_expired(backups: Mapping[str, datetime], *, proven: Collection[str]) -> list[str]:
    """Return the names of backups to delete, oldest first: those that no rule keeps.

    The newest proven backup is always kept. Before the first proof, nothing is deleted.

    Args:
        backups: the moment at which each was made, in UTC, by name.
        proven: the names of those that were proven.
    """
    newest_first = sorted(backups, key=lambda name: (backups[name], name), reverse=True)
    newest_proven = next((name for name in newest_first if name in proven), None)
    if newest_proven is None:
        return []
    kept = {newest_proven}
    for period, most in ((_day, DAYS), (_week, WEEKS), (_month, MONTHS)):
        newest_of: dict[Hashable, str] = {}
        for name in newest_first:
            newest_of.setdefault(period(backups[name]), name)
        kept.update(list(newest_of.values())[:most])
    return [name for name in reversed(newest_first) if name not in kept]


def _day(moment: datetime) -> Hashable:
    return moment.date()


def _week(moment: datetime) -> Hashable:
    return moment.isocalendar()[:2]


def _month(moment: datetime) -> Hashable:
    return moment.year, moment.month


def is_backup_due(*, last_success: datetime | None, now: datetime) -> bool:
    """Return whether there is no backup yet of this day (UTC). So a missed or failed night is made up for."""
    return last_success is None or last_success.date() < now.date()


def is_proof_due(*, last_proof: datetime | None, last_try: datetime | None, now: datetime) -> bool:
    """Return whether the last proof is a week old, and the last try not of today."""
    is_old = last_proof is None or now - last_proof >= PROOF_INTERVAL
    return is_old and (last_try is None or now - last_try >= RETRY_AFTER)
