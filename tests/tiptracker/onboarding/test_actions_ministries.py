"""Ministries and their ministers: any number at once, all or none."""

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from tests.factories import (
    AdministratorFactory,
    CountryFactory,
    MinistryFactory,
    OfficeHolderFactory,
    OfficerFactory,
)
from tests.refusals import refuses
from tiptracker.accounts.models import Ministry, OfficeHolder
from tiptracker.audit.models import AuditEntry
from tiptracker.onboarding.actions.ministries import MinistryInput, OfficeHolderInput, add_ministries

pytestmark = pytest.mark.django_db

DAY = date(2022, 1, 28)
HEALTH, WORKS = MinistryInput("Ministry of Health", "Health"), MinistryInput("Ministry of Works", "Works")


def add_sample(*ministries, holders=(), country=None, by=None):
    return add_ministries(
        country=country or CountryFactory(),
        ministries=ministries,
        holders=holders,
        day=DAY,
        by=by or AdministratorFactory(),
    )


def test_several_ministries_are_added_at_once_each_with_who_holds_office():
    minister = OfficeHolderInput("Lineo", "", date(2021, 5, 1), "The gazette")

    health, works = add_sample(HEALTH._replace(holder=minister), WORKS)

    holder = OfficeHolder.objects.get()
    assert (holder.ministry, str(holder), holder.from_on, holder.source) == (
        health,
        "Lineo, Minister",
        date(2021, 5, 1),
        "The gazette",
    )
    entries = AuditEntry.objects.filter(verb="ministry.added").select_related("detail").order_by("number")
    assert [json.loads(each.detail.after) for each in entries] == [
        {
            "country": "Lesotho",
            "name": "Ministry of Health",
            "short_name": "Health",
            "office holder Lineo, Minister: name": "Lineo",
            "office holder Lineo, Minister: title": "Minister",
            "office holder Lineo, Minister: from_on": "2021-05-01",
            "office holder Lineo, Minister: source": "The gazette",
        },
        {"country": "Lesotho", "name": "Ministry of Works", "short_name": "Works"},
    ]
    assert {each.country for each in entries} == {health.country} == {works.country}


def test_office_without_holder_can_be_filled():
    ministry = MinistryFactory(short_name="Police")
    OfficeHolderFactory(ministry=ministry, name="The one before", until_on=date(2021, 12, 31))

    add_sample(holders=[(ministry, OfficeHolderInput("Lineo"))])

    assert [each.name for each in ministry.office_holders.filter(until_on=None)] == ["Lineo"]
    assert AuditEntry.objects.get().verb == "ministry.changed"


def test_office_with_holder_accepts_no_new_one():
    ministry = MinistryFactory()
    OfficeHolderFactory(ministry=ministry, name="Palesa", title="Minister")

    with refuses("office_filled", field="known-0-holder", sentence="Palesa, Minister holds this office."):
        add_sample(holders=[(ministry, OfficeHolderInput("Lineo"))])


@pytest.mark.parametrize(
    ("lines", "code", "field", "sentence"),
    [
        ([], "required", None, "Enter a ministry"),
        ([HEALTH, HEALTH], "taken", "new-1-name", "The ministry “Ministry of Health” already exists."),
        (
            [MinistryInput("Ministry of health affairs", "POLICE")],
            "taken",
            "new-0-short_name",
            "“Police” is the short name",
        ),
        ([WORKS, MinistryInput("", "Health")], "required", "new-1-name", "Enter the name of the ministry."),
        ([MinistryInput("Ministry of Health", "")], "required", "new-0-short_name", "Enter a short name"),
        ([MinistryInput("x" * 201, "Health")], "max_length", "new-0-name", "at most 200 characters"),
        ([HEALTH._replace(holder=OfficeHolderInput("x" * 201))], "max_length", "new-0-holder", ""),
        ([HEALTH._replace(holder=OfficeHolderInput("L", source="x" * 301))], "max_length", "new-0-source", ""),
    ],
)
def test_errors_are_shown_at_their_row_and_nothing_is_saved(lines, code, field, sentence):
    police = MinistryFactory(short_name="Police")

    with refuses(code, field=field, sentence=sentence):
        add_sample(*lines)

    assert list(Ministry.objects.all()) == [police]
    assert not OfficeHolder.objects.exists()
    assert not AuditEntry.objects.exists()


def test_another_countrys_ministry_gets_nobody():
    theirs = MinistryFactory(country=CountryFactory(elsewhere=True))

    with refuses("another_country", field="known-0-holder", sentence="This ministry belongs to another country."):
        add_sample(holders=[(theirs, OfficeHolderInput("Lineo"))], country=CountryFactory())


def test_only_administrators_put_down_ministries():
    with pytest.raises(PermissionDenied):
        add_sample(HEALTH, by=OfficerFactory())
