"""May this user do that with what we conclude: one small function each, with its reason."""

from recommendations.models import Edition
from reports.models import Briefing
from tiptracker.accounts.models import User
from tiptracker.choices import Role


def can_read_readiness(user: User, edition: Edition) -> bool:
    """The embassy's roles, for their countries: how ready the record is, is never a ministry's to read."""
    return user.is_embassy and user.countries.filter(pk=edition.country_id).exists()


def can_request_briefing(user: User, edition: Edition) -> bool:
    """Officers and the ambassador: it is the post's document; an observer reads what the post has made."""
    return can_request_any_briefing(user) and can_read_readiness(user, edition)


def can_request_any_briefing(user: User) -> bool:
    """Those who may on some edition; asked before what they send is read."""
    return user.role in (Role.OFFICER, Role.AMBASSADOR)


def can_download_briefing(user: User, briefing: Briefing) -> bool:
    """The embassy's roles, observers too: they read what the embassy reads."""
    return can_read_readiness(user, briefing.edition)


def can_clear_briefing(user: User, briefing: Briefing) -> bool:
    """Officers and the ambassador, but nobody what they asked for themselves: four eyes before it leaves the house.

    What the tracker made by itself nobody clears: somebody takes it on by asking for it, then somebody else does.
    """
    asked_for_by_another = briefing.requested_by_id not in (None, user.pk)
    return asked_for_by_another and can_request_briefing(user, briefing.edition)
