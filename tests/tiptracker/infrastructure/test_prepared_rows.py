"""Rows of queries that are built once are those of the ORM, with their related and their prefetched rows."""

from datetime import date

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import F, Prefetch
from django.test.utils import CaptureQueriesContext

from dialogues.models import Commitment, CommitmentEvent, Evidence, EvidenceLink, EvidenceReview, UpdateVersion
from recommendations.models import Benchmark, Edition
from tests import factories
from tiptracker.infrastructure.prepared_rows import PreparedPrefetch, PreparedRows, is_one_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NO_ROW = 10**6


def test_related_rows_come_as_with_the_orm_also_those_that_do_not_exist():
    decided, waiting = factories.UpdateVersionFactory(), factories.UpdateVersionFactory()
    factories.UpdateVersionDecisionFactory(update_version=decided)

    def build(after):
        rows = UpdateVersion.objects.filter(pk__gt=after).annotate(following=F("number") + 1).order_by("-pk")
        return rows.select_related("update__commitment__ministry", "decision__recorded_by", "recorded_by")

    query = PreparedRows(build, after=int)
    query.rows(after=0)  # builds it, which asks the database nothing
    with CaptureQueriesContext(connection) as sent:
        found = query.rows(after=0)
        shown = [describe_version(row) for row in found]

    assert len(sent) == 1
    assert [row.pk for row in found] == [waiting.pk, decided.pk]
    assert [hasattr(row, "decision") for row in found] == [False, True]
    assert shown == [describe_version(row) for row in build(after=0)]
    assert query.rows(after=NO_ROW) == []


def describe_version(row):
    decision = getattr(row, "decision", None)
    return as_dict(row), as_dict(row.update.commitment.ministry), decision and as_dict(decision.recorded_by)


def test_prefetched_rows_come_as_with_the_orm_in_both_directions_of_a_foreign_key():
    evidence = [factories.EvidenceFactory() for _ in range(3)]
    links = [factories.EvidenceLinkFactory(evidence=row) for row in (*evidence[:2], evidence[0])]
    factories.EvidenceReviewFactory(evidence=evidence[1], evidence_link=links[1])

    def build(after):
        benchmarks = Benchmark.objects.select_related("recommendation").with_terms()
        links = EvidenceLink.objects.prefetch_related(Prefetch("benchmark", benchmarks))
        rows = Evidence.objects.filter(pk__gt=after).order_by("pk")
        return rows.prefetch_related(Prefetch("evidence_links", links), "reviews")

    def describe(row):
        links = [
            (link.pk, link.evidence is row, link.benchmark.key, [terms.pk for terms in link.benchmark.known_terms])
            for link in row.evidence_links.all()
        ]
        return row.pk, links, [review.pk for review in row.reviews.all()], bool(row.reviews.exists())

    query = PreparedRows(build, after=int)
    query.rows(after=0)
    with CaptureQueriesContext(connection) as sent:
        found = [describe(row) for row in query.rows(after=0)]

    assert len(sent) == 5  # evidence, links, benchmarks, their terms, reviews
    assert found == [describe(row) for row in build(after=0)]
    assert [len(links) for _, links, _, _ in found] == [2, 1, 0]


def test_prefetched_rows_that_somebody_narrows_stay_those_of_their_row_and_of_the_query():
    first, second = factories.EvidenceFactory(), factories.EvidenceFactory()
    own, other = (
        factories.EvidenceLinkFactory(evidence=row, shows=shows)
        for row, shows in ((first, "concrete_action"), (second, "concrete_action"))
    )
    plan = factories.EvidenceLinkFactory(evidence=first, shows="plan")

    def build(after):
        shown = EvidenceLink.objects.filter(shows="concrete_action")
        return Evidence.objects.filter(pk__gt=after).order_by("pk").prefetch_related(Prefetch("evidence_links", shown))

    found, _ = PreparedRows(build, after=int).rows(after=0)

    assert list(found.evidence_links.all()) == [own]
    assert list(found.evidence_links.filter(pk__in=[own.pk, plan.pk, other.pk])) == [own]
    assert list(found.evidence_links.all().order_by("pk")) == [own]
    assert found.evidence_links.first() == own


def test_rows_that_were_read_before_get_what_belongs_to_them():
    commitments = [factories.CommitmentFactory(), factories.CommitmentFactory()]
    events = CommitmentEvent.objects.select_related("recorded_by")
    query = PreparedPrefetch(Commitment, Prefetch("events", events))
    expected = [[event.pk for event in row.events.all()] for row in commitments]

    query.add(commitments)
    with CaptureQueriesContext(connection) as sent:
        found = [[(event.pk, event.recorded_by.name) for event in row.events.all()] for row in commitments]

    assert len(sent) == 0
    assert all(expected)
    assert [[key for key, _ in events] for events in found] == expected


@pytest.mark.parametrize("name", ["revised_by", "recorded_by__countries"])
def test_what_one_foreign_key_does_not_lead_to_is_no_prefetched_row(name):
    with pytest.raises((TypeError, FieldDoesNotExist)):
        PreparedRows(lambda: Evidence.objects.prefetch_related(name)).rows()


def test_a_list_of_keys_is_one_parameter():
    evidence = [factories.EvidenceFactory() for _ in range(3)]
    query = PreparedRows(
        lambda keys, day: Evidence.objects.filter(is_one_of("pk", keys), happened_to__lte=day).order_by("pk"),
        keys=list,
        day=date,
    )
    some = [evidence[2].pk, evidence[0].pk]

    assert query.rows(keys=some, day=date.max) == [evidence[0], evidence[2]]
    assert query.rows(keys=[], day=date.max) == []
    assert list(Evidence.objects.filter(is_one_of("pk", some)).order_by("pk")) == [evidence[0], evidence[2]]


def test_a_text_may_stand_within_a_longer_one():
    factories.EvidenceFactory(title="A court convicted two traffickers")
    other = factories.EvidenceFactory(title="A shelter opened")
    query = PreparedRows(
        lambda word: Evidence.objects.filter(title__contains=word).values_list("pk", "title"), word=str
    )

    assert query.rows(word="shelter") == [(other.pk, "A shelter opened")]
    assert query.rows(word="school") == []


def test_a_query_that_cannot_find_a_row_is_not_sent():
    factories.EvidenceFactory()
    query = PreparedRows(lambda after: Evidence.objects.filter(pk__gt=after).none(), after=int)
    with CaptureQueriesContext(connection) as sent:
        assert query.rows(after=0) == []

    assert len(sent) == 0


def test_a_parameter_that_the_query_does_not_have_is_a_mistake_unless_it_is_optional():
    def build(after, country):
        return EvidenceReview.objects.filter(pk__gt=after)

    with pytest.raises(ValueError, match="not in the query"):
        PreparedRows(build, after=int, country=int).rows(after=0, country=1)
    assert PreparedRows(build, optional=["country"], after=int, country=int).rows(after=0, country=1) == []


def test_an_instance_can_be_changed_and_saved():
    edition = factories.EditionFactory()
    (found,) = PreparedRows(lambda key: Edition.objects.filter(pk=key), key=int).rows(key=edition.pk)
    found.note = "Changed."
    found.save()

    edition.refresh_from_db()
    assert edition.note == "Changed."
    assert found.country == edition.country


def as_dict(row):
    return {name: value for name, value in vars(row).items() if name != "_state"} | {"is_new": row._state.adding}
