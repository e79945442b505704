"""Hold the log against its own hashes."""

from django.core.management.base import BaseCommand, CommandError

from tiptracker.audit.actions import verify
from tiptracker.audit.models import AuditEntry


class Command(BaseCommand):
    help = "Checks the whole audit log; names the first entry that was changed, is missing or was put in."

    def handle(self, **options: object) -> None:
        if fault := verify():
            raise CommandError(f"The log does not hold: {fault[1]}.", returncode=1)
        head = AuditEntry.objects.order_by("-number").first()
        if head is None:
            self.stdout.write("The log is empty.")
        else:
            self.stdout.write(f"The log holds: {head.number} entries, head {head.hash}.")
