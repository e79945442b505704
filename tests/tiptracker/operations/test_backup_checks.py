"""The status says whether backups are made and proven, and why not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tiptracker.backups.models import Backup, BackupProof
from tiptracker.operations.backup_checks import check_backups
from tiptracker.operations.checks import CheckState

pytestmark = pytest.mark.django_db
OK, ATTENTION, FAILED = CheckState
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def destination(settings, tmp_path):
    settings.BACKUP_DESTINATION = str(tmp_path)
    return str(tmp_path)


def test_an_installation_without_backups_needs_attention(settings, now):
    settings.BACKUP_DESTINATION = ""
    assert check_backups(now).state is ATTENTION


def test_no_backup_yet_is_a_failure(destination, now):
    assert check_backups(now).state is FAILED


@pytest.mark.parametrize(
    ("made_ago", "proven_ago", "problem", "state"),
    [
        (HOUR, DAY, "", OK),
        (27 * HOUR, DAY, "", FAILED),
        (HOUR, 9 * DAY, "", ATTENTION),
        (HOUR, None, "The disk is full.", FAILED),
    ],
)
def test_state_follows_the_last_backup_and_its_proof(destination, made_ago, proven_ago, problem, state):
    now = timezone.now()
    Backup.objects.create(
        created_at=now - made_ago,
        destination=destination,
        name="tiptracker-1.tar",
        proven_at=now - proven_ago if proven_ago else None,
        proof=BackupProof.RESTORED if proven_ago else "",
        problem=problem,
    )
    result = check_backups(now)
    assert result.state is state
    assert result.next_step == problem or not problem


@pytest.mark.parametrize(("first_made_ago", "state"), [(HOUR, OK), (20 * HOUR, OK), (2 * DAY, ATTENTION)])
def test_on_the_first_day_nobody_has_to_do_anything_for_the_proof(destination, settings, now, first_made_ago, state):
    settings.OPERATED_BY = "compose"
    for number, ago in enumerate({HOUR, first_made_ago}):
        Backup.objects.create(created_at=now - ago, destination=destination, name=f"tiptracker-{number}.tar")

    result = check_backups(now)

    assert result.state is state
    assert ("need not do anything" in result.measured) == (state is OK)
    assert result.commands == (() if state is OK else ("docker compose logs worker | grep prove_backup",))


def test_without_a_backup_the_whole_command_is_shown(settings, now):
    settings.OPERATED_BY, settings.BACKUP_DESTINATION = "compose", "/mnt/our backups"

    assert check_backups(now).commands == ("docker compose exec worker python manage.py backup '/mnt/our backups'",)
