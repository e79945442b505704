"""The same row entered twice at the same moment is saved once and refused once."""

from datetime import date

from tests.concurrent_writes import run_simultaneously
from tests.factories import AdministratorFactory, CountryFactory
from tiptracker import clock
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.choices import Paper, Role
from tiptracker.onboarding.actions.countries import add_country
from tiptracker.onboarding.actions.ministries import MinistryInput, add_ministries
from tiptracker.onboarding.actions.people import PersonInput, add_people

ZAMBIA = {"code": "ZMB", "name": "Zambia", "time_zone": "Africa/Lusaka", "currency": "ZMW", "paper": Paper.A4}
LINEO = PersonInput("Lineo", "lineo@post.example", Role.OFFICER, None, date(2099, 12, 31))


def test_a_country_added_twice_at_the_same_moment_is_added_once(fresh_database):
    administrator = AdministratorFactory()

    def write():
        add_country(**ZAMBIA, districts=[], by=administrator)

    assert run_simultaneously(write, write) == ["done", "already_set_up"]
    assert Country.objects.filter(code="ZMB").count() == 1


def test_ministries_added_twice_at_the_same_moment_are_added_once(fresh_database):
    administrator, country = AdministratorFactory(), CountryFactory()

    def write():
        add_ministries(
            country=country,
            ministries=[MinistryInput("Ministry of Health", "Health")],
            holders=(),
            day=date(2022, 1, 28),
            by=administrator,
        )

    assert run_simultaneously(write, write) == ["done", "taken"]
    assert Ministry.objects.count() == 1


def test_people_added_twice_at_the_same_moment_are_added_once(fresh_database):
    administrator, country = AdministratorFactory(), CountryFactory()

    def write():
        add_people(country=country, people=[LINEO], by=administrator, now=clock.now())

    assert run_simultaneously(write, write) == ["done", "taken"]
    assert User.objects.get_queryset().filter(email="lineo@post.example").count() == 1
