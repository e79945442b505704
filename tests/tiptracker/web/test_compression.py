"""Texts are sent compressed, files as they are."""

import gzip

import pytest
from django.urls import reverse

from tests.factories import BriefingFactory, ObserverFactory, RecommendationFactory

pytestmark = pytest.mark.django_db

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.mark.parametrize("address", ["/recommendations/", "/api/v1/recommendations/"])
def test_a_page_and_an_answer_of_the_api_are_compressed_for_who_can_read_that(client, address):
    for number in range(1, 9):
        RecommendationFactory(number=number, text="A text that is long enough to be worth it. " * 9)
    client.force_login(ObserverFactory())

    plain, small = client.get(address), client.get(address, headers=GZIP)

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert len(small.content) < len(plain.content) / 2
    assert "worth it." in gzip.decompress(small.content).decode()


def test_a_file_comes_as_it_is_with_its_length(client):
    briefing = BriefingFactory(pdf=b"%PDF-1.7 " + b"a" * 5000)
    client.force_login(ObserverFactory())

    response = client.get(reverse("briefing_file", args=[briefing.pk]), headers=GZIP)

    assert "Content-Encoding" not in response.headers
    assert int(response.headers["Content-Length"]) == len(b"".join(response.streaming_content))
