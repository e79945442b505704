"""Who sets up a post, and who sees how far that is."""

from tiptracker.accounts.models import User
from tiptracker.choices import Role


def can_set_up(user: User) -> bool:
    """Administrators: countries, ministries, editions and people are theirs, and no fact is."""
    return user.role == Role.ADMINISTRATOR


def can_follow_set_up(user: User) -> bool:
    """Whoever sets up, and the embassy for its own countries: some of the steps wait for an officer."""
    return can_set_up(user) or user.is_embassy
