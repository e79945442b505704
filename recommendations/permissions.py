"""May this user do that to this row: one small function each, with its reason.

Whether an account may sign in at all is decided there; those that stand for the public record never may.
"""

from recommendations.models import Edition
from tiptracker.accounts.models import User
from tiptracker.words import Role


def can_edit_recommendations(user: User, edition: Edition) -> bool:
    """Officers of the country: what is asked, and how success is told, is the post's own daily work."""
    return user.role == Role.OFFICER and user.countries.filter(pk=edition.country_id).exists()
