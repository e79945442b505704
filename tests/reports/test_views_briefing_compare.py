"""Compare two briefings of a kind."""

from datetime import date

import pytest
from django.urls import reverse

from reports.choices import BriefingKind
from reports.models import Briefing
from tests.factories import (
    AmbassadorFactory,
    BriefingFactory,
    CountryFactory,
    EditionFactory,
    MinistryFactory,
    RedactionFactory,
    ReviewerFactory,
    at_noon,
)

pytestmark = pytest.mark.django_db


def document_values(sentence, *evidence):
    return {
        "readiness": {"possible": sentence},
        "evidence": [
            {"what": what, "when": "8 Nov 2021", "state": "claimed", "review": "not reviewed"} for what in evidence
        ],
    }


@pytest.fixture
def edition():
    return EditionFactory()


@pytest.fixture
def reader(client):
    client.force_login(reader := AmbassadorFactory())
    return reader


def ready_briefing(edition, day, sentence="31 of 100 verified.", *evidence, **fields):
    return BriefingFactory(
        edition=edition,
        as_of=day,
        pdf=f"{day} {sentence}".encode(),
        content=document_values(sentence, *evidence),
        **fields,
    )


def get_comparison(client, briefing, **query):
    return client.get(reverse("briefing_compare", args=[briefing.pk]), query)


@pytest.mark.usefixtures("reader")
def test_differences_from_the_last_issued_briefing_are_shown(client, edition):
    ready_briefing(edition, date(2022, 1, 12), "A draft nobody cleared.")
    ready_briefing(edition, date(2022, 1, 10), "31 of 100 verified.", "A circular", issued=True)
    new = ready_briefing(edition, date(2022, 1, 28), "45 of 100 verified.", "A circular", "A budget line")

    text = get_comparison(client, new).content.decode()

    assert "31 of 100 verified." in text
    assert "45 of 100 verified." in text
    assert "A budget line" in text
    assert "A circular" not in text
    assert "3 differences" not in text
    assert "2 differences" in text


@pytest.mark.usefixtures("reader")
def test_a_reader_chooses_with_which_and_the_earlier_stands_first(client, edition):
    old = ready_briefing(edition, date(2022, 1, 10), "First.")
    new = ready_briefing(edition, date(2022, 1, 28), "Second.")

    answer = get_comparison(client, old, **{"with": new.pk})

    assert answer.context["before"] == old
    assert answer.context["after"] == new


@pytest.mark.usefixtures("reader")
def test_two_that_say_the_same_are_said_to(client, edition):
    ready_briefing(edition, date(2022, 1, 10))
    assert (
        "The two briefings have no differences."
        in get_comparison(client, ready_briefing(edition, date(2022, 1, 28))).content.decode()
    )


@pytest.mark.usefixtures("reader")
def test_a_briefing_that_stores_the_projected_score_by_its_former_name_is_compared(client, edition):
    readiness = {"sentence": "31 of 100 verified."}
    for day, stored in ((10, {"ceiling": "60"}), (12, {"projected": "60"}), (28, {"projected": "70"})):
        BriefingFactory(
            edition=edition,
            as_of=date(2022, 1, day),
            pdf=f"{day}".encode(),
            content={"readiness": readiness | stored},
        )
    former, same, higher = Briefing.objects.order_by("as_of")

    assert get_comparison(client, same, **{"with": former.pk}).context["count"] == 0
    assert get_comparison(client, higher, **{"with": former.pk}).context["count"] == 1


@pytest.mark.usefixtures("reader")
def test_only_those_of_its_kind_and_country_are_offered(client, edition):
    new = ready_briefing(edition, date(2022, 1, 28))
    ministry = MinistryFactory()
    page = ready_briefing(edition, date(2022, 1, 9), kind=BriefingKind.MINISTRY, ministry=ministry)
    theirs = ready_briefing(EditionFactory(country=CountryFactory(elsewhere=True)), date(2022, 1, 8))
    unmade = BriefingFactory(edition=edition, as_of=date(2022, 1, 7))

    for other in (page, theirs, unmade):
        answer = get_comparison(client, new, **{"with": other.pk})
        assert answer.status_code == 422 or "nothing to compare it with" in answer.content.decode()
        assert answer.context["others"] == []


@pytest.mark.usefixtures("reader")
def test_one_that_is_not_offered_is_refused_with_a_sentence(client, edition):
    ready_briefing(edition, date(2022, 1, 10))
    new = ready_briefing(edition, date(2022, 1, 28))

    answer = get_comparison(client, new, **{"with": "soon"})

    assert answer.status_code == 422
    assert "This briefing is not offered. Choose one from the list." in answer.content.decode()


@pytest.mark.usefixtures("reader")
def test_a_withdrawn_update_is_not_shown_any_more(client, edition):
    ready_briefing(edition, date(2022, 1, 10), "What must not be read.")
    gone = ready_briefing(edition, date(2022, 1, 28), issued=True)
    gone.file, gone.content = "", None
    gone.withdrawn_at, gone.withdrawn_by = at_noon(date(2022, 1, 29)), ReviewerFactory()
    gone.withdrawn_reason, gone.withdrawn_for = "It held a name.", RedactionFactory()
    gone.save()

    answer = get_comparison(client, gone)

    assert answer.status_code == 410
    assert "It held a name." in answer.content.decode()
