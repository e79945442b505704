"""Recording when what was to happen by a milestone did."""

from datetime import date

import pytest
from django.urls import reverse

from recommendations.words import MilestoneKind
from tests.factories import EditionFactory, MilestoneFactory, OfficerFactory, RecommendationFactory
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return MilestoneFactory(kind=MilestoneKind.ACTION_PLAN, due_on=date(2021, 12, 28), edition=EditionFactory())


def test_a_missed_milestone_is_recorded_as_done_and_the_checks_fall_silent(client, plan):
    RecommendationFactory(edition=plan.edition)
    client.force_login(OfficerFactory())
    page = reverse("milestone_done", args=[plan.pk])
    sentence = "Action plan presented: due on 28 December 2021, and not recorded as done."

    checks = client.get(reverse("readiness_checks")).text
    assert sentence in checks
    assert page in checks
    assert page in client.get(reverse("dashboard")).text

    assert client.post(page, {"done_on": "2021-12-20", "source": "Diplomatic note 12"}).status_code == 302

    assert sentence not in client.get(reverse("readiness_checks")).text
    assert "done 20 Dec 2021" in client.get(reverse("dashboard")).text
    assert page not in client.get(reverse("dashboard")).text
    assert AuditEntry.objects.filter(verb="milestone.done").count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("done_on", "2022-01-29", "That day has not come yet. Give a day up to today, 28 January 2022."),
        ("source", "", "Fill this in."),
    ],
)
def test_a_milestone_recorded_wrongly_is_refused_beside_the_field_and_nothing_is_lost(
    client, plan, field, typed, sentence
):
    client.force_login(OfficerFactory())
    told = {"done_on": "2021-12-20", "source": "Diplomatic note 12"} | {field: typed}

    response = client.post(reverse("milestone_done", args=[plan.pk]), told)

    assert response.status_code == 422
    assert response.context["form"].errors[field] == [sentence]
    assert all(value in response.text for value in told.values())
    plan.refresh_from_db()
    assert plan.done_on is None


def test_a_day_that_comes_by_itself_has_no_page_to_record_it(client):
    deadline = MilestoneFactory(kind=MilestoneKind.DEADLINE)
    client.force_login(OfficerFactory())

    assert client.get(reverse("milestone_done", args=[deadline.pk])).status_code == 404
