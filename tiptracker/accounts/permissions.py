"""On which countries a person works, whose accounts an administrator looks after, and who may know a name."""

from tiptracker.accounts.models import AnyUser, User
from tiptracker.choices import Role
from tiptracker.infrastructure.prepared_query import PreparedQuery

_COUNTRY_OF_USER = PreparedQuery(
    lambda user, country: User.countries.through.objects.filter(user=user, country=country).values_list("pk"),
    user=int,
    country=int,
)

_POSTS = PreparedQuery(
    lambda user: User.countries.through.objects.filter(user=user).values_list("pk")[:1],
    user=int,
)


def works_on(user: User, country: int) -> bool:
    """Return whether a person of an embassy works on a country (id)."""
    return bool(_COUNTRY_OF_USER.columns(user=user.pk, country=country))


def administers_installation(user: AnyUser) -> bool:
    """Return whether a person is an administrator of the whole installation, and not of single posts."""
    return user.is_authenticated and user.role == Role.ADMINISTRATOR and not _POSTS.columns(user=user.pk)


def administers(user: AnyUser, person: User) -> bool:
    """Return whether a person is an administrator who looks after the account of `person`."""
    return User.objects.get_queryset().administered_by(user).filter(pk=person.pk).exists()


def can_read_name(reader: User, *, sent_for: int | None) -> bool:
    """Return whether `reader` may see who recorded a row.

    The embassy may see it for every row, a ministry for rows that were sent for it.

    `sent_for` is the id of the ministry for which the row was sent, or None if the embassy recorded it. The ministry
    where the person works today does not count, because they may have worked elsewhere on the day of recording.
    """
    return reader.is_embassy or (sent_for is not None and sent_for == reader.ministry_id)
