"""Sentences of our scripts: each is listed, and pages in another language have its translation."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from tests.factories import OfficerFactory
from tests.pseudo_languages import LEFT_TO_RIGHT, pseudo_languages, pseudo_translate
from tiptracker.web.script_sentences import SCRIPT_SENTENCES

SCRIPTS = Path(settings.BASE_DIR, "tiptracker/web/frontend/js")


def test_the_sentences_of_the_scripts_are_those_of_the_list():
    used = {
        sentence
        for script in SCRIPTS.glob("*.js")
        if script.name != "sentences.js"
        for sentence in re.findall(r'gettext\(\s*"([^"]+)"', script.read_text())
    }

    assert used == set(SCRIPT_SENTENCES)


@pytest.mark.django_db
def test_a_page_holds_their_translations_unless_it_is_in_english(client):
    client.force_login(OfficerFactory(language=LEFT_TO_RIGHT))
    block = re.compile(r'<script id="sentences" type="application/json">(.*?)</script>')

    assert not block.search(client.get(reverse("token_list")).text)
    with pseudo_languages():
        found = block.search(client.get(reverse("token_list")).text)

    assert found
    assert json.loads(found[1]) == {sentence: pseudo_translate(sentence) for sentence in SCRIPT_SENTENCES}
