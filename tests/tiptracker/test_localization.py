"""Sentences, dates and numbers in the language of the reader."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import engines
from django.test import override_settings
from django.utils.translation import override

from tests.pseudo_languages import LEFT_TO_RIGHT, RIGHT_TO_LEFT, pseudo_languages, pseudo_translate
from tiptracker.localization import (
    format_date,
    format_datetime,
    format_day_and_month,
    format_number,
    format_short_date,
    format_time,
    gettext,
    gettext_lazy,
    isolate,
    ngettext,
    once_per_language,
    one_language,
    pgettext,
    pgettext_lazy,
    pgettext_noop,
    record_language,
)

DAY = date(2021, 11, 8)
LANGUAGE_WITHOUT_FORMATS = "zu"


@pytest.fixture
def languages():
    with pseudo_languages():
        yield


@pytest.fixture
def zulu():
    """A language of which neither we nor Django know how it writes dates."""
    with (
        override_settings(LANGUAGES=[("en-gb", "English"), (LANGUAGE_WITHOUT_FORMATS, "isiZulu")]),
        override(LANGUAGE_WITHOUT_FORMATS),
    ):
        yield


def render(template: str, **context: object) -> str:
    return engines["django"].from_string(template).render(context)


# --- One word with several uses ---------------------------------------------------------------------------------------


def test_a_word_is_translated_by_its_context():
    assert pgettext("button", "Open") == gettext(pgettext_noop("step", "Open")) == gettext("Open") == "Open"
    with override("fr"):
        assert pgettext("button", "Open") == str(pgettext_lazy("button", "Open")) == "Ouvrir"
        assert gettext(pgettext_noop("step", "Open")) == "Ouverte"
        assert gettext("Open") == "Ouvert"


def test_a_word_without_a_translation_comes_without_its_context():
    with override("fr"):
        assert pgettext("button", "Xyzzy") == "Xyzzy"


# --- Values from right to left ----------------------------------------------------------------------------------------


def test_a_value_in_a_sentence_from_right_to_left_is_isolated(languages):
    with override(RIGHT_TO_LEFT):
        text = gettext("Ask %(name)s.") % {"name": "Exercise Officer"}
        lazy = str(gettext_lazy("Ask %(name)s."))

    assert text == pseudo_translate("Ask %(name)s.", RIGHT_TO_LEFT) % {"name": isolate("Exercise Officer")}
    assert lazy % {"name": "Exercise Officer"} == text


def test_a_value_beside_a_number_is_isolated(languages):
    with override(RIGHT_TO_LEFT):
        text = ngettext("%(number)d day for %(name)s", "%(number)d days for %(name)s", 2)

    assert isolate("Police") in text % {"number": 2, "name": "Police"}


@pytest.mark.parametrize("language", ["en-gb", LEFT_TO_RIGHT])
def test_nothing_is_added_to_a_sentence_from_left_to_right(languages, language):
    with override(language):
        text = gettext("Ask %(name)s.") % {"name": "Police"}
        page = render("{% blocktranslate %}Ask {{ name }}.{% endblocktranslate %}", name="Police")

    assert text == page
    assert isolate("Police") not in text


def test_an_address_within_a_tag_stays_as_it_is(languages):
    with override(RIGHT_TO_LEFT):
        text = gettext('Read <a href="%(url)s">%(title)s</a>.') % {"url": "/help/", "title": "Help"}
        page = render(
            '{% blocktranslate %}Read <a href="{{ url }}">{{ title }}</a>.{% endblocktranslate %}',
            url="/help/",
            title="Help",
        )

    assert text == page
    assert f'<a href="/help/">{isolate("Help")}</a>' in page


def test_a_page_isolates_the_values_of_its_sentences_and_escapes_them(languages):
    with override(RIGHT_TO_LEFT):
        page = render(
            "{% blocktranslate with who=name|upper %}Ask {{ who }} on {{ day }}.{% endblocktranslate %}",
            name="a<b",
            day="8 November",
        )

    assert f"Ask {isolate('A&lt;B')} on {isolate('8 November')}." in page


def test_a_page_isolates_values_in_the_plural_too(languages):
    template = "{% blocktranslate count number=2 %}{{ number }} of {{ name }}{% plural %}{{ number }} of {{ name }}s"

    with override(RIGHT_TO_LEFT):
        page = render(f"{template}{{% endblocktranslate %}}", name="Police")

    assert f"2 of {isolate('Police')}s" in page


# --- A language without formats of its own ----------------------------------------------------------------------------


def test_a_language_without_formats_writes_day_month_year(zulu):
    assert format_date(DAY) == "8 November 2021"
    assert format_short_date(DAY) == "8 Nov 2021"
    assert format_day_and_month(DAY) == "8 Nov"
    assert render("{{ day }}", day=DAY) == "8 November 2021"


def test_a_language_without_formats_has_a_clock_of_24_hours(zulu):
    afternoon = datetime.combine(DAY, time(15, 5))

    assert format_time(afternoon) == "15:05"
    assert format_datetime(afternoon) == "8 November 2021, 15:05"
    assert render("{{ at }}", at=afternoon) == "8 November 2021, 15:05"
    assert render('{{ at|date:"SHORT_DATETIME_FORMAT" }}', at=afternoon) == "8 Nov 2021, 15:05"


def test_a_language_without_formats_groups_thousands(zulu):
    assert format_number(Decimal("1250000.50")) == "1,250,000.5"


def test_a_language_without_formats_reads_the_day_before_the_month(zulu):
    assert forms.DateField().clean("08/11/2021") == DAY


def test_english_keeps_its_formats():
    with override("en-gb"):
        assert format_date(DAY) == "8 November 2021"
        assert format_number(Decimal(1250)) == "1,250"


def test_a_moment_is_formatted_in_its_own_zone_though_it_is_equal_in_others():
    evening = datetime(2021, 12, 31, 23, tzinfo=UTC)
    morning = evening.astimezone(ZoneInfo("Africa/Maseru"))

    assert evening == morning
    assert (format_date(evening), format_date(morning)) == ("31 December 2021", "1 January 2022")


def test_a_text_that_is_built_once_is_built_in_each_language(languages):
    built = []

    @once_per_language
    def name(number: int) -> str:
        built.append(number)
        return gettext("Recommendation %(number)s") % {"number": number}

    def names():
        return name(1), name(1), name(2)

    assert names() == ("Recommendation 1", "Recommendation 1", "Recommendation 2")
    with override(LEFT_TO_RIGHT):
        assert names()[0] == pseudo_translate("Recommendation %(number)s") % {"number": 1}
    assert names()[0] == "Recommendation 1"
    assert built == [1, 2, 1, 2]


# --- The language of many sentences -----------------------------------------------------------------------------------


def test_many_sentences_have_the_language_of_the_reader_except_those_of_the_record(languages):
    with override(LEFT_TO_RIGHT), one_language():
        own = gettext("Sign in again."), format_number(1250)
        with record_language():
            stored = gettext("Sign in again."), format_number(1250)
        own_again = gettext("Sign in again."), format_number(1250)

    assert own == own_again == (pseudo_translate("Sign in again.", LEFT_TO_RIGHT), own[1])
    assert stored == ("Sign in again.", "1,250")
    with override(LEFT_TO_RIGHT):
        assert gettext("Sign in again.") == own[0]
    assert gettext("Sign in again.") == stored[0]


def test_a_sentence_is_kept_in_the_language_that_was_looked_up(languages):
    """Whoever activates another language within changes nothing, and leaves no sentence of it for other readers."""
    with override(LEFT_TO_RIGHT), one_language(), override(RIGHT_TO_LEFT):
        found = gettext("Try again later."), ngettext("%(number)d day", "%(number)d days", 3)

    assert found == (
        pseudo_translate("Try again later.", LEFT_TO_RIGHT),
        pseudo_translate("%(number)d days", LEFT_TO_RIGHT),
    )


# --- French and Sesotho -----------------------------------------------------------------------------------------------


def test_french_dates_and_numbers():
    with override("fr"):
        assert format_date(DAY) == "8 novembre 2021"
        assert format_short_date(DAY) == "8 nov. 2021"
        assert format_day_and_month(date(2021, 7, 8)) == "8 juil."
        assert format_number(Decimal("12345.5")) == "12\N{NARROW NO-BREAK SPACE}345,5"
        assert format_datetime(datetime(2021, 11, 8, 9, 5, tzinfo=UTC)).endswith("09:05")


def test_french_says_premier_for_the_first_day_of_a_month():
    first = date(2021, 5, 1)
    with override("fr"):
        assert format_date(first) == render("{{ day|date }}", day=first) == "1er mai 2021"
        assert format_short_date(first) == "1er mai 2021"
        assert render("{{ at|date:'j F, H:i' }}", at=datetime(2021, 5, 1, 9, tzinfo=UTC)) == "1er mai, 09:00"
        assert format_date(date(2021, 5, 11)) == "11 mai 2021"
    assert format_date(first) == "1 May 2021"


def test_sesotho_dates_and_numbers_are_written_as_in_lesotho():
    with override("st"):
        assert format_short_date(DAY).startswith("8 ")
        assert format_number(Decimal("12345.5")) == "12,345.5"
        assert format_time(time(14, 30)) == "14:30"
