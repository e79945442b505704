"""`manage.py reset_second_factor EMAIL`: restore access if no administrator can sign in any more."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tiptracker.accounts import actions
from tiptracker.accounts.models import User


class Command(BaseCommand):
    help = (
        "Remove every second step of an account, end its sign-ins and tokens, and tell its person by mail. They set up "
        "a new second step at the next sign-in. For an account that no administrator can help."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **options: Any) -> None:
        person = User.objects.get_queryset().filter(email=email.strip().lower()).first()
        if person is None:
            raise CommandError(f"Nobody has an account under {email}.")
        actions.reset_second_factor(person=person)
        self.stdout.write(f"{person} sets up a new second step at the next sign-in, and is told by mail.")
