"""The frame of every page: navigation, redirects and counts."""

import re

import pytest
from django.urls import reverse

from dialogues.choices import EvidenceDecision
from dialogues.models import Evidence
from dialogues.permissions import can_review_evidence
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
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


def how_this_works(client, person):
    client.force_login(person)
    return client.get(reverse("how_this_works")).text.split("<main")[1].split("<h1>")[1].split("</main>")[0]


def test_how_this_works_is_the_same_for_all_ministries_and_names_nobody(client):
    police, justice = (MinistryFactory(name=f"Ministry of {name}") for name in ("Police", "Justice"))

    texts = {how_this_works(client, FocalPointFactory(ministry=ministry)) for ministry in (police, justice)}

    assert len(texts) == 1
    text = texts.pop()
    assert "This sample is an exercise. Nothing in it happened." in text
    assert "Use keyboard shortcuts in this browser" in text
    assert "Ministry of Police" not in text


@pytest.mark.parametrize(
    ("role", "step"),
    [
        (OfficerFactory, "press “Log progress”"),
        (AmbassadorFactory, "documents to clear"),
        (ObserverFactory, "You change nothing in the record."),
        (AdministratorFactory, "Invite people under People."),
    ],
)
def test_how_this_works_says_what_a_person_of_the_role_does(client, role, step):
    others = {"press “Log progress”", "documents to clear", "You change nothing in the record.", "Invite people"} - {
        step.removesuffix(" under People.")
    }

    text = how_this_works(client, role())

    assert step in text
    assert "Use keyboard shortcuts in this browser" in text
    assert [other for other in others if other in text] == []
    assert "Send an update" not in text  # the ministry's help
    foot = client.get(reverse("glossary")).text.split("<footer")[1]
    assert f'<a href="{reverse("how_this_works")}">How this works</a>' in foot


def trail(client, url):
    """The links above the heading, and the name of the page after them."""
    text = client.get(url).text.split('class="way-back"')[1].split("</nav>")[0]
    return [
        " ".join(part.split())
        for part in re.findall(r"<li[^>]*>\s*(?:<a[^>]*>)?(.*?)(?:</a>)?\s*</li>", text, re.DOTALL)
    ]


def test_the_links_above_the_heading_end_with_the_name_of_the_page(client):
    benchmark = BenchmarkFactory(recommendation__number=8)
    commitment = CommitmentFactory(text="Open a shelter & staff it")
    client.force_login(OfficerFactory())

    assert trail(client, reverse("commitment_detail", args=[commitment.pk])) == [
        "Commitments",
        "Open a shelter &amp; staff it",
    ]
    assert trail(client, reverse("commitment_reschedule", args=[commitment.pk])) == [
        "Commitments",
        "Open a shelter &amp; staff it",
        "Move the due date",
    ]
    assert trail(client, reverse("benchmark_assess", args=[benchmark.pk])) == [
        "Recommendations",
        "Recommendation 8",
        f"Assess benchmark {benchmark.key}",
    ]
