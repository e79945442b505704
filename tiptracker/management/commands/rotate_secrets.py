"""`manage.py rotate_secrets`: encrypt the secrets again after a change of SECRET_KEY, so that the old key can go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tiptracker.accounts import secrets_at_rest


class Command(BaseCommand):
    help = (
        "Encrypt the secrets of all second steps again with SECRET_KEY. Put the former key in SECRET_KEY_FALLBACKS "
        "before, and take it out afterwards. Exits with 1, and names the accounts, if no key opens a second step. "
        "Example: manage.py rotate_secrets"
    )

    def handle(self, **options: Any) -> None:
        done = secrets_at_rest.rotate_secrets()
        self.stdout.write(f"Written with SECRET_KEY: {done.rotated}.")
        if done.unreadable:
            whose = ", ".join(person.email for person in done.unreadable)
            raise CommandError(
                f"No key opens the second steps of {whose}. Put the key they were made with in SECRET_KEY_FALLBACKS "
                "and run this again. If it is lost, an administrator removes their second steps, or "
                "`manage.py reset_second_factor EMAIL` does."
            )
        self.stdout.write("SECRET_KEY_FALLBACKS can be emptied. Whoever signed in before the change signs in again.")
