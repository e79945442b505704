"""The catalogues of translations: complete, with the placeholders and tags of their sentences, and compiled."""

import os
import re
import shutil
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings
from django.utils import translation

from tests.pseudo_languages import pseudo_translate
from tiptracker.languages.catalogues import (
    catalogue_file,
    compile_catalogues,
    is_compiled,
    list_catalogues,
    list_messages,
    measure_catalogue,
    read_catalogue,
    write_catalogue,
)
from tiptracker.languages.enabled import MINISTRY_LANGUAGES
from tiptracker.languages.faults import find_faults, find_message_faults, message_key
from tiptracker.languages.library_messages import MONTHS, list_library_messages
from tiptracker.management.commands.makemessages import extract_messages, keep_messages_of_code

PENDING: frozenset[str] = frozenset()
"""Languages whose catalogue is still being translated. Empty it when they are complete."""
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
needs_xgettext = pytest.mark.skipif(
    shutil.which("xgettext") is None and "CI" not in os.environ, reason="GNU gettext is not installed here."
)


def languages(codes):
    return [
        pytest.param(code, marks=pytest.mark.skip(reason="The catalogue is not complete yet."))
        if code in PENDING
        else code
        for code in codes
    ]


def translated_texts(message: Message) -> list[str]:
    """Return the translation of a message, in all its forms."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.fixture(scope="module")
def code_messages() -> Catalog:
    """Every sentence of the application, as xgettext finds it."""
    return extract_messages()


# --- Our catalogues ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_as_make_messages_writes_it(tmp_path, language):
    write_catalogue(tmp_path / "django.po", read_catalogue(catalogue_file(language)))

    assert (tmp_path / "django.po").read_text() == catalogue_file(language).read_text()


@needs_xgettext
@pytest.mark.parametrize("language", languages(set(LANGUAGES) - MINISTRY_LANGUAGES))
def test_a_language_translates_every_sentence_of_the_application(code_messages, language):
    assert find_faults(read_catalogue(catalogue_file(language)), list_messages(code_messages)) == []


@needs_xgettext
@pytest.mark.parametrize("language", languages(sorted(MINISTRY_LANGUAGES)))
def test_a_language_for_ministries_has_only_sentences_of_the_application(code_messages, language):
    """That it has all that ministries read is checked by tests/security/test_ministry_messages.py."""
    catalogue = read_catalogue(catalogue_file(language))
    known = {message_key(message): message for message in [*list_messages(code_messages), *list_library_messages()]}
    mine = {message_key(message) for message in list_messages(catalogue)}
    needed = [message for key, message in known.items() if key in mine] + list_library_messages()

    assert find_faults(catalogue, needed) == []


@pytest.mark.parametrize("file", list_catalogues(), ids=lambda file: file.parent.parent.name)
def test_a_catalogue_belongs_to_a_language_of_ours_and_is_compiled(file):
    assert file.parent.parent.name in LANGUAGES
    assert is_compiled(file)


SIGN_WITHOUT_ITS_SPACE = re.compile(r"(?<![\u00a0\u202f])[:;!?»](?=\s|$)|«(?![\u00a0\u202f])")


def test_french_has_a_space_that_does_not_break_at_each_sign_that_needs_one():
    messages = list_messages(read_catalogue(catalogue_file("fr")))
    texts = [text for message in messages for text in translated_texts(message)]

    assert len(texts) > 7000
    assert [text for text in texts if SIGN_WITHOUT_ITS_SPACE.search(re.sub(r"<[^<>]*>", "", text))] == []
    assert SIGN_WITHOUT_ITS_SPACE.search("Motif : le tribunal")
    assert not SIGN_WITHOUT_ITS_SPACE.search("Motif\N{NO-BREAK SPACE}: à 12:30")


@pytest.mark.parametrize("language", languages(sorted(MINISTRY_LANGUAGES)))
def test_the_months_are_named_in_the_language(language):
    with translation.override(language):
        assert [translation.gettext(month) for month in MONTHS] != list(MONTHS)


# --- What is found ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "translated", "fault"),
    [
        ("Due on %(date)s.", "Pour le %(date)s.", ""),
        ("Due on %(date)s.", "Pour le %(jour)s.", "placeholders"),
        ("Due on %(date)s.", "Pour bientôt.", "placeholders"),
        ("Added a benchmark of {country}", "Ajout pour {pays}", "placeholders"),
        ("100%% of it", "100% de cela", "placeholders"),
        ('See <a href="%(url)s">the page</a>.', 'Voir <a href="%(url)s">la page</a>.', ""),
        ('See <a href="%(url)s">the page</a>.', 'Voir <a href="%(url)s">la page.', "tags"),
        ('See <a href="%(url)s">the page</a>.', 'Voir <a class="x" href="%(url)s">la page</a>.', "tags"),
        ("Sign in.", "", "is not translated"),
        ("Sign in.\n", "Connectez-vous.", "line breaks"),
        (("%(n)d file", "%(n)d files"), ("%(n)d fichier", "%(n)d fichiers"), ""),
        (("One file", "%(n)d files"), ("Un fichier", "%(n)d fichiers"), ""),
        (("One file", "%(n)d files"), ("%(n)d fichier", "%(n)d fichiers"), ""),
        (("%(n)d file", "%(n)d files"), ("%(n)d fichier", "Des fichiers"), "placeholders"),
        (("%(n)d file", "%(n)d files"), ("%(n)d fichier", ""), "is not translated"),
        (("%(n)d file", "%(n)d files"), ("%(n)d fichier",), "1 plural forms, not 2"),
    ],
)
def test_a_translation_keeps_what_it_has_to_keep(source, translated, fault):
    found = list(find_message_faults(Message(source, translated), 2))

    assert bool(found) == bool(fault)
    assert all(fault in each for each in found)


def test_a_fuzzy_message_is_not_translated():
    assert list(find_message_faults(Message("Sign in.", "Connexion", flags=["fuzzy"]), 2)) == ["is marked as fuzzy"]


def pseudo_catalogue(code_messages: Catalog) -> Catalog:
    """Return a complete catalogue in a made-up translation, as if it were French."""
    catalogue = Catalog(locale="fr", domain="django", fuzzy=False)
    for message in list_messages(code_messages):
        forms = [message.id] if isinstance(message.id, str) else list(message.id)
        made_up = [pseudo_translate(form) for form in forms]
        catalogue.add(message.id, made_up[0] if len(made_up) == 1 else tuple(made_up), context=message.context)
    return catalogue


@needs_xgettext
def test_a_complete_catalogue_has_no_fault_and_each_planted_one_is_found(code_messages):
    needed = list_messages(code_messages)
    catalogue = pseudo_catalogue(code_messages)
    assert len(needed) > 7000
    assert find_faults(catalogue, needed) == []

    first, second, third = list_messages(catalogue)[:3]
    catalogue.delete(first.id)
    second.string = ""
    third.flags.add("fuzzy")
    catalogue.add("A sentence of long ago.", "Une phrase.")

    assert len(find_faults(catalogue, needed)) == 4


@needs_xgettext
def test_makemessages_drops_from_a_language_for_ministries_what_nobody_says(code_messages, tmp_path):
    sentence = str(next(message.id for message in list_messages(code_messages) if isinstance(message.id, str)))
    file = tmp_path / "st" / "LC_MESSAGES" / "django.po"
    file.parent.mkdir(parents=True)
    catalogue = Catalog(locale="st", domain="django", fuzzy=False)
    for text in (sentence, "January", "A sentence of long ago."):
        catalogue.add(text, f"{text} in Sesotho")
    write_catalogue(file, catalogue)

    keep_messages_of_code(file, code_messages)

    left = read_catalogue(file)
    assert {message.id for message in list_messages(left)} == {sentence, "January"}
    assert left.get("January").string == "January in Sesotho"


# --- Compiled files ---------------------------------------------------------------------------------------------------


def write_french(folder: Path, sentence: str) -> Path:
    file = catalogue_file("fr", folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    catalogue = Catalog(locale="fr", domain="django", fuzzy=False)
    catalogue.add("Sign in.", sentence)
    write_catalogue(file, catalogue)
    return file


def test_a_catalogue_is_compiled_again_when_it_has_changed(tmp_path):
    file = write_french(tmp_path, "Connectez-vous.")
    [compiled] = compile_catalogues(tmp_path)
    assert b"Connectez-vous." in compiled.read_bytes()
    assert compile_catalogues(tmp_path) == []

    write_french(tmp_path, "Identifiez-vous.")
    os.utime(file, ns=(file.stat().st_atime_ns, compiled.stat().st_mtime_ns + 1))

    assert not is_compiled(file)
    assert compile_catalogues(tmp_path) == [compiled]
    assert b"Identifiez-vous." in compiled.read_bytes()
    assert [each.name for each in file.parent.iterdir() if each.suffix == ".mo"] == ["django.mo"]


def test_a_language_without_a_catalogue_is_not_translated_at_all():
    assert measure_catalogue("zu").percent == 0
