"""Queries that are built once give what the ORM gives, for any values of their parameters."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import F

from dialogues.models import Evidence, Reading
from recommendations.models import EditionTerms, Recommendation
from tests import factories
from tiptracker.infrastructure.prepared_query import PreparedQuery

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2021, 6, 1), date(2021, 12, 31)


def test_values_are_those_of_the_orm():
    evidence = factories.EvidenceFactory(happened_from=None, happened_to=LAST)
    factories.EvidenceFactory(happened_from=FIRST, happened_to=FIRST, revises=evidence)
    factories.ReadingFactory(figure=Decimal("1250.5"))
    factories.RecommendationFactory(indicia=[1, 7])
    columns = {
        Evidence: ("id", "recorded_at", "happened_from", "happened_to", "done_by", "revises_id"),
        Reading: ("id", "figure", "direction", "recorded_at", "through_on"),
        Recommendation: ("id", "indicia", "terms__is_retired"),
        EditionTerms: ("id", "readiness_target", "deadline_on"),
    }
    for model, names in columns.items():
        query = PreparedQuery(
            lambda after, model=model, names=names: model._default_manager.filter(pk__gt=after).values_list(*names),
            after=int,
        )
        expected = list(model._default_manager.values_list(*names))

        assert expected
        assert list(query.rows(after=0)) == expected
        assert list(map(repr, query.rows(after=0))) == list(map(repr, expected))
        assert list(query.rows(after=10**6)) == []
        assert query.columns(after=10**6) == []


def test_a_query_is_built_once_and_run_with_other_values():
    built = []
    evidence = [factories.EvidenceFactory(happened_from=day, happened_to=day) for day in (FIRST, LAST)]

    def build(country, first, last):
        built.append(1)
        between = Evidence.objects.filter(country=country, happened_to__gte=first, happened_to__lte=last)
        return between.order_by("pk").annotate(day=F("happened_to")).values_list("pk", "day")

    query = PreparedQuery(build, country=int, first=date, last=date)
    country = evidence[0].country_id

    assert list(query.rows(country=country, first=FIRST, last=FIRST)) == [(evidence[0].pk, FIRST)]
    assert list(query.rows(country=country, first=FIRST, last=LAST)) == [(row.pk, row.happened_to) for row in evidence]
    assert list(query.rows(country=country + 1, first=FIRST, last=LAST)) == []
    assert built == [1]


def test_a_parameter_that_the_query_does_not_have_is_a_mistake():
    def build(country, after):
        return Evidence.objects.filter(country=country).values_list("pk")

    query = PreparedQuery(build, country=int, after=int)

    with pytest.raises(ValueError, match="not in the query"):
        list(query.rows(country=1, after=2))
