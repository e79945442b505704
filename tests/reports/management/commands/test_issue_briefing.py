import re
from datetime import date, datetime

import pytest
from django.core.management import call_command
from pypdf import PdfReader

from dialogues.lesotho.loading import load_public_record
from recommendations.models import Edition
from reports.briefings import pdf
from reports.briefings.ambassador import build_ambassador_briefing
from reports.briefings.html import render_html
from reports.reader_view import ReaderView
from tests.factories import (
    MASERU,
    AmbassadorFactory,
    DialogueFactory,
    LanguageReviewFactory,
    RecommendationFactory,
    RecorderFactory,
)
from tests.refusals import command_refuses
from tests.row_cache import load_cached
from tiptracker.accounts.models import User
from tiptracker.languages.enabled import forget_signed_off_languages

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-08-01")]

KNOWN_AT = datetime(2022, 7, 31, 23, 59, 59, tzinfo=MASERU)
KNOWN_BY = KNOWN_AT.isoformat()


@pytest.fixture
def public_record():
    load_cached(load_public_record, now=datetime(2022, 7, 31, 23, 59, tzinfo=MASERU))


def issue_briefing(file, *more, country="LSO", year="2021", kind="ambassador", as_of="2022-03-31", known_by=KNOWN_BY):
    when = "--as-of", as_of, "--known-by", known_by
    call_command("issue_briefing", country, year, "--kind", kind, *when, "--output", str(file), *more)


def test_issue_briefing_writes_the_file_that_the_ambassadors_job_makes(public_record, tmp_path, capsys):
    edition = Edition.objects.tracked().get()
    content = build_ambassador_briefing(ReaderView(AmbassadorFactory(), edition, date(2022, 3, 31), KNOWN_AT))
    people = User.objects.count()

    issue_briefing(tmp_path / "briefing.pdf")

    written = (tmp_path / "briefing.pdf").read_bytes()
    assert written == pdf.render_pdf(render_html(content))
    assert f"{len(written):,} bytes" in capsys.readouterr().out
    assert User.objects.count() == people


def test_issue_briefing_needs_no_account(public_record, tmp_path):
    assert not User.objects.filter(is_active=True).exists()

    issue_briefing(tmp_path / "briefing.pdf", known_by="2022-02-28T12:00:00+02:00")

    first = PdfReader(tmp_path / "briefing.pdf").pages[0].extract_text()
    assert "Nothing has been reviewed yet. 7 claims are waiting." in " ".join(first.split())
    assert not User.objects.filter(is_active=True).exists()


def test_a_briefing_is_written_in_a_language_that_is_signed_off(public_record, tmp_path, capsys):
    LanguageReviewFactory(language="fr")
    forget_signed_off_languages()

    issue_briefing(tmp_path / "note.pdf", "--language", "fr")

    written = PdfReader(tmp_path / "note.pdf")
    assert written.trailer["/Root"]["/Lang"] == "fr"
    assert "préparation au 31 mars 2022" in " ".join(written.pages[0].extract_text().split())
    capsys.readouterr()
    with command_refuses(capsys, "english_for_washington"):
        issue_briefing(tmp_path / "input.pdf", "--language", "fr", kind="washington")
    with command_refuses(capsys, "no_choice", sentence="Choose one of: en-gb and fr."):
        issue_briefing(tmp_path / "note.pdf", "--language", "st")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"country": "XXX"}, "unknown_country"),
        ({"year": "1999"}, "untracked_edition"),
        ({"as_of": "yesterday"}, "not_a_day"),
        ({"as_of": "2022-08-02"}, "future_day"),
        ({"as_of": "2021-03-31"}, "before_tracking_period"),
        ({"known_by": "soon"}, "not_a_moment"),
        ({"known_by": "2022-07-31T12:00"}, "no_time_zone"),
    ],
)
def test_issue_briefing_refuses_with_a_sentence(public_record, tmp_path, capsys, asked, code):
    with command_refuses(capsys, code):
        issue_briefing(tmp_path / "briefing.pdf", **asked)

    assert not (tmp_path / "briefing.pdf").exists()


