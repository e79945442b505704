"""A form with personal data is not saved until it is removed or confirmed to identify nobody."""

from importlib import import_module

import pytest
from django import forms
from django.conf import settings
from django.http import QueryDict

from dialogues.forms.fields import LinkField, ListFilterForm
from tests.tiptracker.web.frontend.test_forms import Elements
from tiptracker.privacy import personal_data
from tiptracker.web.frontend.forms import NarrativeTextarea, TrackerForm, is_free_text

PACKAGES = ("dialogues", "recommendations", "reports", "tiptracker")

ACCOUNT_FORMS = {
    "SignInForm", "PasswordReauthenticationForm", "CodeForm",
    "CodeReauthenticationForm", "AuthenticatorAppForm", "PasskeyForm",
}  # fmt: skip
"""Who somebody is and how they sign in: nothing of it becomes part of the record."""


class SampleForm(TrackerForm):
    title = forms.CharField(max_length=60)
    link = LinkField(required=False, max_length=500, assume_scheme="https")
    story = forms.CharField(max_length=400, widget=NarrativeTextarea)


def bound_form(**changed):
    data = QueryDict(mutable=True)
    data.update({"title": "A raid", "story": "Call 5812 3456.", **changed})
    return SampleForm(data)


def confirmation_box(form, name):
    """The control that confirms what was found in a field, or None."""
    found = [attrs for _, attrs in Elements(str(form[name].as_field_group())).found if attrs.get("type") == "checkbox"]
    return found[0] if found else None


def test_a_form_holds_a_text_back_and_quotes_what_it_found():
    form = bound_form()

    assert not form.is_valid()
    assert list(form.errors) == ["story"]
    assert "“5812 3456” looks like a telephone number" in form.errors["story"][0]
    assert "Remove it, or confirm" in form.errors["story"][0]
    assert form["story"].value() == "Call 5812 3456."
    assert confirmation_box(form, "story")["name"] == "story-confirmed"
    assert "checked" not in confirmation_box(form, "story")
    assert confirmation_box(form, "title") is None
    assert "Send it unchanged" in str(form)


def test_a_link_that_calls_somebody_is_held_back():
    assert list(bound_form(story="A raid.", link="https://wa.me/26658123456").errors) == ["link"]
    assert bound_form(story="A raid.", link="https://www.gov.ls/58123456").is_valid()


def test_text_over_the_limit_is_refused_with_its_length_and_not_scanned(monkeypatch):
    looked = []
    monkeypatch.setattr(personal_data, "find_personal_data", lambda text: looked.append(len(text)) or [])

    form = bound_form(title="1 " * 100_000)

    assert form.errors == {"title": ["Shorten this to 60 characters. It has 199999."]}
    assert max(looked) <= 60


def test_a_narrative_field_has_no_maximum_length_in_the_browser():
    assert "maxlength" not in str(SampleForm()["story"])
    assert 'maxlength="60"' in str(SampleForm()["title"])


def test_invisible_characters_are_removed_and_line_breaks_kept():
    form = bound_form(title="A \u202eraid\u200b\x07\u2028now", story="Lekhotla\r\nla\u2066 ’Muso\u00a0: é\tê")

    assert form.is_valid()
    assert form.cleaned_data["title"] == form["title"].value() == "A raid now"
    assert form.cleaned_data["story"] == "Lekhotla\r\nla ’Muso\u00a0: é\tê"


def test_a_null_character_is_refused_and_not_left_out():
    assert list(bound_form(title="A\0raid", story="A raid.").errors) == ["title"]


def test_a_form_offers_nothing_to_confirm_where_nothing_was_found():
    for form in (SampleForm(), bound_form(story="Six focal points were named.")):
        assert "Send it unchanged" not in str(form)


def test_confirmed_text_is_accepted_and_stays_confirmed_if_another_field_is_wrong():
    tick = {"story-confirmed": confirmation_box(bound_form(), "story")["value"]}

    assert bound_form(**tick).is_valid()
    refused = bound_form(**tick, title="")
    assert list(refused.errors) == ["title"]
    assert "checked" in confirmation_box(refused, "story")


@pytest.mark.parametrize("changed", ["Call 5812 3457.", "Call 5812 3456 or 6212 3456.", "Born 12.3.2004."])
def test_what_was_not_confirmed_is_asked_again(changed):
    tick = {"story-confirmed": confirmation_box(bound_form(), "story")["value"]}

    form = bound_form(**tick, story=changed)

    assert list(form.errors) == ["story"]
    assert "checked" not in confirmation_box(form, "story")


def test_a_confirmation_holds_for_its_own_field():
    tick = {"story-confirmed": confirmation_box(bound_form(), "story")["value"]}
    assert list(bound_form(**tick, title="5812 3456").errors) == ["title"]


def test_a_confirmation_stays_valid_for_a_part_of_what_it_confirmed():
    two = bound_form(story="Call 5812 3456 or 6212 3456.")
    assert bound_form(**{"story-confirmed": confirmation_box(two, "story")["value"]}).is_valid()


def test_note_about_names_is_shown_above_every_narrative_field():
    html = str(SampleForm())
    assert html.count("Never name or identify a victim.") == 1
    assert html.index('name="title"') < html.index("Never name or identify a victim.") < html.index('name="story"')
    assert "Give only age group, sex and district." in html


def own_forms():
    import_module(settings.ROOT_URLCONF)  # and with it every page and its forms
    found, seen = [forms.BaseForm], set()
    while found:
        kind = found.pop()
        found += kind.__subclasses__()
        if kind.__module__.partition(".")[0] in PACKAGES and kind not in seen:
            seen.add(kind)
            yield kind


def test_every_text_of_every_form_has_a_length():
    endless = {
        f"{kind.__name__}.{name}"
        for kind in own_forms()
        for name, field in kind.base_fields.items()
        if isinstance(field, forms.CharField) and field.max_length is None and kind.__name__ not in ACCOUNT_FORMS
    }
    assert endless == set()


def test_no_form_takes_free_text_that_is_not_held_back():
    """What narrows a list is kept nowhere, so nothing of it is held back."""
    open_ones = {
        kind.__name__
        for kind in own_forms()
        if not issubclass(kind, TrackerForm | ListFilterForm) and any(map(is_free_text, kind.base_fields.values()))
    }
    assert open_ones <= ACCOUNT_FORMS


def test_every_text_that_is_not_looked_at_is_no_text_of_the_record():
    left_alone = {
        f"{kind.__name__}.{name}"
        for kind in own_forms()
        if issubclass(kind, TrackerForm)
        for name, field in kind.base_fields.items()
        if isinstance(field, forms.CharField) and not is_free_text(field)
    }
    assert {name for name in left_alone if not name.startswith(("RecordMomentForm.", "BetweenForm."))} == {
        "PasswordForgottenForm.email",
        "NewPasswordForm.password",
        "FileCheckForm.sha256",
        "PersonRow.email",
        "PersonAddForm.email",
        "HandoverForm.email",
        "EmailAddressForm.email",
        "OwnEmailAddressForm.email",
        # Written by the page itself: what it showed, and what its line is about.
        "AttendanceForm.was",
        "AgendaItemRow.about",
        "PersonEditForm.confirmed",
        "AnnualTargetForm.unit",
        "DraftQuestionsForm.seen",
        "PreviewForm.seen",
        "PreviewForm.items_seen",
        "RepeatsForm.seen",
        "PrefilledForm.was",
        "SuggestedBenchmarkRow.words",
        "RecordTextForm.was",
    }
