"""Who may set up a post, and who may see how far the set-up is."""

from django.core.exceptions import PermissionDenied

from tiptracker.accounts.models import User
from tiptracker.choices import Role


def can_set_up(user: User) -> bool:
    """Return whether the user may set up posts: only administrators may.

    They manage countries, ministries, editions and people, but no facts.
    """
    return user.role == Role.ADMINISTRATOR


def require_administrator(user: User) -> None:
    """Raise PermissionDenied unless the user may set up posts."""
    if not can_set_up(user):
        raise PermissionDenied


def can_follow_set_up(user: User) -> bool:
    """Return whether the user may see how far a set-up is: administrators, and embassy roles for their own countries.

    Some steps of the set-up need an officer.
    """
    return can_set_up(user) or user.is_embassy
