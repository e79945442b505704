"""Words are found by their forms, alike in PostgreSQL and here."""

import re

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tiptracker.web.word_forms import find_words, has_word, split_words, stem_word

TOP = settings.BASE_DIR


def words_of_the_record():
    """Every word of the record of Lesotho, of its exercise and of our documents."""
    files = [*(TOP / "dialogues" / "lesotho").rglob("*.toml"), *(TOP / "docs").rglob("*.md")]
    words = {word for file in files for word in re.findall(r"[^\W\d_ʹ-ʿ]+", file.read_text().lower())}
    assert len(words) > 2_000
    return sorted(words)


def found(text, query):
    return [text[start:end] for start, end in find_words(text, split_words(query))]


def test_a_form_is_found_where_it_stands():
    assert found("Two PROSECUTIONS; nobody prosecuted", "prosecution") == ["PROSECUTIONS", "prosecuted"]
    assert found("Mohaleʼs Hoek, after dying", "hoek mohale die") == ["Mohale", "Hoek", "dying"]
    assert found("hopes, hoping; a shop", "hoped") == ["hopes", "hoping"]
    assert found("anti-trafficking_plan", "plans traffickers") == ["trafficking", "plan"]
    assert found("anything", "") == []


@given(st.lists(st.text("abdeginsty", min_size=1)), st.text("abdeginsty", min_size=1))
def test_reading_only_words_that_begin_alike_misses_none(texts, word):
    stem = stem_word(word)
    expected = [
        text
        for text in texts
        if {text, stem_word(text)} & {stem} or text.startswith(word) or stem_word(text).startswith(word)
    ]

    assert found(" ".join(texts), word) == expected


def test_every_word_of_the_record_is_found_by_itself_and_by_each_word_with_its_stem():
    forms = {}
    for word in words_of_the_record():
        forms.setdefault(stem_word(word), []).append(word)

    assert [(a, b) for alike in forms.values() for a in alike for b in alike if not has_word(b, a)] == []


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="compares with PostgreSQL")
def test_postgresql_makes_the_same_stems():
    """A server whose stems differ finds other forms than those that are marked: use a release of the same rules."""
    words = words_of_the_record()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, tsvector_to_array(to_tsvector('english', word)) FROM unnest(%s::text[]) AS word", [words]
        )
        stems = {word: stems or [word] for word, stems in cursor.fetchall()}

    assert {word: (stem, stem_word(word)) for word, stem in stems.items() if stem != [stem_word(word)]} == {}


@pytest.mark.parametrize(
    "text", ["Prosecuted", "re-trained", "untrained", "dying", "DIES", "Kelvin", "naïve", "", "x_train"]
)
@pytest.mark.parametrize("word", ["prosecution", "train", "die", "k", "kelvin", "nai", "x"])
def test_a_look_at_the_letters_finds_what_the_pattern_finds(text, word):
    assert has_word(text, word) == bool(list(find_words(text, [word])))
