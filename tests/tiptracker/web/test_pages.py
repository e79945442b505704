"""The frame of every page: navigation, redirects and counts."""

import pytest
from django.urls import reverse

from dialogues.choices import EvidenceDecision
from dialogues.models import Evidence
from dialogues.permissions import can_review_evidence
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CountryFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    UpdateVersionFactory,
)

pytestmark = pytest.mark.django_db


def navigation(client, user):
    client.force_login(user)
    return {item.label: item.waiting for item in client.get(reverse("recommendation_list")).context["navigation"]}


def test_only_those_who_may_decide_have_tasks_in_the_navigation(client):
    BenchmarkFactory()
    for user, has_tasks in ((OfficerFactory(), True), (AmbassadorFactory(), True), (ObserverFactory(), False)):
        assert ("My tasks" in navigation(client, user)) is has_tasks


def test_my_tasks_counts_what_this_person_may_decide_on_or_verify(client):
    benchmark = BenchmarkFactory()
    officer, other = OfficerFactory(), OfficerFactory(email="other@example.com")
    EvidenceFactory(supports=[benchmark], recorded_by=officer)
    EvidenceFactory(supports=[benchmark], recorded_by=other)
    EvidenceFactory(supports=[benchmark], recorded_by=other, verified=True)
    EvidenceFactory(supports=[benchmark], country=CountryFactory(elsewhere=True))
    EvidenceFactory(recorded_by=other)  # supports nothing
    UpdateVersionFactory()
    UpdateVersionFactory(accepted=True)

    assert navigation(client, officer)["My tasks"] == 3  # the other's, the ministry's, and a benchmark to assess
    assert navigation(client, AmbassadorFactory())["My tasks"] == 2  # both officers'


def logged_evidence():
    """Evidence in all the ways it can wait or not, by whom it was recorded."""
    officer = OfficerFactory(email="logs@example.com")
    ambassador = AmbassadorFactory(email="head@example.com")
    ministry = FocalPointFactory(ministry=MinistryFactory())
    benchmark = BenchmarkFactory()
    rows = [EvidenceFactory(supports=[benchmark], recorded_by=by) for by in (officer, ambassador, ministry)]
    figure, no_data, looked_at, came_later = (EvidenceFactory(recorded_by=officer) for _ in range(4))
    ReadingFactory(evidence=figure, recorded_by=officer, indicator=IndicatorFactory())
    ReadingFactory(evidence=no_data, recorded_by=officer, figure=None)
    reading = ReadingFactory(evidence=looked_at, recorded_by=officer)
    EvidenceReviewFactory(evidence=looked_at, recorded_at=reading.recorded_at, decision=EvidenceDecision.REJECTED)
    EvidenceReviewFactory(evidence=came_later)
    ReadingFactory(evidence=came_later, recorded_by=officer)  # recorded after the review
    return officer, [*rows, figure, came_later]


def test_what_awaits_a_person_is_what_they_may_review():
    officer, waiting = logged_evidence()
    for user in (officer, OfficerFactory(), AmbassadorFactory(), ObserverFactory(), FocalPointFactory()):
        may = [row.pk for row in waiting if can_review_evidence(user, row)]
        assert sorted(Evidence.objects.visible_to(user).for_review_by(user).values_list("pk", flat=True)) == sorted(may)


@pytest.mark.parametrize(
    ("reader", "of_readiness", "of_the_log"),
    [
        (OfficerFactory, True, True),
        (ObserverFactory, True, False),
        (FocalPointFactory, False, False),
    ],
)
def test_the_footer_asks_for_no_names_and_has_the_disclaimer_for_readers_of_readiness(
    client, reader, of_readiness, of_the_log
):
    client.force_login(reader())

    foot = client.get(reverse("account_reauthenticate")).text.split("<footer")[1]

    assert "Never name or identify a victim." in foot
    assert "No victim is named" not in foot
    assert ("does not predict a tier" in foot) == of_readiness
    assert (f'<a href="{reverse("log_list")}">Activity log</a>' in foot) == of_the_log


def test_how_this_works_is_the_same_for_everyone_and_names_nobody(client):
    texts = set()
    for person in (OfficerFactory(), FocalPointFactory(ministry=MinistryFactory(name="Ministry of Police"))):
        client.force_login(person)
        page = client.get(reverse("how_this_works"))
        assert "This sample is an exercise. Nothing in it happened." in page.text
        texts.add(page.text.split("<main")[1].split("<h1>")[1].split("</main>")[0])

    assert len(texts) == 1
    assert "Ministry of Police" not in texts.pop()
