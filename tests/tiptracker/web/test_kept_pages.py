"""A page in the cache, if the record changes while a request is on its way to it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from tests.factories import CountryFactory
from tiptracker.audit.record_version import RecordChange, read_version, renew_versions
from tiptracker.web.kept_pages import answer_kept, keep_value, record_version

pytestmark = [pytest.mark.django_db, pytest.mark.kept_pages]


@pytest.fixture
def country():
    return CountryFactory().pk


@pytest.fixture
def get_request(rf):
    def get():
        request = rf.get("/")
        request.user = AnonymousUser()
        request.session = type("Session", (dict,), {"modified": False})()
        return request

    return get


def test_no_part_of_a_page_is_older_than_the_version_with_which_it_is_kept(country, get_request):
    record = ["old"]

    def part(request):
        return keep_value(request, ["part"], [country], lambda: record[0])

    def page(request):
        return answer_kept(request, ["page"], [country], lambda: HttpResponse(part(request)))

    part(get_request())
    late = get_request()
    assert part(late) == "old"
    record[0] = "new"
    renew_versions([RecordChange("evidence.logged", country)])

    assert page(late).text == "new"
    assert page(get_request()).text == "new"
    assert record_version(late, [country]) == read_version([country])
