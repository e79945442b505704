"""Who may set up a post, who may see how far the set-up is, and who may change an account.

An administrator with countries is for the posts of these countries alone; one without is for the whole installation.
"""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied

from tiptracker.accounts.models import Country, User
from tiptracker.accounts.permissions import administers, administers_installation
from tiptracker.choices import Role
from tiptracker.localization import gettext


def can_set_up(user: User, country: int | None = None) -> bool:
    """Return whether the user may set up posts: only administrators may, those of posts for their countries alone.

    They manage countries, ministries, editions and people, but no facts. With a `country` (id), the answer is for its
    post; without, it says only whether there may be such posts.
    """
    if user.role != Role.ADMINISTRATOR:
        return False
    return country is None or Country.objects.visible_to(user).filter(pk=country).exists()


def can_add_post(user: User) -> bool:
    """Return whether the user may add a country, which is for the administrators of the installation."""
    return administers_installation(user)


def can_appoint_administrators(user: User) -> bool:
    """Return whether the user may make somebody an administrator: those of the installation may."""
    return administers_installation(user)


def require_administrator(user: User, country: int | None = None) -> None:
    """Raise PermissionDenied unless the user may set up posts, or the post of this country (id)."""
    if not can_set_up(user, country):
        raise PermissionDenied


def require_account_administrator(user: User, person: User) -> None:
    """Raise PermissionDenied, with the reason, unless the user looks after the account of `person`, or it is their own.

    What administrators may not do to their own account is refused by each action.
    """
    if user.role != Role.ADMINISTRATOR:
        raise PermissionDenied
    if user != person and not administers(user, person):
        raise PermissionDenied(
            gettext(
                "You may not change the account of %(name)s. Administrators of the whole installation change accounts "
                "of administrators, and of people who also work on a country that is not yours."
            )
            % {"name": person}
        )


def can_give_access(user: User, role: Role, countries: Iterable[Country]) -> bool:
    """Return whether the user may give somebody this role for these countries.

    Administrators of posts may for their own countries alone, and may not appoint administrators.
    """
    if administers_installation(user):
        return True
    keys = {country.pk for country in countries}
    mine = set(Country.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
    return can_set_up(user) and role != Role.ADMINISTRATOR and keys == mine


def can_follow_set_up(user: User) -> bool:
    """Return whether the user may see how far a set-up is: administrators, and embassy roles for their own countries.

    Some steps of the set-up need an officer.
    """
    return can_set_up(user) or user.is_embassy
