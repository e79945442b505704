"""`manage.py upgrade`: make a backup, migrate the database, check the settings, and look at the status."""

import io
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser, SystemCheckError

from tiptracker import VERSION, clock
from tiptracker.operations.checks import CheckState, run_checks
from tiptracker.operations.storage_checks import pending_migrations

GO_BACK = (
    "Do not start the old version on this database. To go back, restore the backup with the old version: see “Upgrade” "
    "in docs/operating.md."
)


class Command(BaseCommand):
    help = (
        "Bring the database to this version: make a backup, apply the migrations, check the settings, and show the "
        "status. Stops at the first step that fails, exits with 1, and says what to do. "
        "Example: manage.py upgrade"
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-backup", action="store_true", help="make no backup, because you made one yourself"
        )

    def handle(self, *, without_backup: bool, **options: Any) -> None:
        self.stdout.write(f"Upgrade to version {VERSION}.")
        self._back_up(without_backup=without_backup)
        self._migrate()
        self._check()
        self._show_status()

    def _back_up(self, *, without_backup: bool) -> None:
        if without_backup:
            self.stdout.write("1. Backup: none was made, as you asked.")
            return
        destination = getattr(settings, "BACKUP_DESTINATION", "")
        if "backup" not in get_commands() or not destination:
            raise CommandError(
                "No backup was made, because no destination is set. Nothing was changed. Set BACKUP_DESTINATION, or "
                "make a backup yourself and run “manage.py upgrade --without-backup”.",
                returncode=1,
            )
        try:
            call_command("backup", destination, stdout=self.stdout, stderr=self.stderr)
        except Exception as error:
            raise CommandError(
                f"The backup failed, so nothing was changed: {error} Correct that, and run this command again.",
                returncode=1,
            ) from error
        self.stdout.write(f"1. Backup: it was made at {destination}.")

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
            told = " ".join(f"{part.label}: {part.result.measured} {part.result.next_step}" for part in wrong)
            raise CommandError(f"The database is migrated, but it has a fault. {told} {GO_BACK}", returncode=1)
        if failed:
            self.stdout.write(
                f"4. Status: the database is ready. Not working yet: {', '.join(part.label for part in failed)}. Start "
                "the new version, then run “manage.py status”."
            )
        else:
            self.stdout.write("4. Status: no part failed. Start the new version, then run “manage.py status”.")
