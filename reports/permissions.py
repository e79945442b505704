"""Permissions on readiness and briefings: one function each, with its reason."""

from dialogues.models import Disposal
from dialogues.permissions import can_redact
from recommendations.models import Edition
from reports.models import Briefing
from tiptracker.accounts.models import Country, User
from tiptracker.accounts.permissions import works_on
from tiptracker.choices import Role
from tiptracker.onboarding.permissions import can_set_up


def can_read_readiness(user: User, edition: Edition) -> bool:
    """Return whether the user has an embassy role for the country. Ministries may never read readiness."""
    return user.is_embassy and works_on(user, edition.country_id)


def can_request_briefing(user: User, edition: Edition) -> bool:
    """Return whether the user may request briefings on the edition: officers and the ambassador.

    A briefing is the post's document; observers read what the post has made.
    """
    return can_request_any_briefing(user) and can_read_readiness(user, edition)


def can_request_any_briefing(user: User) -> bool:
    """Return whether the user may request briefings at all, for use before the request's data is read."""
    return user.role in (Role.OFFICER, Role.AMBASSADOR)


def can_set_word_template(user: User, country: Country) -> bool:
    """Return whether the user may set the Word template of a post: administrators, as for all settings of a post."""
    return can_set_up(user, country.pk)


def can_download_briefing(user: User, briefing: Briefing) -> bool:
    """Return whether the user may download the briefing: embassy roles, including observers."""
    return can_read_readiness(user, briefing.edition)


def can_clear_briefing(user: User, briefing: Briefing) -> bool:
    """Return whether the user may clear the briefing: officers and the ambassador, but not its requester.

    Two people must see a document before it leaves the embassy. Nobody can clear a briefing that the tracker made by
    itself: one user has to request it, then another user clears it.
    """
    asked_for_by_another = briefing.requested_by_id not in (None, user.pk)
    return asked_for_by_another and can_request_briefing(user, briefing.edition)


def can_manage_retention(user: User, country: Country) -> bool:
    """Return whether the user may enter schedules and holds, and propose a disposal: those who may redact.

    Like a redaction, a disposal takes two people, and a small post has only one officer.
    """
    return can_redact(user, country)


def can_decide_on_disposal(user: User, disposal: Disposal) -> bool:
    """Return whether the user may approve or decline a disposal: as `can_manage_retention`, but never their own.

    A disposal can't be undone.
    """
    return disposal.recorded_by_id != user.pk and can_manage_retention(user, disposal.edition.country)
