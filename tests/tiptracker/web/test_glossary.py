"""The page of the glossary, and the texts of its terms."""

import re

import pytest
from babel.messages.catalog import Catalog
from django.urls import reverse

from tests.factories import AdministratorFactory, FocalPointFactory, OfficerFactory
from tests.glossary_page import page_text
from tests.pseudo_languages import LEFT_TO_RIGHT, pseudo_languages, pseudo_translate
from tiptracker.languages.catalogues import catalogue_file, write_catalogue
from tiptracker.notifications.choices import DAYS_BEFORE, DAYS_OVERDUE, KIND_RULES, Audience
from tiptracker.web.glossary import read_glossary

TERMS = [term for section in read_glossary() for term in section.terms]


def test_each_term_has_a_place_of_its_own_and_plain_text():
    anchors = [anchored.anchor for anchored in (*read_glossary(), *TERMS)]

    assert len(set(anchors)) == len(anchors)
    assert all(anchors)
    assert [term.name for term in TERMS if re.search(r"[`*_|<>\[\]]", term.name + term.meaning)] == []
    assert [term.name for term in TERMS if not term.meaning.endswith((".", "”", ")"))] == []


@pytest.mark.django_db
@pytest.mark.parametrize("factory", [OfficerFactory, FocalPointFactory, AdministratorFactory])
def test_everybody_who_signed_in_reads_each_term_and_finds_the_page_from_any_other(client, factory):
    client.force_login(factory())

    page = client.get(reverse("glossary"))

    assert [term.name for term in TERMS if f'<dt id="{term.anchor}">' not in page.text] == []
    assert f'href="{reverse("glossary")}"' in client.get(reverse("token_list")).text


@pytest.mark.django_db
def test_a_focal_point_first_reads_the_words_of_the_ministrys_own_pages(client):
    client.force_login(FocalPointFactory())

    page = client.get(reverse("glossary")).text

    own, _, other = page.partition("<details")
    assert 'id="returned"' in own
    assert 'id="returned"' not in other
    assert 'id="indicator"' not in own
    assert 'id="indicator"' in other
    for section in read_glossary():
        for term in section.terms:
            assert page.count(f'id="{term.anchor}"') == 1


def test_a_reminder_has_the_days_that_the_settings_of_a_ministry_say():
    meaning = next(term.meaning for term in TERMS if term.name == "reminder")
    said = [int(number) for number in re.findall(r"\d+", meaning)]
    assert said == [*DAYS_BEFORE, *(days for kind, days in DAYS_OVERDUE.items() if _is_for_ministries(kind))]


def _is_for_ministries(kind):
    return KIND_RULES[kind].audience is Audience.FOCAL_POINTS


@pytest.mark.django_db
def test_a_translated_term_stands_beside_its_english_name(client):
    client.force_login(OfficerFactory(language=LEFT_TO_RIGHT))
    with pseudo_languages():
        text = client.get(reverse("glossary")).text

    assert f'{pseudo_translate("tracking period")} <span class="quiet" lang="en">(tracking period)</span>' in text


@pytest.mark.django_db
def test_in_english_a_term_has_one_name(client):
    client.force_login(OfficerFactory())

    assert "(tracking period)" not in client.get(reverse("glossary")).text


def test_the_glossary_for_developers_has_a_column_for_a_translated_language(tmp_path):
    file = catalogue_file("fr", tmp_path)
    file.parent.mkdir(parents=True)
    catalogue = Catalog(locale="fr", domain="django", fuzzy=False)
    catalogue.add("tracking period", "période de suivi")
    write_catalogue(file, catalogue)

    page = page_text(tmp_path)

    assert "| term | français | meaning |\n|---|---|---|" in page
    assert "| tracking period | période de suivi |" in page
