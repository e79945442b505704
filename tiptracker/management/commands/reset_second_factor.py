"""`manage.py reset_second_factor EMAIL`: restore access if no administrator can sign in any more."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tiptracker.accounts import actions
from tiptracker.accounts.models import User


class Command(BaseCommand):
    help = (
        "Remove every second step of an account that no administrator can help, and end its sessions and API tokens. "
        "Its owner gets a mail, and sets up a new second step at the next sign-in. Exits with 1 if the account is "
        "unknown. Example: manage.py reset_second_factor a.molapo@example.gov"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the e-mail address of the account")

    def handle(self, *, email: str, **options: Any) -> None:
        person = User.objects.get_queryset().filter(email=email.strip().lower()).first()
        if person is None:
            raise CommandError(f"No account has the address {email}.")
        actions.reset_second_factor(person=person)
        self.stdout.write(f"{person} gets an e-mail and sets up a new second step at the next sign-in.")
