"""The header of each page about a row names the edition of the row for readers of several countries."""

import pytest
from django.db import transaction

from tests.factories import CountryFactory, EditionFactory, RecommendationFactory
from tests.security.access_requests import send_request
from tests.security.test_roles import RULES
from tests.transactions import outer_transaction

PAGES_WITHOUT_EDITION = (
    "person",
    "ministry_edit",
    "country_edit",
    "word_template",
    "setup",
    "edition_import",
    "import",
    "redaction",
    "log",
    "token",
    "history",
    "saved_filter",
    "mfa",
    "account",
    "invitation",
)
"""Pages that belong to no edition: accounts, setting up, the log, redactions, a person's saved filters."""

ROW_RULES = [
    line
    for line in RULES
    if line.method == "GET"
    and line.row != "-"
    and "-" not in line.route
    and not line.route.startswith(PAGES_WITHOUT_EDITION)
]


@pytest.fixture
def world_with_two_countries(world):
    """The officer follows a second country, whose name comes first in the alphabet."""
    with outer_transaction():
        first = CountryFactory(code="AND", name="Andorra", time_zone="Europe/Andorra")
        RecommendationFactory(edition=EditionFactory(country=first))
        world.people["officer"].countries.add(first)
        yield world
        transaction.set_rollback(True)


@pytest.mark.parametrize("line", ROW_RULES, ids=str)
def test_the_page_of_a_row_names_its_country_to_who_follows_several(world_with_two_countries, line):
    answer = send_request(world_with_two_countries, line, "officer")

    if answer.status == "200" and answer.context and "page_head" in answer.context:
        assert answer.context["page_head"].country == "Lesotho"
