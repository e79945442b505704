"""Let two administrators of a backup take responsibility for restoring it without a complete file of redactions."""

import getpass
import sys
from collections.abc import Callable

from allauth.mfa.models import Authenticator

from tiptracker.accounts.models import User
from tiptracker.accounts.one_time_codes import use_code
from tiptracker.errors import Refused
from tiptracker.localization import gettext


def ask_two_administrators(problem: Refused, *, say: Callable[[str], None]) -> tuple[User, User]:
    """Ask two administrators for e-mail address, password and one-time code, on a terminal.

    Their accounts are those of the backup. Raises Refused, code "not_confirmed".
    """
    if not sys.stdin.isatty():
        raise Refused(
            "not_confirmed",
            gettext("Two administrators have to confirm this at a terminal: run the command with a terminal (-it)."),
        )
    say(str(problem))
    say(
        gettext(
            "Without that file, words that were removed from the record after the backup come back. Two administrators "
            "whose accounts are in the backup may confirm that they restore it nevertheless. The log will name them."
        )
    )
    first = _ask(gettext("First administrator"))
    second = _ask(gettext("Second administrator"))
    if first.pk == second.pk:
        raise Refused("not_confirmed", gettext("Both are the same person. A second administrator has to confirm."))
    return first, second


def _ask(who: str) -> User:
    email = input(f"{who}, {gettext('e-mail address')}: ").strip()
    password = getpass.getpass(f"{gettext('Password')}: ")
    code = getpass.getpass(f"{gettext('One-time code')}: ").strip()
    return check_administrator(email=email, password=password, code=code)


def check_administrator(*, email: str, password: str, code: str) -> User:
    """Return the active administrator of the installation with this address, password and code. It uses up the code.

    Raises Refused, code "not_confirmed", without saying which of the three was wrong.
    """
    people = User.objects.get_queryset().of_installation().filter(is_active=True)
    person = people.filter(email__iexact=email).first()
    if person and person.check_password(password):
        steps = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk")
        if any(use_code(step, code) for step in steps):
            return person
    raise Refused(
        "not_confirmed",
        gettext("No administrator of the backup has this address, password and one-time code. Nothing was restored."),
    )
