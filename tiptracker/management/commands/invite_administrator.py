"""`manage.py invite_administrator`: create the first account of an installation, which invites all others."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from tiptracker.accounts import actions, mail_links
from tiptracker.accounts.backend import default_valid_until, is_expired
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.choices import Role


class Command(BaseCommand):
    help = (
        "Make an administrator's account, for a year, and print the link by which its password is set. The link works "
        "once, for seven days; running this again for an account without a password prints a new one. If the last day "
        "of an administrator has passed, the account works for another year. Exits with 1 if the address is wrong or "
        "has an account that works, or if a country is unknown. Example: manage.py invite_administrator "
        "a.molapo@example.gov 'A. Molapo'"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the e-mail address to sign in with, such as a.molapo@example.gov")
        parser.add_argument("name", help="the person's name as others read it, in quotes if it has spaces")
        parser.add_argument(
            "--country",
            action="append",
            default=[],
            metavar="CODE",
            help="make an administrator for this country alone, such as LSO; may be repeated. Without it, the "
            "administrator is for the whole installation",
        )

    @transaction.atomic
    def handle(self, *, email: str, name: str, country: list[str], **options: Any) -> None:
        email = email.strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"“{email}” is no e-mail address.") from None
        countries = [_find_country(code) for code in country]
        person = User.objects.get_queryset().filter(email=email).first()
        if person:
            person = self._renew(person, countries)
        else:
            until = default_valid_until()
            person = User.objects.create_user(email, name=name, role=Role.ADMINISTRATOR, valid_until_on=until)
            person.countries.set(countries)
            posts = actions.snapshot_account(person).posts
            for post, role in sorted(posts.items(), key=lambda item: item[0].pk):
                record("person.role_given", by=None, row=person, country=post, after=role)
        if person.has_usable_password():
            self.stdout.write("Sign in with the password that you had. On the sign-in page, you can ask for a new one.")
            return
        record("person.invited", by=None, row=person)
        link = mail_links.password_link(person, mail_links.LinkPurpose.INVITATION)
        self.stdout.write(f"Open this link to set the password. It works once, for seven days:\n{link}")

    def _renew(self, person: User, countries: list[Country]) -> User:
        """Return an account that awaits its password, or that works again. Raises CommandError for any other."""
        if person.role != Role.ADMINISTRATOR:
            raise CommandError(f"{person.email} has an account already. Its role is {person.get_role_display()}.")
        if countries and set(countries) != set(person.countries.all()):
            raise CommandError(
                f"{person.email} has an account already, for other countries. An administrator of the whole "
                "installation changes them under “People”."
            )
        if not person.is_active:
            raise CommandError(
                f"The account of {person.email} is closed. Another administrator can open it. If there is none, create "
                "one with another address."
            )
        if is_expired(person):
            person = actions.renew_expired_account(person=person, until=default_valid_until())
            self.stdout.write(
                f"The account of {person.email} had expired. It works again until {person.valid_until_on}."
            )
        elif person.has_usable_password():
            raise CommandError(f"{person.email} has an account already, with a password.")
        return person


def _find_country(code: str) -> Country:
    country = Country.objects.filter(code=code.strip().upper()).first()
    if country is None:
        known = ", ".join(Country.objects.order_by("code").values_list("code", flat=True)) or "none"
        raise CommandError(f"There is no country with the code “{code}”. Countries: {known}.")
    return country
