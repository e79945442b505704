"""Seven daily, five weekly and twelve monthly backups are kept, and always the newest proven one."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tiptracker.backups.retention import RETRY_AFTER, is_backup_due, is_proof_due, list_expired

BEGIN = datetime(2026, 1, 1, 0, 35, tzinfo=UTC)
MOMENTS = st.dictionaries(
    st.text("abcdef", min_size=4, max_size=6),
    st.integers(0, 900 * 24).map(lambda hours: BEGIN + timedelta(hours=hours)),
    max_size=60,
)


def kept(backups, *, proven):
    return sorted(set(backups) - set(list_expired(backups, proven=proven)), key=backups.get)


def run_nightly(days, *, proven_every=7):
    """Make and expire backups night by night. Returns those that are left, by name."""
    backups, proven = {}, set()
    for day in range(days):
        name = f"day {day}"
        backups[name] = BEGIN + timedelta(days=day)
        if day % proven_every == 0:
            proven.add(name)
        for expired in list_expired(backups, proven=proven):
            del backups[expired]
    return backups


def test_two_years_of_nights_leave_days_weeks_and_months():
    left = sorted(run_nightly(730).values())

    newest = BEGIN + timedelta(days=729)
    assert [newest - moment for moment in left[-7:]] == [timedelta(days=days) for days in range(6, -1, -1)]
    assert len({moment.isocalendar()[:2] for moment in left}) >= 5
    assert len({(moment.year, moment.month) for moment in left}) == 12
    assert 7 + 4 + 10 <= len(left) <= 7 + 5 + 12 + 1


def test_one_backup_an_hour_leaves_the_newest_of_each_day():
    backups = {f"{hour}": BEGIN + timedelta(hours=hour) for hour in range(24 * 10)}

    left = kept(backups, proven={"0"})

    assert [backups[name] for name in left[-2:]] == [
        max(moment for moment in backups.values() if moment.date() == day)
        for day in sorted({moment.date() for moment in backups.values()})[-2:]
    ]
    assert "0" in left


def test_a_proof_of_three_years_ago_is_kept_if_there_is_no_newer_one():
    backups = {f"day {day}": BEGIN + timedelta(days=day) for day in range(3 * 365)}

    assert "day 0" in kept(backups, proven={"day 0"})
    assert "day 0" not in kept(backups, proven={"day 0", "day 900"})
    assert "day 900" in kept(backups, proven={"day 0", "day 900"})


@given(MOMENTS, st.data())
def test_the_newest_and_the_newest_proven_backup_are_always_kept(backups, data):
    proven = set(data.draw(st.lists(st.sampled_from(sorted(backups)), max_size=5))) if backups else set()
    expired = list_expired(backups, proven=proven)

    assert set(expired) <= set(backups)
    if not proven:
        assert expired == []
        return
    left = set(backups) - set(expired)
    assert max(proven, key=lambda name: (backups[name], name)) in left
    assert max(backups.values()) in {backups[name] for name in left}
    assert len(left) <= 7 + 5 + 12 + 1


@given(MOMENTS)
def test_a_second_run_deletes_nothing_more(backups):
    proven = set(backups)
    left = {name: backups[name] for name in kept(backups, proven=proven)}

    assert list_expired(left, proven=proven & set(left)) == []


@given(MOMENTS)
def test_each_of_the_newest_seven_days_with_a_backup_keeps_one(backups):
    left = {backups[name].date() for name in kept(backups, proven=set(backups))}

    assert set(sorted({moment.date() for moment in backups.values()})[-7:]) <= left


def test_a_missed_night_is_made_up_for():
    night = datetime(2026, 3, 1, 0, 35, tzinfo=UTC)

    assert is_backup_due(last_success=None, now=night)
    assert not is_backup_due(last_success=night, now=night + timedelta(hours=23))
    assert is_backup_due(last_success=night, now=night + timedelta(hours=24))
    assert is_backup_due(last_success=night - timedelta(days=3), now=night + timedelta(hours=9))


def test_a_proof_is_due_each_week_and_after_a_failure_the_next_day():
    now = datetime(2026, 3, 1, 1, 35, tzinfo=UTC)
    week, hour = timedelta(days=7), timedelta(hours=1)

    assert is_proof_due(last_proof=None, last_try=None, now=now)
    assert not is_proof_due(last_proof=now - week + hour, last_try=now - week + hour, now=now)
    assert is_proof_due(last_proof=now - week, last_try=now - week, now=now)
    assert not is_proof_due(last_proof=None, last_try=now - hour, now=now)
    assert is_proof_due(last_proof=None, last_try=now - RETRY_AFTER, now=now)
