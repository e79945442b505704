"""May this user do that to this row: one small function each, with its reason.

Whether an account may sign in at all is decided there; those that stand for the public record never may.
"""

from recommendations.models import Edition, Indicator
from tiptracker.accounts.models import User
from tiptracker.choices import Role


def can_edit_recommendations(user: User, edition: Edition) -> bool:
    """Officers of the country: what is asked, and how success is told, is the post's own daily work."""
    return _is_officer_of(user, edition.country_id)


def can_set_reporting_ministry(user: User, indicator: Indicator) -> bool:
    """Officers of the country: whom the embassy asks for a figure is the embassy's own decision."""
    return _is_officer_of(user, indicator.country_id)


def _is_officer_of(user: User, country: int) -> bool:
    return user.role == Role.OFFICER and user.countries.filter(pk=country).exists()
