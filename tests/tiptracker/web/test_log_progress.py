"""The button "Log progress" beside the navigation."""

import pytest

from recommendations.edition_context import edition_url
from tests.factories import AmbassadorFactory, FocalPointFactory, OfficerFactory, RecommendationFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("factory", "has_it"), [(OfficerFactory, True), (AmbassadorFactory, False)])
def test_an_officer_logs_progress_in_the_edition_of_the_page(client, factory, has_it):
    edition = RecommendationFactory().edition
    client.force_login(factory())

    page = client.get(edition_url(edition, "dashboard"))

    assert bool(page.context["log_progress_url"]) == has_it
    assert (f'<a class="usa-button" href="{edition_url(edition, "evidence_log")}">' in page.text) == has_it


def test_a_ministry_has_no_such_button(client):
    edition = RecommendationFactory().edition
    client.force_login(FocalPointFactory())

    assert not client.get(edition_url(edition, "ministry_home")).context["log_progress_url"]
