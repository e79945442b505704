"""The API of requests for information."""

from datetime import date

import pytest

from dialogues.choices import RequestEventKind
from tests.factories import (
    FocalPointFactory,
    IndicatorFactory,
    InformationRequestFactory,
    MinistryFactory,
    RequestEventFactory,
    RequestLineFactory,
    UpdateVersionFactory,
)

pytestmark = pytest.mark.django_db


def results(client, **query):
    response = client.get("/api/v1/requests/", query)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_a_request_says_what_is_known_of_each_line_and_what_was_corrected(client):
    police = MinistryFactory()
    client.force_login(FocalPointFactory(ministry=police))
    asked = InformationRequestFactory(
        ministry=police,
        lines=[IndicatorFactory(country=police.country), "The court list"],
        asked__due_on=date(2022, 2, 1),
    )
    figure, document = asked.lines.all()
    version = UpdateVersionFactory(
        update__information_request=asked, answers=[document], answers__none=[document], accepted=True
    )
    correction = RequestEventFactory(
        information_request=asked, kind=RequestEventKind.CORRECTED, happened_on=date(2022, 1, 12)
    )
    RequestLineFactory(information_request=asked, number=3, wording="A wrong list", removed_in=correction)
    InformationRequestFactory()

    (row,) = results(client, status="partly_answered", indicator=figure.indicator_id)

    assert (row["status"], row["due_on"], row["recorded_by"]) == ("partly_answered", "2022-02-01", "The embassy")
    assert [(line["number"], line["kind"], line["status"], line["update_version"]) for line in row["lines"]] == [
        (1, "figure", "asked", None),
        (2, "document", "none", version.pk),
    ]
    assert [event["kind"] for event in row["events"]] == ["asked", "corrected"]
    assert results(client, status="overdue") == []
    assert len(results(client, recorded_since="2022-01-12T00:00:00Z")) == 1