def test_issue_briefing_says_which_kinds_there_are(tmp_path, capsys):
    sentence = (
        "There is no kind of briefing called “poem”. Choose one of: ambassador, ministry, dialogue, washington and "
        "answers."
    )
    with command_refuses(capsys, "no_choice", sentence=sentence):
        issue_briefing(tmp_path / "briefing.pdf", kind="poem")


@pytest.mark.usefixtures("public_record")
@pytest.mark.parametrize(
    ("as_of", "dialogue", "held_on"),
    [
        ("2022-01-28", None, "10 February 2022"),
        ("2022-02-11", None, "8 November 2021"),
        ("2022-01-28", "2021-11-08", "8 November 2021"),
    ],
)
def test_issue_briefing_writes_the_pack_of_the_next_dialogue_else_the_last_held(
    tmp_path, capsys, as_of, dialogue, held_on
):
    DialogueFactory(planned=True)
    off = {"called_off_at": KNOWN_AT, "called_off_by": RecorderFactory(), "called_off_reason": "No room"}
    DialogueFactory(planned=True, held_on=date(2022, 2, 12), **off)
    file, asked = tmp_path / "pack.pdf", ["--dialogue", dialogue] if dialogue else []

    call_command("issue_briefing", "LSO", "2021", "--kind", "dialogue", "--as-of", as_of, "--output", str(file), *asked)

    assert f"Lesotho: dialogue of {held_on}" in PdfReader(file).metadata.title
    assert "to ask. " in capsys.readouterr().out
    assert re.search(r"Prepared for\s+Ambassador", pdf.extract_pdf_text(file.read_bytes()))


def test_issue_briefing_says_which_dialogues_there_are(public_record, tmp_path, capsys):
    first, second = (DialogueFactory(planned=True, place=place) for place in ("Maseru", "Leribe"))
    file = tmp_path / "pack.pdf"

    def refused(dialogue, code, sentence, *, kind="dialogue"):
        with command_refuses(capsys, code, sentence=sentence):
            call_command(
                "issue_briefing", "LSO", "2021", kind=kind, as_of="2022-01-28", output=str(file), dialogue=dialogue
            )

    refused(
        "2022-02-09",
        "unknown_dialogue",
        "There is no dialogue with Lesotho on “2022-02-09”. Choose one of: 2021-11-08 and 2022-02-10.",
    )
    both = "Say which one is meant: “Dialogue of 10 February 2022, Leribe” or “Dialogue of 10 February 2022, Maseru”."
    refused("2022-02-10", "ambiguous_dialogue", f"There are 2 dialogues on 2022-02-10. {both}")
    refused("2022-02-10", "dialogue_not_for_kind", "Only --kind dialogue is about one dialogue.", kind="ambassador")
    assert not file.exists()
    call_command(
        "issue_briefing", "LSO", "2021", kind="dialogue", as_of="2022-01-28", output=str(file), dialogue=str(second)
    )
    assert "Leribe" in pdf.extract_pdf_text(file.read_bytes())
    assert first.place not in pdf.extract_pdf_text(file.read_bytes()).partition("Agenda")[0]


def test_issue_briefing_without_any_dialogue_says_how_to_begin(tmp_path, capsys):
    edition = RecommendationFactory().edition

    sentence = (
        f"No dialogue with {edition.country} is planned or recorded yet. Plan one first, on the page of dialogues."
    )
    with command_refuses(capsys, "no_dialogues", sentence=sentence):
        issue_briefing(tmp_path / "pack.pdf", kind="dialogue")


def test_issue_briefing_writes_only_what_it_can(public_record, tmp_path, capsys):
    with command_refuses(capsys, "unsupported_format"):
        issue_briefing(tmp_path / "briefing.odt")


def test_issue_briefing_says_why_a_file_cannot_be_written(public_record, tmp_path, capsys):
    sentence = "The briefing could not be written. No such file or directory: "
    with command_refuses(capsys, "not_written", sentence=sentence):
        issue_briefing(tmp_path / "nowhere" / "briefing.pdf")
