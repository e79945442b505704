"""The head of each page about a row names the edition of that row to somebody who follows several countries."""

import pytest
from django.db import transaction

from tests.factories import CountryFactory, EditionFactory, RecommendationFactory
from tests.security.access_requests import send_request
from tests.security.test_roles import LINES
from tests.transactions import outer_transaction

WITHOUT = (
    "person",
    "ministry_edit",
    "country_edit",
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

ABOUT_A_ROW = [
    line
    for line in LINES
    if line.method == "GET" and line.row != "-" and "-" not in line.route and not line.route.startswith(WITHOUT)
]


@pytest.fixture
def world_of_two(world):
    """The officer of the world's rows follows a second country too, whose name comes before in the alphabet."""
    with outer_transaction():
        first = CountryFactory(code="AND", name="Andorra", time_zone="Europe/Andorra")
        RecommendationFactory(edition=EditionFactory(country=first))
        world.people["officer"].countries.add(first)
        yield world
        transaction.set_rollback(True)


@pytest.mark.parametrize("line", ABOUT_A_ROW, ids=str)
def test_the_page_of_a_row_names_its_country_to_who_follows_several(world_of_two, line):
    answer = send_request(world_of_two, line, "officer")

    if answer.status == "200" and answer.context and "page_head" in answer.context:
        assert answer.context["page_head"]["country"] == "Lesotho"
