"""Common parts of forms: days, choices of rows, lines, and typed text in refused forms."""

from datetime import date

import pytest
from django import forms
from django.http import QueryDict

from dialogues.forms.evidence import EvidenceLinkRows
from dialogues.forms.fields import DataSelect, DatedForm, LastSeenField, LinkField, PastDayField
from recommendations.models import Benchmark, Recommendation
from tiptracker.errors import Refused
from tiptracker.localization import gettext_lazy
from tiptracker.web.frontend.form_rows import (
    RowField,
    RowsField,
    add_empty_row,
    add_refusal,
    invalid_forms,
    mark_as_seen,
    raw_values,
    set_row_choices,
)

TODAY = date(2022, 1, 28)


class DaysForm(DatedForm):
    on = PastDayField()
    since = PastDayField(required=False)


def test_past_day_fields_allow_no_later_day_than_today_and_required_ones_start_with_it():
    form = DaysForm(today=TODAY)

    assert form["on"].value() == TODAY
    assert form["since"].value() is None
    assert 'max="2022-01-28"' in str(form["on"])
    assert 'max="2022-01-28"' in str(form["since"])


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2022-01-28", None),
        ("2022-01-29", "This date is in the future. Enter a date up to today, 28 January 2022."),
        ("soon", "Give the day as a date, such as 2022-01-28."),
    ],
)
def test_past_days_refuse_a_day_to_come(day, sentence):
    form = DaysForm({"on": day}, today=TODAY)
    assert form.errors.get("on") == ([sentence] if sentence else None)


def test_the_last_day_of_one_form_does_not_affect_another():
    DaysForm(today=date(2021, 1, 1))
    assert DaysForm({"on": "2022-01-28"}, today=TODAY).is_valid()


@pytest.mark.parametrize("link", ["https://example.org/a?b=c#d", "http://example.org/", "example.org"])
def test_link_leads_to_a_page_of_the_web(link):
    assert LinkField(assume_scheme="https").clean(link).endswith(link)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,<script>", "ftp://example.org/list", "file:///etc/passwd", "//a b/"]
)
def test_link_that_runs_or_opens_a_file_is_refused(link):
    with pytest.raises(forms.ValidationError) as refused:
        LinkField(assume_scheme="https").clean(link)
    assert refused.value.messages == ["Enter a link that begins with https:// or http://."]


@pytest.mark.parametrize("chosen", ["", "1", "4", None])
def test_a_long_list_is_written_as_djangos_templates_write_it(chosen):
    names = [
        ("", "None"),
        ("1", "A <b> & 'c'"),
        ("2", gettext_lazy("Country")),
        ("A <group>", [("4", "x"), ("5", "y")]),
    ]
    widget = DataSelect(choices=names)
    widget.option_data = {"1": {"data-hint": 'say "b" <'}, "2": {"data-open": ""}}
    attributes = {"id": "x", "disabled": True, "autofocus": False, "class": "k&l"}

    assert widget.render("name", chosen, attributes) == forms.Select.render(widget, "name", chosen, attributes)


class RowsForm(forms.Form):
    one = RowField(required=False)
    several = RowsField(required=False)


def bind_rows_form(data):
    form = RowsForm(data)
    rows = [Recommendation(pk=1, number=1, text="First"), Recommendation(pk=2, number=2, text="Second")]
    set_row_choices(form, "one", rows, empty="None")
    set_row_choices(form, "several", rows)
    return form


def test_row_fields_give_the_rows_that_were_chosen():
    form = bind_rows_form({"one": "2", "several": ["1", "2"]})
    assert form.is_valid()
    assert form.cleaned_data["one"].text == "Second"
    assert [row.text for row in form.cleaned_data["several"]] == ["First", "Second"]


def test_row_fields_may_stay_empty():
    form = bind_rows_form({})
    assert form.is_valid()
    assert (form.cleaned_data["one"], form.cleaned_data["several"]) == (None, [])


def test_row_fields_say_the_same_of_what_is_not_offered_whatever_it_is():
    for value in ("3", "nonsense", "1; DROP TABLE"):
        form = bind_rows_form({"one": value, "several": [value]})
        assert form.errors == {"one": ["Choose one from the list."], "several": ["Choose from the list."]}


def evidence_link_rows(**lines):
    data = QueryDict(mutable=True)
    data.update({"evidence_links-TOTAL_FORMS": "2", "evidence_links-INITIAL_FORMS": "0"} | lines)
    return EvidenceLinkRows(data, **FORMSET_ARGUMENTS)


BENCHMARKS = [
    Benchmark(pk=1, letter="a", recommendation=Recommendation(number=3)),
    Benchmark(pk=2, letter="b", recommendation=Recommendation(number=3)),
]
FORMSET_ARGUMENTS = {
    "prefix": "evidence_links",
    "form_kwargs": {
        "benchmarks": BENCHMARKS,
        "choices": [("3. Fund it", [("1", "3a: Paid"), ("2", "3b: Named")])],
        "counted_by": {},
    },
}


def test_lines_without_a_benchmark_have_no_text():
    rows = evidence_link_rows(**{"evidence_links-0-shows": "context", "evidence_links-1-benchmark": "2"})
    assert rows.is_valid()
    assert [row.cleaned_data.get("benchmark") for row in rows] == [None, BENCHMARKS[1]]


def test_lines_name_a_benchmark_once():
    rows = evidence_link_rows(**{"evidence_links-0-benchmark": "2", "evidence_links-1-benchmark": "2"})
    assert not rows.is_valid()
    assert rows.errors == [{}, {"benchmark": ["This benchmark is already named above. Choose another one."]}]


def test_another_line_is_added_below_what_was_typed():
    rows = add_empty_row(
        evidence_link_rows(**{"evidence_links-0-benchmark": "2", "evidence_links-0-shows": "context"}),
        **FORMSET_ARGUMENTS,
    )

    assert [row["benchmark"].value() for row in rows] == ["2", None, None]
    assert [row["shows"].value() for row in rows] == ["context", None, "concrete_action"]
    assert not any(form.errors for form in rows)


def test_raw_values_are_as_typed():
    assert raw_values(DaysForm({"on": "soon", "since": ""}, today=TODAY)) == {"on": "soon", "since": ""}


class SeenForm(forms.Form):
    why = forms.CharField()
    seen = LastSeenField()


def test_a_refused_form_can_be_sent_again_once_its_reader_has_seen_what_is_newer():
    form = SeenForm(QueryDict("p-why=Kept&p-seen=4"), prefix="p")
    mark_as_seen(form, "seen", 9)
    assert (form["why"].value(), form["seen"].value()) == ("Kept", "9")


@pytest.mark.parametrize(("field", "where"), [("why", "why"), ("elsewhere", "__all__"), (None, "__all__")])
def test_a_refusal_stands_beside_its_field_or_on_the_form(field, where):
    form = SeenForm({"why": "Kept"})
    add_refusal(form, Refused("not_now", "Not now.", field=field))
    assert form.errors == {where: ["Not now."]}
    assert form.has_error(where, "not_now")


def test_a_refusal_names_the_forms_to_correct():
    wrong, right, fresh = SeenForm({}), SeenForm({"why": "Kept"}), SeenForm()
    assert invalid_forms(wrong, right, fresh) == [wrong]
