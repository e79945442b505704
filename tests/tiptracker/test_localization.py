"""Sentences, dates and numbers in the language of the reader."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django import forms
from django.template import engines
from django.test import override_settings
from django.utils.translation import override

from tiptracker.localization import (
    format_date,
    format_datetime,
    format_day_and_month,
    format_number,
    format_short_date,
    format_time,
)

DAY = date(2021, 11, 8)
LANGUAGE_WITHOUT_FORMATS = "st"


@pytest.fixture
def sesotho():
    """A language of which neither we nor Django know how it writes dates."""
    with (
        override_settings(LANGUAGES=[("en-gb", "English"), (LANGUAGE_WITHOUT_FORMATS, "Sesotho")]),
        override(LANGUAGE_WITHOUT_FORMATS),
    ):
        yield


def render(template: str, **context: object) -> str:
    return engines["django"].from_string(template).render(context)


# --- A language without formats of its own ----------------------------------------------------------------------------


def test_a_language_without_formats_writes_day_month_year(sesotho):
    assert format_date(DAY) == "8 November 2021"
    assert format_short_date(DAY) == "8 Nov 2021"
    assert format_day_and_month(DAY) == "8 Nov"
    assert render("{{ day }}", day=DAY) == "8 November 2021"


def test_a_language_without_formats_has_a_clock_of_24_hours(sesotho):
    afternoon = datetime.combine(DAY, time(15, 5))

    assert format_time(afternoon) == "15:05"
    assert format_datetime(afternoon) == "8 November 2021, 15:05"
    assert render("{{ at }}", at=afternoon) == "8 November 2021, 15:05"
    assert render('{{ at|date:"SHORT_DATETIME_FORMAT" }}', at=afternoon) == "8 Nov 2021, 15:05"


def test_a_language_without_formats_groups_thousands(sesotho):
    assert format_number(Decimal("1250000.50")) == "1,250,000.5"


def test_a_language_without_formats_reads_the_day_before_the_month(sesotho):
    assert forms.DateField().clean("08/11/2021") == DAY


def test_english_keeps_its_formats():
    with override("en-gb"):
        assert format_date(DAY) == "8 November 2021"
        assert format_number(Decimal(1250)) == "1,250"
