"""Labels of posted fields, from the classes of forms alone. A test without `db` reaches no database."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from tiptracker.web.posted_fields import describe_posted_fields, field_label

EVIDENCE_LOG = ("evidence_log", "LSO", 2021)


def describe(page, posted):
    name, *args = page
    return describe_posted_fields(RequestFactory().post(reverse(name, args=args), posted))


def labels(page, posted):
    return {name: described.label for name, described in describe(page, posted).items()}


@pytest.mark.parametrize(
    ("page", "names", "label"),
    [
        (EVIDENCE_LOG, ("title", "happened_to"), "What happened"),
        (("update_send", 1), ("title", "narrative"), "Summary in one line"),
        (("milestone_date", 1), ("due_on", "reason"), "New date"),
    ],
)
def test_a_name_that_several_forms_have_gets_the_label_of_the_form_of_the_page(page, names, label):
    assert labels(page, dict.fromkeys(names, "typed"))[names[0]] == label


def test_rows_are_numbered_in_their_order_and_a_single_row_is_not():
    posted = {"evidence_links-0-shows": "", "evidence_links-3-shows": "", "count-span": "", "line-71-wording": ""}

    assert labels(EVIDENCE_LOG, posted) == {
        "evidence_links-0-shows": "What it shows (1)",
        "evidence_links-3-shows": "What it shows (2)",
        "count-span": "Period covered",
        "line-71-wording": "What you ask for, in words",
    }


def test_choices_have_the_labels_that_need_no_database():
    described = describe(EVIDENCE_LOG, {"kind": "court", "commitment": "7", "title": "court", "version": "3"})

    assert described["kind"].choice_labels["court"] == "Court record"
    assert (described["commitment"].is_choice, described["commitment"].choice_labels) == (True, {})
    assert not described["title"].is_choice
    assert described["version"].is_hidden


def test_a_field_of_no_form_and_a_page_that_is_none_get_a_label_from_the_name():
    request = RequestFactory().post(
        "/nowhere/", {"unheard-12-of_this": "x", "letter": SimpleUploadedFile("a.txt", b"x")}
    )

    assert describe_posted_fields(request)["unheard-12-of_this"] == (field_label("unheard_of_this"), {}, False, None)
    assert describe_posted_fields(request)["letter"].label == "Letter or other source"


@pytest.mark.parametrize("name", ["-title", "title-", "-", "7", "a--b", "evidence_links-0-"])
def test_every_posted_name_is_described(name):
    assert labels(EVIDENCE_LOG, {name: "x"})[name]
