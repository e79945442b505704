"""Find who receives a notice: the active people of the ministry it is about, or of the embassy."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q

from tiptracker import clock
from tiptracker.accounts.models import Country, User, UserQuerySet
from tiptracker.choices import Role
from tiptracker.notifications.choices import KIND_RULES, Audience, NoticeKind


class Recipient(NamedTuple):
    """A person who can be told, and since when (domain time) they have an account."""

    pk: int
    created_at: datetime


class CountryPeople(NamedTuple):
    """Everybody of a country who can be told: by role those of the embassy, by ministry its focal points."""

    embassy: Mapping[str, tuple[Recipient, ...]]
    focal_points: Mapping[int, tuple[Recipient, ...]]

    def receivers(self, kind: NoticeKind, ministry: int | None, named: int | None = None) -> list[Recipient]:
        """Return who receives a kind of notice. `named` is the person for whom it is, if it is for one person.

        What concerns no ministry, such as a commitment of the United States, goes to the officers instead of focal
        points. So does what is for a person who left. What changes the calendar of a named person is for that person
        alone.
        """
        match KIND_RULES[kind].audience:
            case Audience.INVITED if named is not None:
                groups = (*self.embassy.values(), *self.focal_points.values())
                return [person for people in groups for person in people if person.pk == named]
            case Audience.FOCAL_POINTS | Audience.INVITED if ministry is not None:
                return list(self.focal_points.get(ministry, ()))
            case Audience.OFFICERS_AND_AMBASSADORS | Audience.INVITED:
                return [*self._of_role(Role.OFFICER), *self._of_role(Role.AMBASSADOR)]
            case Audience.NAMED_PERSON if person := self._find(named):
                return [person]
            case Audience.AMBASSADORS:
                return self._of_role(Role.AMBASSADOR)
            case _:
                return self._of_role(Role.OFFICER)

    def _find(self, named: int | None) -> Recipient | None:
        return next((person for people in self.embassy.values() for person in people if person.pk == named), None)

    def _of_role(self, role: Role) -> list[Recipient]:
        return list(self.embassy.get(role, ()))


def find_open_accounts(today: date) -> UserQuerySet:
    """Return the people whose account is open on `today`. Nobody else is a recipient."""
    return User.objects.get_queryset().filter(
        Q(valid_until_on__isnull=True) | Q(valid_until_on__gte=today), is_active=True
    )


def find_people(country: Country, today: date) -> CountryPeople:
    """Return everybody of the country whose account is open on `today`. One query for each side."""
    open_accounts = find_open_accounts(today)
    embassy: dict[str, list[Recipient]] = defaultdict(list)
    for pk, role, created_at in (
        open_accounts.filter(countries=country, role__in=[Role.OFFICER, Role.AMBASSADOR])
        .order_by("pk")
        .values_list("pk", "role", "created_at")
    ):
        embassy[role].append(Recipient(pk, clock.to_domain_time(created_at)))
    focal_points: dict[int, list[Recipient]] = defaultdict(list)
    for pk, ministry, created_at in (
        open_accounts.filter(ministry__country=country).order_by("pk").values_list("pk", "ministry", "created_at")
    ):
        focal_points[ministry].append(Recipient(pk, clock.to_domain_time(created_at)))
    return CountryPeople(
        {role: tuple(people) for role, people in embassy.items()},
        {ministry: tuple(people) for ministry, people in focal_points.items()},
    )
