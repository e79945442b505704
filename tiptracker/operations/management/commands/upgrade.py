"""`manage.py upgrade`: look for a backup, migrate the database, check the settings, and look at the status."""

import io
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser, SystemCheckError

from tiptracker import VERSION, clock
from tiptracker.backups.archive_format import parse_backup_name
from tiptracker.backups.destinations import parse_destination
from tiptracker.errors import Refused
from tiptracker.operations.checks import CheckState, run_checks
from tiptracker.operations.formatting import describe_duration
from tiptracker.operations.storage_checks import pending_migrations

NEWEST_BACKUP = timedelta(hours=1)
GO_BACK = (
    "Do not start the old version on this database. To go back, restore the backup with the old version: see “Upgrade” "
    "in docs/operating.md."
)


class Command(BaseCommand):
    help = (
        "Bring the database to this version: look for a new backup, apply the migrations, check the settings, and show "
        "the status. Stops at the first step that fails, exits with 1, and says what to do. "
        "Example: manage.py upgrade"
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-backup", action="store_true", help="look for no backup, because you keep one elsewhere"
        )

    def handle(self, *, without_backup: bool, **options: Any) -> None:
        self.stdout.write(f"Upgrade to version {VERSION}.")
        self._check_backup(without_backup=without_backup)
        self._migrate()
        self._check()
        self._show_status()

    def _check_backup(self, *, without_backup: bool) -> None:
        """Refuse to migrate unless the version that runs made a backup just now.

        This version cannot make it: it does not know the tables as they are before the migrations. And only the version
        that made a backup can restore it.
        """
        if without_backup:
            self.stdout.write("1. Backup: none was asked for.")
            return
        if not pending_migrations():
            self.stdout.write("1. Backup: none is needed, because no migration is missing.")
            return
        place = settings.BACKUP_DESTINATION
        newest, made_at = self._find_newest_backup(place)
        age = clock.to_machine_time(clock.now()) - made_at if made_at else None
        if age is None or age > NEWEST_BACKUP:
            raise CommandError(
                f"There is no backup of the last hour at {place or 'BACKUP_DESTINATION, which is not set'}. "
                "Nothing was changed. Make one with the version that runs now: see “Upgrade” in docs/operating.md. "
                "Then run this command again, or add --without-backup if you keep the backup elsewhere.",
                returncode=1,
            )
        self.stdout.write(f"1. Backup: {newest}, made {describe_duration(age)} ago.")

    def _find_newest_backup(self, place: str) -> tuple[str, datetime | None]:
        if not place:
            return "", None
        try:
            names = parse_destination(place).destination.list_names()
        except Refused as refusal:
            raise CommandError(f"{refusal} Nothing was changed.", returncode=1) from refusal
        moments = {name: moment for name in names if (moment := parse_backup_name(name))}
        newest = max(moments, key=moments.__getitem__, default="")
        return newest, moments.get(newest)

    def _migrate(self) -> None:
        pending = pending_migrations()
        begun = monotonic()
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except Exception as error:
            left = pending_migrations()
            raise CommandError(
                f"Migration {left[0] if left else 'of the last step'} failed after {len(pending) - len(left)} of "
                f"{len(pending)}: {error}\nIf the message names a passing cause, such as a full disk, remove it and "
                f"run this command again: it goes on where it stopped. {GO_BACK}",
                returncode=1,
            ) from error
        self.stdout.write(f"2. Migrations applied: {len(pending)}, in {monotonic() - begun:.1f} seconds.")

    def _check(self) -> None:
        found = io.StringIO()
        try:
            call_command("check", deploy=True, databases=["default"], stdout=found, stderr=found)
        except SystemCheckError as error:
            raise CommandError(
                f"The settings have errors:\n{error}\nThe database is ready. Correct the settings, and run “manage.py "
                "upgrade --without-backup”.",
                returncode=1,
            ) from error
        warnings = [line for line in found.getvalue().splitlines() if line.startswith("?:")]
        self.stdout.write(f"3. Settings: no error; warnings: {len(warnings)}.")
        for warning in warnings:
            self.stdout.write(f"   {warning}")

    def _show_status(self) -> None:
        parts = run_checks(now=clock.to_machine_time(clock.now()))
        failed = [part for part in parts if part.result.state is CheckState.FAILED]
        wrong = [part for part in failed if part.check.judges_upgrade]
        if wrong:
            told = " ".join(
                " ".join([f"{part.label}:", part.result.measured, part.result.next_step, *part.result.commands])
                for part in wrong
            )
            raise CommandError(f"The database is migrated, but it has a fault. {told} {GO_BACK}", returncode=1)
        if failed:
            self.stdout.write(
                f"4. Status: the database is ready. Not working yet: {', '.join(part.label for part in failed)}. Start "
                "the new version, then run “manage.py status”."
            )
        else:
            self.stdout.write("4. Status: no part failed. Start the new version, then run “manage.py status”.")
