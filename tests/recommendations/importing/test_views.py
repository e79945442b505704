"""The pages that import, preview, pair and load a list, without scripts and without losing typed text."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from recommendations.choices import Tier
from recommendations.importing import actions, views
from recommendations.models import Benchmark, EditionImport, Recommendation
from recommendations.models.imports import DRAFT_RETENTION
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    EditionFactory,
    EditionImportFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.recommendations.replacement_list import REPLACEMENT_LIST
from tests.refusals import refuses, shows_refusal
from tests.undo_buttons import press_undo, undo_forms
from tiptracker.jobs.models import Job, State

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-08-05")]

NARRATIVE = (
    "LESOTHO: TIER 2 WATCH LIST\n\nPRIORITIZED RECOMMENDATIONS:\n\n"
    "• Fund the shelter and its staff. • Investigate and prosecute traffickers. • Convene everybody.\n\nPROSECUTION\n"
)
FORM_DEFAULTS = {"text_status": "official", "pasted": "", "charset": ""}


@pytest.fixture
def edition():
    return EditionFactory()


@pytest.fixture(autouse=True)
def administrator(client, run_jobs):
    person = AdministratorFactory()
    client.run_jobs = run_jobs
    client.force_login(person)
    return person


def post_import(client, edition, **said):
    return client.post(reverse("edition_import", args=[edition.pk]), FORM_DEFAULTS | said)


def open_preview(client, edition, **said):
    """Return the page of a draft import and its address."""
    response = post_import(client, edition, **said)
    assert response.status_code == 302, response.context["form"].errors
    client.run_jobs()
    return client.get(response.url), response.url


def load_form_data(response):
    """Return the data of the form that loads, as a browser sends it."""
    form = response.context["form"]
    return {"do": "load"} | {field.name: field.value() or "" for field in form}


def form_errors(response, form="form"):
    return {name: list(said) for name, said in response.context[form].errors.items()}


# --- Bringing ---------------------------------------------------------------------------------------------------------


def test_a_narrative_is_pasted_previewed_and_loaded(client, edition, administrator):
    page, url = open_preview(client, edition, pasted=NARRATIVE)

    assert "<h1>Preview of the import</h1>" in page.text
    assert "Pasted text, started on 5 August 2022, " in page.text
    assert "The wording is the official text of the report." in page.text
    assert "It contains 3 recommendations." in page.text
    assert "Nothing is imported yet." in page.text
    assert "1. Fund the shelter and its staff." in page.text
    assert load_form_data(page) == {
        "do": "load",
        "seen": page.context["form"]["seen"].value(),
        "items_seen": page.context["form"]["items_seen"].value(),
        "text_1": "Fund the shelter and its staff.",
        "text_2": "Investigate and prosecute traffickers.",
        "text_3": "Convene everybody.",
        "pillar_1": "protection",
        "pillar_2": "prosecution",
        "pillar_3": "prevention",
    }
    assert not Recommendation.objects.exists()
    response = client.post(url, load_form_data(page), follow=True)
    assert "List imported. New: 3." in response.text
    assert "<h1>Result of the import</h1>" in response.text
    assert "Pasted text, imported on 5 August 2022" in response.text
    assert [row.text for row in Recommendation.objects.order_by("number")][
        1
    ] == "Investigate and prosecute traffickers."
    assert EditionImport.objects.get().loaded_by == administrator


def test_file_is_read_by_its_content(client, edition):
    table = SimpleUploadedFile("list.csv", b"Number,Recommendation,Pillar\n1,Fund it.,Protection\n")
    page, _ = open_preview(client, edition, file=table)
    assert '1. Fund it. <span class="source">Protection</span>' in page.text
    assert "Columns of the table" in page.text

    word, _ = open_preview(client, edition, file=SimpleUploadedFile("lesotho.txt", NARRATIVE.encode()))
    assert "3. Convene everybody." in word.text
    assert "Columns of the table" not in word.text


def test_cells_that_were_copied_are_a_table(client, edition):
    page, _ = open_preview(client, edition, pasted="Number\tRecommendation\n1\tFund it.\n2\tTrain them.\n")

    assert "2. Train them." in page.text


def test_draft_imports_are_shown_first_and_loaded_ones_below(client, edition):
    """The draft of another year is on another page."""
    EditionImportFactory(edition=EditionFactory(year=2020), name="other.txt")
    waiting = EditionImportFactory(edition=edition, name="waiting.txt")
    loaded = EditionImportFactory(edition=edition, name="loaded.txt", loaded=True)

    page = client.get(reverse("edition_import", args=[edition.pk]))

    assert (page.context["waiting"], page.context["loaded"]) == ([waiting], [loaded])
    assert "A draft is deleted after 90 days if nobody imports it." in page.text
    for imported in (waiting, loaded):
        assert f'href="{reverse("import_preview", args=[imported.pk])}"' in page.text


def test_of_the_file_and_the_text_one_is_asked_for(client, edition):
    page = re.sub(r"<[^>]+>|\s+", " ", client.get(reverse("edition_import", args=[edition.pk])).text)

    assert re.findall(r"(File|Text|Encoding of a CSV file) +\((.*?)\)", page) == [
        ("File", "one of the two"),
        ("Text", "one of the two"),
        ("Encoding of a CSV file", "optional"),
    ]


def test_each_draft_import_shows_its_size_and_date(client, edition):
    """Headings are not a row."""
    post_import(client, edition, pasted=NARRATIVE)
    post_import(client, edition, pasted="Number\tRecommendation\n1\tFund it.\n2\tTrain them.\n")
    post_import(
        client, edition, pasted=f"1\t{'Fund it well. ' * 3}\n2\t{'Train them well. ' * 3}\n3\t{'See to it. ' * 3}\n"
    )
    page = re.sub(r"<[^>]+>|\s+", " ", client.get(reverse("edition_import", args=[edition.pk])).text)

    assert re.findall(r"Pasted text Lesotho, 2021 edition (.*?) 5 Aug 2022", " ".join(page.split())) == [
        "Table with 3 rows",
        "Table with 2 rows",
        "3 recommendations",
    ]


def test_a_draft_import_is_discarded_and_a_loaded_one_stays(client, edition):
    kept = EditionImportFactory(edition=edition)
    page, url = open_preview(client, edition, pasted=NARRATIVE)
    assert "Discard this draft" in page.text

    response = client.post(url, {"do": "discard"}, follow=True)
    assert response.redirect_chain == [(reverse("edition_import", args=[edition.pk]), 302)]
    assert "Draft import “Pasted text” discarded." in response.text
    assert client.get(url).status_code == 404
    assert list(EditionImport.objects.all()) == [kept]

    loaded = EditionImportFactory(edition=edition, loaded=True)
    page = client.post(reverse("import_preview", args=[loaded.pk]), {"do": "discard"})
    assert "Discard this draft" not in page.text
    assert EditionImport.objects.filter(pk=loaded.pk).exists()


def test_discarding_a_draft_import_is_undone_for_whoever_did_it(client, edition):
    _, url = open_preview(client, edition, pasted=NARRATIVE)
    before = EditionImport.objects.values().get()

    discarded = client.post(url, {"do": "discard"}, follow=True)
    [(at, fields)] = undo_forms(discarded)
    elsewhere = client.post(reverse("edition_import", args=[EditionFactory(year=2020).pk]), fields)
    assert [refusal.code for refusal in elsewhere.refusals] == ["undo_elsewhere"]
    back = press_undo(client, discarded)

    assert back.redirect_chain == [(url, 302)]
    assert "The draft import is back." in back.text
    after = EditionImport.objects.values().get()
    assert after | {"begun_at": None} == before | {"begun_at": None}
    late = client.post(at, fields)
    assert [refusal.code for refusal in late.refusals] == ["undo_over"]
    assert "This can no longer be undone." in client.get(late.headers["Location"]).text
    client.force_login(OfficerFactory())
    assert client.post(at, fields).status_code == 403


REFUSED_INPUT = [
    ({"pasted": "Nothing of the sort."}, "__all__", "no_list"),
    ({"pasted": NARRATIVE.replace("LESOTHO", "ESWATINI")}, "__all__", "another_country"),
    ({"pasted": 'Number\tRecommendation\n1\t"Fund it.\n'}, "file", "invalid_csv"),
]


@pytest.mark.parametrize(("said", "field", "code"), REFUSED_INPUT)
def test_what_can_not_be_read_is_refused_and_what_was_typed_stays(client, edition, said, field, code):
    response = post_import(client, edition, **said)

    assert response.status_code == 422
    assert response.context["form"].has_error(field, code)
    assert response.context["form"]["pasted"].value() == said["pasted"]
    assert not EditionImport.objects.exists()


INVALID_INPUT = [
    ({}, "file", "Choose a file, or paste the text below."),
    ({"pasted": NARRATIVE, "text_status": "hearsay"}, "text_status", "Choose one from the list."),
    ({"pasted": f"Call 5812 3456. {NARRATIVE}"}, "pasted", "looks like a telephone number"),
]


@pytest.mark.parametrize(("said", "field", "sentence"), INVALID_INPUT)
def test_an_invalid_form_is_shown_again_and_what_was_typed_stays(client, edition, said, field, sentence):
    response = post_import(client, edition, **said)

    assert response.status_code == 422
    assert sentence in " ".join(form_errors(response)[field])
    assert response.context["form"]["pasted"].value() == said.get("pasted", "")
    assert not EditionImport.objects.exists()


def test_a_file_and_a_text_at_once_are_refused(client, edition):
    response = post_import(client, edition, pasted=NARRATIVE, file=SimpleUploadedFile("list.txt", b"x"))

    assert form_errors(response) == {"file": ["Choose a file or paste the text, not both."]}


@override_settings(UPLOAD_MAX_TOTAL_BYTES=1024 * 1024)
def test_a_file_that_is_too_large_to_be_taken_in_is_refused_with_a_sentence(client, edition):
    response = post_import(client, edition, file=SimpleUploadedFile("report.pdf", b"x" * 2 * 1024 * 1024))

    assert response.status_code == 422
    assert form_errors(response)["file"][0].startswith("The file is larger than 1 MB and was not uploaded.")


def test_columns_that_were_guessed_wrongly_are_corrected_on_the_page(client, edition):
    table = b"What,Note\nFund the shelter in each of the ten districts.,Later\n"
    _, url = open_preview(client, edition, file=SimpleUploadedFile("list.csv", table))
    wrong = client.post(url, {"do": "columns", "column_0": "text", "column_1": "text", "has_headings": "on"})
    assert shows_refusal(wrong, "named_twice")
    none = client.post(url, {"do": "columns", "column_0": "", "column_1": "", "has_headings": "on"}, follow=True)
    assert shows_refusal(none, "no_text_column")
    right = client.post(url, {"do": "columns", "column_0": "", "column_1": "text", "has_headings": "on"}, follow=True)
    assert "1. Later" in right.text


# --- Reading by a job -------------------------------------------------------------------------------------------------


def unread_import(client, edition, text=NARRATIVE):
    """An uploaded file that no job has read yet, and the address of its progress page."""
    response = post_import(client, edition, file=SimpleUploadedFile("lesotho.txt", text.encode()))
    assert response.status_code == 302
    return EditionImport.objects.get(), response.url


@pytest.mark.parametrize("way", ["file", "long text"])
def test_what_takes_long_is_read_by_a_job_and_no_request_waits_for_it(client, edition, monkeypatch, way):
    for read in ("read_draft_file", "read_draft_text"):
        monkeypatch.setattr(actions, read, lambda *_, **__: pytest.fail("a request reads it"))
    monkeypatch.setattr(views, "read_draft_text", lambda *_: pytest.fail("a request reads it"))
    long = NARRATIVE + "Officials did it.\n\n" * 4000
    said = {"file": SimpleUploadedFile("lesotho.txt", NARRATIVE.encode())} if way == "file" else {"pasted": long}

    response = post_import(client, edition, **said)
    monkeypatch.undo()

    page = client.get(response.url)
    assert "Waiting to start" in page.text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page.text
    assert f'hx-get="{response.url}" hx-trigger="every 1s"' in page.text
    imported = EditionImport.objects.get()
    assert (imported.is_unread, Recommendation.objects.exists()) == (True, False)
    assert "takes longer than usual" not in page.text
    long_ago = timezone.now() - timedelta(minutes=4)
    Job.objects.update(due_at=long_ago, heartbeat_at=long_ago)
    assert (
        f'The worker may have stopped: see <a href="{reverse("status")}">Status</a>.' in client.get(response.url).text
    )
    # Whoever leaves finds it again.
    back = client.get(reverse("edition_import", args=[edition.pk]))
    assert f'href="{response.url}"' in back.text
    assert "Not read yet" in back.text

    assert [job.state for job in client.run_jobs()] == ["ready"]

    assert "3. Convene everybody." in client.get(response.url).text
    stored = imported.content.name
    imported.refresh_from_db()
    assert (imported.content.name, imported.sha256) == ("", EditionImport.objects.get().sha256)
    assert stored.startswith("imports/")


def test_the_page_that_follows_the_reading_becomes_the_preview(client, edition):
    _, url = unread_import(client, edition)
    script = {"HX-Request": "true"}
    under_way = client.get(url, headers=script)
    assert under_way.text.startswith('<div id="progress" hx-get=')
    Job.objects.update(state=State.RUNNING, progress=20, step="Looking for the list")
    assert "Looking for the list, 20%" in client.get(url, headers=script).text
    Job.objects.update(state=State.QUEUED)

    client.run_jobs()

    assert client.get(url, headers=script).headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get(url).headers


def test_an_unreadable_import_says_why_and_can_be_repeated_or_discarded(client, edition):
    imported, url = unread_import(client, edition, "No list stands here.\n")

    assert [job.state for job in client.run_jobs()] == ["failed"]

    page = client.get(url)
    assert "We found no list of prioritized recommendations." in page.text
    assert "hx-trigger" not in page.text
    assert "http-equiv" not in page.text
    assert reverse("edition_import", args=[edition.pk]) in page.text
    assert client.post(url, {"do": "read"}).status_code == 302
    assert [job.state for job in client.run_jobs()] == ["failed"]
    for do in ("load", "columns"):
        assert client.post(url, {"do": do}).status_code == 200  # there is nothing to be loaded
    stored = imported.content.name
    assert default_storage.exists(stored)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(url, {"do": "discard"}).status_code == 302
    assert not EditionImport.objects.exists()
    assert not default_storage.exists(stored)


def test_an_import_that_was_altered_in_the_storage_is_not_read(client, edition):
    imported, _ = unread_import(client, edition)
    Path(default_storage.path(imported.content.name)).write_text("(1) Another list.\n")

    assert [job.state for job in client.run_jobs()] == ["failed"]
    assert EditionImport.objects.get().is_unread


def test_a_file_that_waits_to_be_read_goes_with_what_is_dropped_at_night_and_once_it_is_read(client, edition):
    old, _ = unread_import(client, edition)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert actions.delete_expired_imports(now=old.begun_at + DRAFT_RETENTION + timedelta(days=1)) == 1
    assert not default_storage.exists(old.content.name)
    assert [job.state for job in client.run_jobs()] == ["ready"]  # of a list that is gone: nothing is left to do

    new, _ = unread_import(client, edition)
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.run_jobs()
    assert not default_storage.exists(new.content.name)


def test_a_list_that_was_not_read_is_neither_corrected_nor_loaded(client, edition, administrator):
    imported, _ = unread_import(client, edition)

    with refuses("not_read_yet", sentence="This file has not been read yet."):
        actions.set_columns(imported=imported, types=(), has_headings=False, by=administrator)
    with pytest.raises(PermissionDenied):
        actions.retry_reading(imported=imported, by=OfficerFactory())


# --- Pairing ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def existing_list(edition):
    """An existing list: one similar item, one different item, and one that will be split."""
    shelter = RecommendationFactory(edition=edition, number=1, text="Fund the shelter.")
    trees = RecommendationFactory(edition=edition, number=2, text="Count every tree.")
    both = RecommendationFactory(edition=edition, number=3, text="Prosecute traffickers and convene.")
    first, second = (BenchmarkFactory(recommendation=both, letter=letter) for letter in "ab")
    return shelter, trees, both, first, second


def test_what_is_alike_is_proposed_with_what_differs(client, edition, existing_list):
    shelter, trees, both, first, _ = existing_list
    page, _ = open_preview(client, edition, pasted=NARRATIVE)
    form = page.context["form"]

    assert form[f"became_{shelter.pk}"].value() == "1"
    assert form[f"became_{both.pk}"].value() == "2"
    assert form[f"became_{trees.pk}"].value() == ""
    assert "No new item is similar." in form[f"became_{trees.pk}"].help_text
    assert (
        "Most similar: 1, “Fund the shelter and its staff.” (100% similar)." in form[f"became_{shelter.pk}"].help_text
    )
    said = re.sub(r"\s+", " ", page.text)
    assert '<del><span class="for-screen-readers">removed: </span>shelter.</del>' in said
    assert '<ins><span class="for-screen-readers">added: </span>shelter and its staff.</ins>' in said
    assert form[f"goes_{first.pk}"].help_text == first.wording
    assert "pillar_3" in form.fields
    assert "pillar_2" not in form.fields


def test_only_what_is_little_alike_is_to_be_looked_at_twice_and_both_wordings_stand_there_whole(client, edition):
    """The parser doubts the first item; the second has few words in common."""
    RecommendationFactory(edition=edition, number=1, text="Fund the shelter and its staff.")
    RecommendationFactory(edition=edition, number=2, text="Investigate officials who look away, and dismiss them.")
    brought = {"notes": [], "left_out": [], "tier": None, "rows": [
        [1, "Fund the shelter and all its staff.", "It may be cut off."],
        [2, "Investigate labour recruiters in the capital.", ""],
    ]}  # fmt: skip
    imported = EditionImportFactory(edition=edition, draft=brought)
    said = re.sub(r"\s+", " ", client.get(reverse("import_preview", args=[imported.pk])).text)
    first, second = said.split("</fieldset>")[:2]

    assert "The texts are not very similar. Check them carefully." not in first
    assert '<ins><span class="for-screen-readers">added: </span>all</ins>' in first
    assert "2. Investigate officials who look away, and dismiss them." in second
    assert "<p>New item 2: Investigate labour recruiters in the capital.</p>" in re.sub(
        r"> | <", lambda m: m[0].strip(), second
    )
    assert "The texts are not very similar. Check them carefully." in second
    assert "<ins>" not in second


def test_missing_decision_is_refused_and_the_input_stays(client, edition, existing_list):
    _, trees, both, first, second = existing_list
    page, url = open_preview(client, edition, pasted=NARRATIVE)
    chosen = load_form_data(page) | {f"became_{both.pk}": "2, 3", f"goes_{first.pk}": "3"}
    chosen.pop("pillar_3")

    response = client.post(url, chosen)
    assert response.status_code == 422
    which = ["Its recommendation was split. Write to which item this benchmark belongs: 2, 3."]
    assert form_errors(response) == {
        f"became_{trees.pk}": ["Write its new number, several numbers with commas, or “retired”."],
        f"goes_{second.pk}": which,
    }
    assert response.context["form"][f"became_{both.pk}"].value() == "2, 3"
    response = client.post(url, chosen | {f"became_{trees.pk}": "Retired", f"goes_{first.pk}": "9"})
    assert form_errors(response) == {f"goes_{first.pk}": which, f"goes_{second.pk}": which}
    assert not EditionImport.objects.exclude(loaded_at=None).exists()
    response = client.post(url, chosen | {f"became_{trees.pk}": "Retired", f"goes_{second.pk}": "2"}, follow=True)
    assert "List imported. New: 1. Changed: 2. Unchanged: 0. No longer asked: 1." in response.text
    loaded = response.text
    assert "<dt>Changed</dt><dd>2: 3 is now 2; same number: 1</dd>" in loaded
    assert "<dt>No longer asked</dt><dd>1: recommendation 2</dd>" in loaded
    assert "<dt>Split</dt><dd>1: 3 into 2 and 3</dd>" in loaded
    assert "<dt>Benchmarks moved</dt><dd>1: 3a is now 3a</dd>" in loaded
    assert {benchmark.pk: benchmark.key for benchmark in Benchmark.objects.select_related("recommendation")} == {
        first.pk: "3a",
        second.pk: "2b",
    }


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("perhaps 2", "Write its new number, several numbers with commas, or “retired”."),
        ("9", "The new list has no item 9."),
        ("-1", "Write its new number"),
    ],
)
def test_invalid_number_is_refused_at_its_field(client, edition, existing_list, said, sentence):
    shelter, trees, *_ = existing_list
    page, url = open_preview(client, edition, pasted=NARRATIVE)
    response = client.post(url, load_form_data(page) | {f"became_{trees.pk}": "retired", f"became_{shelter.pk}": said})

    assert sentence in form_errors(response)[f"became_{shelter.pk}"][0]


def test_a_new_item_wants_its_pillar(client, edition):
    page, url = open_preview(client, edition, pasted=NARRATIVE)
    response = client.post(url, load_form_data(page) | {"pillar_3": ""})

    assert form_errors(response) == {"pillar_3": ["Choose the pillar of item 3."]}


def test_a_list_that_changed_meanwhile_is_previewed_again(client, edition, existing_list):
    shelter, trees, *_ = existing_list
    page, url = open_preview(client, edition, pasted=NARRATIVE)
    chosen = load_form_data(page) | {f"became_{trees.pk}": "retired"}
    Recommendation.objects.filter(pk=shelter.pk).update(version=7, text="Fund it all.")

    response = client.post(url, chosen)
    assert shows_refusal(response, "edit_conflict")
    assert "Fund it all." in response.text
    assert response.context["form"][f"became_{shelter.pk}"].value() == "1"
    assert client.post(url, load_form_data(response)).status_code == 302


def test_doubtful_items_can_be_corrected(client, edition):
    imported = EditionImportFactory(
        edition=edition,
        draft={
            "rows": [[1, "Fund the shel- ter.", "It may be cut off."]],
            "notes": [],
            "left_out": ["42"],
            "tier": None,
        },
    )
    page = client.get(reverse("import_preview", args=[imported.pk]))
    assert "It may be cut off." in page.text
    assert "1 line is not part of the list" in page.text
    said = {"text_1": "Fund the  shelter.", "pillar_1": "protection"}
    client.post(reverse("import_preview", args=[imported.pk]), load_form_data(page) | said)

    assert Recommendation.objects.get().text == "Fund the shelter."


def test_rows_that_can_not_be_read_are_told_and_left_out_by_a_tick(client, edition):
    table = SimpleUploadedFile(
        "list.csv", b"Number,Recommendation,Pillar\n1,Fund it.,Protection\nx,Train.,Protection\n"
    )
    page, url = open_preview(client, edition, file=table)
    assert "Row 3: “x” is not a number from 1" in page.text

    response = client.post(url, load_form_data(page))
    assert response.context["form"].has_error("leave_out", "unreadable_rows")
    assert client.post(url, load_form_data(page) | {"leave_out": "on"}).status_code == 302


@pytest.mark.parametrize("stands", [False, True])
def test_a_table_of_which_no_row_can_be_read_offers_to_correct_its_columns_and_nothing_to_load(client, edition, stands):
    """The rank was read as the number. Existing items must not appear as missing."""
    if stands:
        RecommendationFactory(edition=edition, number=1, text="Fund it.")
    table = b"How urgent,Rank,Recommendation\nhigh,1,Fund it.\nlow,2,Train them.\n"
    _, url = open_preview(client, edition, file=SimpleUploadedFile("list.csv", table))
    wrong = {"do": "columns", "column_0": "number", "column_1": "", "column_2": "text", "has_headings": "on"}
    page = client.post(url, wrong, follow=True)

    assert "Row 2: “high” is not a number from 1" in page.text
    assert "Correct the columns below, or" in page.text
    assert "Set that column to “Not used”." in page.text
    for offered in (
        "Record that nothing changes",
        "Import this list",
        "No longer asked",
        "Current recommendations without",
    ):
        assert offered not in page.text
    assert "nothing to import" in client.post(url, {"do": "load", "leave_out": "on"}).text
    assert not EditionImport.objects.exclude(loaded_at=None).exists()
    read = client.post(url, wrong | {"column_0": "", "column_1": "number"}, follow=True)
    assert "It contains 2 recommendations." in read.text
    assert "Import this list" in read.text


def test_the_same_list_again_says_so(client, edition):
    page, url = open_preview(client, edition, pasted=NARRATIVE)
    client.post(url, load_form_data(page))
    again, url = open_preview(client, edition, pasted=NARRATIVE)
    assert "Record that nothing changes" in again.text

    assert "Nothing was changed." in client.post(url, load_form_data(again), follow=True).text


def test_different_tier_is_reported(client, edition):
    edition.tier = Tier.TIER_3
    edition.save()
    page, _ = open_preview(client, edition, pasted=NARRATIVE)

    assert "The narrative says Tier 2 Watch List, but this edition says Tier 3." in page.text


def test_a_list_of_which_too_much_has_to_be_said_is_left_to_the_command(client, edition):
    lines = "\n".join(f"{number},Do number {number}." for number in range(1, 500))
    table = SimpleUploadedFile("list.csv", f"Number,Recommendation\n{lines}\n".encode())
    page, _ = open_preview(client, edition, file=table)

    assert "This list has too many open questions for one page." in page.text
    assert "Import this list" not in page.text


def test_the_page_of_a_long_list_stays_light_whatever_has_to_be_said_of_it(client, edition):
    """600 items with other wording and 300 without a similar one."""
    texts = [f"Fund shelter {n} of ours." for n in range(1, 601)] + [f"{n} x{n}." for n in range(601, 901)]
    Recommendation.objects.bulk_create(
        Recommendation(edition=edition, number=number, text=text, text_status="official")
        for number, text in enumerate(texts, 1)
    )
    lines = "".join(f"{number},Fund shelter {number} of yours.,Ministry {number}\n" for number in range(1, 601))
    table = SimpleUploadedFile("list.csv", f"Number,Recommendation,Lead\n{lines}".encode())
    page, url = open_preview(client, edition, file=table)

    assert "This list has too many open questions for one page." in page.text
    assert [(group.kind.value, len(group.lines), group.more) for group in page.context["groups"]] == [
        ("changed", 200, 400),
        ("gone", 200, 100),
    ]
    assert "601. 601 x601." in page.text
    assert "The list names 600 ministries that do not exist here:" in page.text
    assert len(page.content) < 200_000
    sent = client.post(url, {"do": "load"})
    assert (sent.status_code, "too many open questions" in sent.text) == (200, True)
    assert len(sent.content) < 200_000


# --- Editing the items ------------------------------------------------------------------------------------------------


def stored_items(imported):
    imported.refresh_from_db()
    return [row[1] for row in imported.draft["rows"]]


@pytest.mark.parametrize(
    ("step", "typed", "expected"),
    [
        ("split-2", {"text_2": "Investigate.\nProsecute."}, ["Fund.", "Investigate.", "Prosecute.", "Convene."]),
        ("merge-2", {"text_1": "Fund"}, ["Fund Train.", "Convene."]),
        ("up-3", {}, ["Fund.", "Convene.", "Train."]),
        ("down-1", {"text_3": "Convene all."}, ["Train.", "Fund.", "Convene all."]),
        ("add-1", {}, ["Fund.", "", "Train.", "Convene."]),
        ("remove-1", {}, ["Train.", "Convene."]),
        ("restore-1", {}, ["Fund.", "Train.", "Convene.", "42"]),
        ("save", {"text_1": "Fund it."}, ["Fund it.", "Train.", "Convene."]),
    ],
)
def test_items_are_edited_by_buttons_that_save_everything_typed(client, edition, step, typed, expected):
    rows = [[1, "Fund.", ""], [2, "Train.", ""], [3, "Convene.", ""]]
    brought = {"notes": [], "left_out": ["42"], "tier": None, "rows": rows}
    imported = EditionImportFactory(edition=edition, draft=brought)
    url = reverse("import_preview", args=[imported.pk])
    response = client.post(url, load_form_data(client.get(url)) | {"step": step} | typed)

    assert response.status_code == 302
    assert stored_items(imported) == expected
    page = client.get(url)
    form = page.context["form"]
    assert [form[f"text_{number}"].value() for number in range(1, len(expected) + 1)] == expected
    assert not Recommendation.objects.exists()
    client.post(url, load_form_data(page) | {"step": "reset"})
    assert stored_items(imported) == ["Fund.", "Train.", "Convene."]
    assert imported.draft["left_out"] == ["42"]


def test_choices_are_kept_in_the_draft_and_follow_the_items(client, edition, existing_list):
    _, trees, both, first, _ = existing_list
    page, url = open_preview(client, edition, pasted=NARRATIVE)
    chosen = {f"became_{trees.pk}": "retired", f"became_{both.pk}": "2, 3", f"goes_{first.pk}": "3"}
    client.post(url, load_form_data(page) | chosen | {"pillar_3": "prosecution", "step": "up-2"})
    form = client.get(url).context["form"]

    assert form[f"became_{trees.pk}"].value() == "retired"
    assert form[f"became_{both.pk}"].value() == "1, 3"
    assert form[f"goes_{first.pk}"].value() == "3"


def test_an_edited_list_is_imported_as_edited(client, edition):
    page, url = open_preview(client, edition, pasted=NARRATIVE)
    client.post(url, load_form_data(page) | {"text_1": "Fund the shelter.\nFund its staff.", "step": "split-1"})
    page = client.get(url)
    assert client.post(url, load_form_data(page) | {"text_4": "Convene\nall."}).status_code == 302

    assert [row.text for row in Recommendation.objects.order_by("number")] == [
        "Fund the shelter.",
        "Fund its staff.",
        "Investigate and prosecute traffickers.",
        "Convene all.",
    ]


def test_an_item_without_text_is_not_imported(client, edition):
    page, url = open_preview(client, edition, pasted=NARRATIVE)
    client.post(url, load_form_data(page) | {"step": "add-3"})
    response = client.post(url, load_form_data(client.get(url)) | {"pillar_4": "protection"})

    assert form_errors(response) == {"text_4": ["This item has no text. Write its text, or remove the item."]}


def test_a_refused_step_keeps_what_was_typed(client, edition):
    page, url = open_preview(client, edition, pasted=NARRATIVE)
    for typed, step in (("Convene all.", "split-3"), ("Call 5812 3456.", "save")):
        response = client.post(url, load_form_data(page) | {"text_3": typed, "step": step})
        assert response.status_code == 422
        assert list(form_errors(response)) == ["text_3"]
        assert response.context["form"]["text_3"].value() == typed
    assert stored_items(EditionImport.objects.get())[2] == "Convene everybody."


def test_a_button_that_is_pressed_twice_acts_once(client, edition):
    page, url = open_preview(client, edition, pasted=NARRATIVE)
    pressed = load_form_data(page) | {"text_1": "Fund the shelter.\nFund its staff.", "step": "split-1"}

    assert [client.post(url, pressed).status_code for _ in range(2)] == [302, 302]
    assert len(stored_items(EditionImport.objects.get())) == 4


@pytest.mark.parametrize("step", [{"step": "save"}, {}])
def test_items_that_somebody_else_changed_are_shown_beside_what_was_typed(client, edition, step):
    page, url = open_preview(client, edition, pasted=NARRATIVE)
    client.post(url, load_form_data(page) | {"step": "remove-1"})
    response = client.post(url, load_form_data(page) | {"text_3": "Convene all."} | step)

    assert shows_refusal(response, "edit_conflict")
    assert response.context["unsaved_texts"][2] == "Convene all."
    assert response.context["form"]["text_2"].value() == "Convene everybody."
    assert not Recommendation.objects.exists()
    assert client.post(url, load_form_data(response)).status_code == 302


def test_items_of_a_table_are_edited_and_keep_their_pillars(client, edition):
    table = b"Number,Recommendation,Pillar\n1,Fund it.,Protection\n4,Train them.,Prevention\n"
    page, url = open_preview(client, edition, file=SimpleUploadedFile("list.csv", table))
    client.post(url, load_form_data(page) | {"text_4": "Train\nConvene", "step": "split-4"})
    assert "Your changes to the items will be lost." in client.get(url).text
    assert client.post(url, load_form_data(client.get(url))).status_code == 302

    rows = Recommendation.objects.with_pillar().order_by("number")
    assert [(row.number, row.text, row.pillar) for row in rows] == [
        (1, "Fund it.", "protection"),
        (2, "Train", "prevention"),
        (3, "Convene", "prevention"),
    ]


def test_columns_that_are_corrected_drop_the_edits(client, edition):
    table = b"What,Note\nFund the shelter in each of the ten districts.,Later\n"
    page, url = open_preview(client, edition, file=SimpleUploadedFile("list.csv", table))
    client.post(url, load_form_data(page) | {"text_1": "Fund it.", "step": "save"})
    client.post(url, {"do": "columns", "column_0": "", "column_1": "text", "has_headings": "on"})

    assert client.get(url).context["form"]["text_1"].value() == "Later"


# --- Who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_administrators_alone_see_these_pages(client, edition, reader):
    waiting, loaded = EditionImportFactory(edition=edition), EditionImportFactory(edition=edition, loaded=True)
    user = reader()
    client.force_login(user)

    assert client.get(reverse("edition_import", args=[edition.pk])).status_code == 403
    assert post_import(client, edition, pasted=NARRATIVE).status_code == 403
    assert client.get(reverse("import_preview", args=[waiting.pk])).status_code == 404
    expected = 403 if user.is_embassy else 404
    assert client.get(reverse("import_preview", args=[loaded.pk])).status_code == expected


def test_the_whole_list_of_lesotho_reads_well(client, edition):
    items = "\n".join(f"• {text}" for text in REPLACEMENT_LIST.values())
    page, url = open_preview(
        client, edition, pasted=f"LESOTHO: TIER 2 WATCH LIST\n\nPRIORITIZED RECOMMENDATIONS:\n\n{items}\n"
    )
    assert client.post(url, load_form_data(page)).status_code == 302

    assert [row.text for row in Recommendation.objects.order_by("number")] == list(REPLACEMENT_LIST.values())
    assert Recommendation.objects.first().terms.get().recorded_at.date() == at_noon(date(2022, 8, 5)).date()
