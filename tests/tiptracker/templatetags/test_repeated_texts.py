"""Parts of pages that are built once look as they would anew, in each language."""

from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from dialogues.choices import CommitmentStatus, Verdict
from dialogues.forms.commitments import CommitmentFilterForm
from tests.pseudo_languages import LEFT_TO_RIGHT, OPEN, pseudo_languages
from tiptracker.templatetags import repeated_texts


def render(template, **values):
    return Template("{% load repeated_texts %}" + template).render(Context(values))


STATUS = '{% repeated_part "includes/status.html" word=word text=text %}'


@pytest.mark.parametrize("text", ["", "overdue by 12 days", "<b>", SafeString("<b>")])
def test_a_repeated_part_is_what_an_include_would_be(text):
    include = '{% include "includes/status.html" with word=word text=text only %}'
    for word in (CommitmentStatus.OPEN, CommitmentStatus.OVERDUE, Verdict.MET):
        assert render(STATUS, word=word, text=text) == render(include, word=word, text=text)


def test_a_repeated_part_and_a_date_are_in_the_language_of_the_reader():
    part, day = {"word": CommitmentStatus.OPEN, "text": ""}, date(2021, 11, 8)
    english, english_day = render(STATUS, **part), render('{{ day|date:"D" }}', day=day)
    with pseudo_languages(), translation.override(LEFT_TO_RIGHT):
        other, other_day = render(STATUS, **part), render('{{ day|date:"D" }}', day=day)

    assert (OPEN in english, OPEN in other) == (False, True)
    assert (english_day, other_day != english_day) == ("Mon", True)


def test_a_repeated_part_has_no_moment_because_readers_have_time_zones():
    with pytest.raises(TypeError):
        render('{% repeated_part "includes/status.html" word=word %}', word=datetime(2022, 1, 1, tzinfo=UTC))


def test_a_moment_is_formatted_in_the_time_zone_of_the_reader():
    moment = datetime(2022, 1, 1, 23, 30, tzinfo=UTC)
    with timezone.override("Africa/Maseru"):
        assert render('{{ moment|date:"Y-m-d" }}', moment=moment) == "2022-01-02"
    with timezone.override("America/New_York"):
        assert render('{{ moment|date:"Y-m-d" }}', moment=moment) == "2022-01-01"
    assert render('{{ day|date:"Y-m-d" }}{{ nothing|date:"Y-m-d" }}', day=date(2022, 1, 2)) == "2022-01-02"


def filters(query="", ministries=((1, "Police"),)):
    form = CommitmentFilterForm(QueryDict(query), ministries=ministries, recommendations=[(1, 1, "Train.")])
    form.is_valid()
    return form


TAG = '{% filters_of_list filter url="/list/" things="things" %}'


@pytest.mark.parametrize(
    "query", ["", "status=overdue", "due_from=x&due_to=2022-01-01", "ministry=1&q=<b>", "ministry=2"]
)
def test_filters_are_what_their_template_shows(query):
    context = {"filter": filters(query), "url": "/list/", "things": "things"}

    for _ in range(2):
        assert render(TAG, filter=filters(query)) == render_to_string("includes/filters.html", context)


def test_filters_differ_by_choices_fields_and_language():
    shown = [render(TAG, filter=filters()), render(TAG, filter=filters(ministries=[(1, "Police"), (2, "Justice")]))]
    without = filters()
    del without.fields["ministry"]
    shown.append(render(TAG, filter=without))
    with pseudo_languages(), translation.override(LEFT_TO_RIGHT):
        shown.append(render(TAG, filter=filters()))

    assert len(set(shown)) == 4


def test_few_filters_are_kept(monkeypatch):
    monkeypatch.setattr(repeated_texts, "MOST_FILTERS", 2)
    for status in CommitmentStatus:
        render(TAG, filter=filters(f"status={status.value}"))

    assert len(repeated_texts._filters) == 2


def test_a_noun_in_each_language_is_kept_apart(monkeypatch):
    """In a template, `_("…")` is translated where it is used, so it is another text in another language."""
    monkeypatch.setattr(repeated_texts, "MOST_FILTERS", 1)
    tag = TAG.replace('"things"', '_("commitments")')

    with pseudo_languages():
        shown = [render(tag, filter=filters())]
        with translation.override(LEFT_TO_RIGHT):
            shown.append(render(tag, filter=filters()))
        assert render(tag, filter=filters()) == shown[0] != shown[1]

    assert len(repeated_texts._filters) == 1
