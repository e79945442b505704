"""For what an administrator is: the whole installation, or the posts of single countries.

An administrator with countries is for the posts of these countries alone; one without is for the whole installation.
The rule is a part of each query, so that a change counts at once, also in queries that are built once for a role.
"""

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet

from tiptracker.choices import Role

if TYPE_CHECKING:
    from tiptracker.accounts.models import AnyUser


def posts_of(administrator: "AnyUser") -> QuerySet[Any]:
    """Return the rows that connect an administrator with the countries of their posts."""
    return get_user_model().countries.through.objects.filter(user=administrator.pk)


def is_for_installation(administrator: "AnyUser") -> Q:
    """Return the condition that an administrator is for the whole installation.

    It stands first in other conditions: the database works it out once for all rows, and then asks for no more.
    """
    return Q(~Exists(posts_of(administrator)))


def is_country_of(administrator: "AnyUser") -> Q:
    """Return the condition for the countries that an administrator sees."""
    return is_for_installation(administrator) | Q(Exists(posts_of(administrator).filter(country=OuterRef("pk"))))


def is_person_of(administrator: "AnyUser") -> Q:
    """Return the condition for the people whom an administrator sees: who works on one of the countries."""
    posts = posts_of(administrator).values("country")
    works_here = get_user_model().countries.through.objects.filter(country__in=posts).values("user")
    return is_for_installation(administrator) | Q(pk__in=works_here) | Q(ministry__country__in=posts)


def is_administered_by(administrator: "AnyUser") -> Q:
    """Return the condition for the people whose accounts an administrator looks after.

    For an administrator of posts, these work on the countries of the posts and on no other one, and are no
    administrators.
    """
    posts = posts_of(administrator).values("country")
    theirs = get_user_model().countries.through.objects.filter(user=OuterRef("pk"))
    works_here = Q(ministry=None) & Exists(theirs.filter(country__in=posts)) | Q(ministry__country__in=posts)
    works_elsewhere = Exists(theirs.exclude(country__in=posts))
    return is_for_installation(administrator) | works_here & ~works_elsewhere & ~Q(role=Role.ADMINISTRATOR)
