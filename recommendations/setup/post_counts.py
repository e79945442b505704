"""Count what each post has, from the database, for the five setup steps."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import chain
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q

from recommendations.models import Benchmark, Edition, EditionImport, EditionTerms
from recommendations.setup.steps import PostCounts
from tiptracker.accounts.models import Country, District, Ministry, OfficeHolder, User, in_office
from tiptracker.choices import MINISTRY_ROLES, Role

UNUSABLE_PASSWORD_PREFIX = "!"  # noqa: S105 -- how Django marks one that opens nothing
"""How the stored password begins for a user who was invited but has not set a password."""


def count_by_post(countries: Iterable[Country], *, reader: User, day: date) -> dict[int, PostCounts]:
    """Count what each of `countries` has, by key, as far as `reader` may see it.

    The number of queries does not grow with the number of countries.
    """
    counts: dict[int, dict[str, Any]] = {country.pk: {} for country in countries}
    for pk in Country.objects.filter(pk__in=counts).with_contact().values_list("pk", flat=True):
        counts[pk]["has_contact"] = True
    for row in chain(
        _count_districts(counts),
        _default_editions(counts, reader),
        _count_ministries(counts, reader, day),
        _count_embassy_users(counts),
    ):
        counts[row["country"]] |= {name: value for name, value in row.items() if name != "country"}
    return {pk: PostCounts(**values) for pk, values in counts.items()}


def _count_districts(countries: Collection[int]) -> Iterable[Mapping[str, Any]]:
    return District.objects.filter(country__in=countries).order_by().values("country").annotate(districts=Count("pk"))


def _default_editions(countries: Collection[int], reader: User) -> Iterable[Mapping[str, Any]]:
    """Return the newest edition of each country that has a deadline or recommendations, or else its newest edition."""
    checked = Benchmark.objects.filter(recommendation=OuterRef("recommendations"))
    waiting = EditionImport.objects.visible_to(reader).filter(edition=OuterRef("pk"), loaded_at=None)
    is_asked = Q(recommendations__is_retired=False)
    editions = (
        Edition.objects.visible_to(reader)
        .filter(country__in=countries)
        .annotate(
            has_deadline=Exists(EditionTerms.objects.filter(edition=OuterRef("pk"))),
            recommendation_count=Count("recommendations", filter=is_asked),
            with_benchmark=Count("recommendations", filter=is_asked & Q(Exists(checked))),
            has_draft_import=Exists(waiting),
        )
        .order_by("year")
        .values(
            "country",
            "has_deadline",
            "recommendation_count",
            "with_benchmark",
            "has_draft_import",
            edition=F("pk"),
            edition_year=F("year"),
        )
    )
    newest: dict[int, Mapping[str, Any]] = {}
    for edition in editions:
        earlier = newest.get(edition["country"])
        if earlier is None or _is_followed(edition) or not _is_followed(earlier):
            newest[edition["country"]] = edition
    return newest.values()


def _is_followed(edition: Mapping[str, Any]) -> bool:
    return bool(edition["has_deadline"] or edition["recommendation_count"])


def _count_ministries(countries: Collection[int], reader: User, day: date) -> Iterable[Mapping[str, Any]]:
    holders = in_office(OfficeHolder.objects, day).filter(ministry=OuterRef("pk"))
    focal_points = User.objects.get_queryset().filter(ministry=OuterRef("pk"), role__in=MINISTRY_ROLES, is_active=True)
    return (
        Ministry.objects.visible_to(reader)
        .filter(country__in=countries)
        .annotate(has_holder=Exists(holders), has_focal_point=Exists(focal_points))
        .order_by()
        .values("country")
        .annotate(
            ministries=Count("pk"),
            without_holder=Count("pk", filter=Q(has_holder=False)),
            without_focal_point=Count("pk", filter=Q(has_focal_point=False)),
        )
    )


def _count_embassy_users(countries: Collection[int]) -> Iterable[Mapping[str, Any]]:
    """Count the users who can verify the entries of others. Accounts that represent the public record don't count."""
    person = Q(users__is_active=True) & ~Q(users__email__endswith=".invalid")
    officer, ambassador = (person & Q(users__role=role) for role in (Role.OFFICER, Role.AMBASSADOR))
    has_come = ~Q(users__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    counted = {
        "officers": Count("users", filter=officer),
        "ambassadors": Count("users", filter=ambassador),
        "active_officers": Count("users", filter=officer & has_come),
        "active_people": Count("users", filter=(officer | ambassador) & has_come),
    }
    rows = Country.objects.filter(pk__in=countries).order_by().annotate(**counted)
    return [{"country": row["pk"]} | {name: row[name] for name in counted} for row in rows.values("pk", *counted)]
