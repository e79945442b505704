"""Rendered forms: visible text, text for screen readers, and typed text after a refusal."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.template.loader import render_to_string

from tiptracker.web.frontend.forms import DayInput, TrackerForm


class SampleForm(forms.Form):
    what = forms.CharField(label="What happened", help_text="One sentence.", widget=forms.Textarea)
    on = forms.DateField(label="Day", widget=DayInput)
    who = forms.ChoiceField(label="Who did it", choices=[("gov", "Government")], widget=forms.RadioSelect)
    marks = forms.MultipleChoiceField(
        label="Benchmarks",
        required=False,
        choices=[("3. Police unit", [("3a", "budget"), ("3b", "districts")])],
        widget=forms.CheckboxSelectMultiple,
    )
    sure = forms.BooleanField(label="Names no victim")


class Elements(HTMLParser):
    """Every element of a page, as pairs of its name and its attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def named(self, name):
        return [(tag, attrs) for tag, attrs in self.found if attrs.get("name") == name]

    def ids(self):
        return [attrs["id"] for _, attrs in self.found if "id" in attrs]


def test_form_labels_every_control():
    elements = Elements(str(SampleForm()))
    labelled = {attrs["for"] for tag, attrs in elements.found if tag == "label"}
    controls = {attrs["id"] for tag, attrs in elements.found if tag in {"input", "textarea", "select"}}
    assert labelled == controls


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("what", "usa-textarea"),
        ("on", "usa-input"),
        ("who", "usa-radio__input"),
        ("marks", "usa-checkbox__input"),
        ("sure", "usa-checkbox__input"),
    ],
)
def test_form_gives_each_control_its_class(name, expected):
    assert {attrs["class"] for _, attrs in Elements(str(SampleForm())).named(name)} == {expected}


def test_form_keeps_the_class_of_a_widget():
    class Small(forms.Form):
        n = forms.CharField(widget=forms.TextInput(attrs={"class": "small"}))

    [(_, attrs)] = Elements(str(Small())).named("n")
    assert attrs["class"] == "small usa-input"


def test_refused_field_points_at_its_hint_and_its_error():
    elements = Elements(str(SampleForm({"what": ""})))
    [(_, attrs)] = elements.named("what")
    assert attrs["class"] == "usa-textarea usa-textarea--error"
    assert attrs["aria-invalid"] == "true"
    assert attrs["aria-describedby"].split() == ["id_what_helptext", "id_what_error"]
    assert set(attrs["aria-describedby"].split()) <= set(elements.ids())


def test_refused_form_starts_with_links_to_its_errors():
    html = str(SampleForm({"what": "x", "on": "2022-01-01"}))
    links = [attrs["href"] for tag, attrs in Elements(html).found if tag == "a"]
    assert links == ["#id_who", "#id_sure"]
    assert {link[1:] for link in links} <= set(Elements(html).ids())


def test_what_a_hint_quotes_is_text_and_nothing_else():
    """Hints quote what somebody typed or brought: a cell, a promise, a criterion."""

    class Quoting(forms.Form):
        goes = forms.CharField(help_text="Below it: <script>alert(1)</script>")

    assert "<script" not in str(Quoting())
    assert "Below it: &lt;script&gt;alert(1)&lt;/script&gt;" in str(Quoting())


def test_form_never_sent_has_no_error_summary():
    assert "error-summary" not in str(SampleForm())


def test_grouped_choices_come_in_fieldsets_with_their_group_as_legend():
    assert "<legend>3. Police unit</legend>" in str(SampleForm())


def test_optional_fields_say_so_and_others_do_not():
    html = str(SampleForm())
    assert html.count("(optional)") == 1
    assert html.index("Benchmarks") < html.index("(optional)")


@pytest.mark.parametrize(
    ("typed", "kind"), [("2021-12-31", "date"), ("31 of December", "text"), ("31/12/2021", "text"), ("", "date")]
)
def test_a_day_field_shows_exactly_what_was_typed(typed, kind):
    [(_, attrs)] = Elements(str(SampleForm({"on": typed}))).named("on")
    assert (attrs["type"], attrs.get("value", "")) == (kind, typed)


class TypedForm(TrackerForm):
    name = forms.CharField(max_length=3)
    on = forms.DateField()
    number = forms.IntegerField(min_value=1)
    weight = forms.DecimalField(min_value=0, max_value=100, max_digits=5, decimal_places=2)
    target = forms.DecimalField(max_digits=3, decimal_places=2, error_messages={"max_whole_digits": "Too far."})
    one = forms.ChoiceField(choices=[("a", "A")])
    several = forms.MultipleChoiceField(choices=[("a", "A")])
    link = forms.URLField(assume_scheme="https")


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Fill this in."),
        ("name", "Maseru", "Shorten this to 3 characters. It has 6."),
        ("name", "a\0", "This text contains a character that we cannot save. Type the text again."),
        ("on", "", "Enter the date, such as 2022-01-28."),
        ("on", "soon", "Give the day as a date, such as 2022-01-28."),
        ("number", "one", "Give a number in digits alone, such as 16."),
        ("number", "0", "Give 1 or more."),
        ("weight", "much", "Give a number in digits alone, such as 16."),
        ("weight", "NaN", "Give a number in digits alone, such as 16."),
        ("weight", "-1", "Give 0 or more."),
        ("weight", "101", "Give 100 or less."),
        ("weight", "1.234", "Enter at most 2 digits after the decimal point."),
        ("weight", "1234", "This number is too long. Enter at most 3 digits before the decimal point."),
        ("weight", "1234.56", "This number is too long. Enter at most 5 digits."),
        ("target", "12", "Too far."),
        ("one", "", "Choose one."),
        ("one", "b", "Choose one from the list."),
        ("several", ["b"], "Choose from the list."),
        ("several", "b", "Choose from the list."),
        ("link", "nowhere at all", "Enter a whole web address, such as https://www.gov.ls/news."),
        ("later", "", "Fill this in."),
    ],
)
def test_plain_form_uses_our_error_messages(field, typed, sentence):
    form = TypedForm({field: typed})
    form.fields["later"] = forms.CharField()
    assert sentence in form.errors[field]
    assert not any("Ensure" in said or "valid" in said for said in form.errors[field])


def test_text_is_preserved_character_by_character():
    typed = "\n  First line,\n\tsecond <b>&amp; last\n"
    html = str(SampleForm({"what": typed}))
    assert f">\n{typed.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</textarea>" in html


def test_readiness_bar_shows_no_figure_where_nothing_was_reviewed():
    html = render_to_string("includes/readiness_bar.html", {"verified": None, "claimed": 15.1, "mark": 45})
    assert "nothing reviewed yet" in html
    assert "stroke-dasharray" in html
    assert "15.1" not in html


def test_readiness_bar_draws_each_part_at_its_figure():
    html = render_to_string(
        "includes/readiness_bar.html", {"verified": 31.5, "claimed": 52, "projected": 83, "mark": 45}
    )
    widths = [attrs["width"] for tag, attrs in Elements(html).found if tag == "rect" and attrs["width"].endswith("%")]
    assert widths == ["100%", "83%", "52%", "52%", "31.5%"]
    assert "45 our target" in html


def test_share_bar_without_data_is_dashed_and_says_so():
    html = render_to_string("includes/share_bar.html", {"share": None})
    assert "no data" in html
    assert "stroke-dasharray" in html
