"""Permission checks: one function for each action, with its reason.

Whether an account may sign in at all is checked elsewhere. Accounts that represent the public record can never sign in.
"""

from recommendations.models import Edition, Indicator
from tiptracker.accounts.models import Country, User
from tiptracker.accounts.permissions import works_on
from tiptracker.choices import Role
from tiptracker.onboarding.permissions import can_set_up


def can_edit_recommendations(user: User, edition: Edition) -> bool:
    """Allow officers of the country: recommendations and benchmarks are the post's own daily work."""
    return _is_officer_of(user, edition.country_id)


def can_add_department_year(user: User, edition: Edition) -> bool:
    """Allow officers of the country, and administrators, who open its editions: the dates follow from the law."""
    return can_edit_recommendations(user, edition) or can_set_up(user, edition.country_id)


def can_set_up_indicators(user: User, country: Country) -> bool:
    """Allow officers of the country: the post decides what it counts."""
    return _is_officer_of(user, country.pk)


def can_describe_indicator(user: User, indicator: Indicator) -> bool:
    """Allow officers of the country: they know what its figures include."""
    return _is_officer_of(user, indicator.country_id)


def can_set_reporting_ministry(user: User, indicator: Indicator) -> bool:
    """Allow officers of the country: the embassy decides which ministry it asks for a figure."""
    return _is_officer_of(user, indicator.country_id)


def _is_officer_of(user: User, country: int) -> bool:
    return user.role == Role.OFFICER and works_on(user, country)
