from datetime import date, datetime

import pytest
from django.core.management import call_command
from pypdf import PdfReader

from dialogues.lesotho.actions import load_public_record
from recommendations.models import Edition
from reports import pdf
from reports.briefing import as_html, build_briefing
from tests.factories import MASERU, AmbassadorFactory
from tiptracker.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-08-01")]

THEN = datetime(2022, 7, 31, 23, 59, 59, tzinfo=MASERU)
KNOWN_BY = THEN.isoformat()


@pytest.fixture
def lesotho():
    load_public_record(now=datetime(2022, 7, 31, 23, 59, tzinfo=MASERU))


def issue(file, *, country="LSO", year="2021", kind="ambassador", as_of="2022-03-31", known_by=KNOWN_BY):
    call_command(
        "issue_briefing", country, year, "--kind", kind, "--as-of", as_of, "--known-by", known_by, "--output", str(file)
    )


def test_issue_briefing_writes_the_file_that_the_ambassadors_job_makes(lesotho, tmp_path, capsys):
    edition = Edition.objects.tracked().get()
    content = build_briefing(reader=AmbassadorFactory(), edition=edition, as_of=date(2022, 3, 31), known_by=THEN)
    people = User.objects.count()

    issue(tmp_path / "briefing.pdf")

    written = (tmp_path / "briefing.pdf").read_bytes()
    assert written == pdf.to_pdf(as_html(content))
    assert f"{len(written):,} bytes" in capsys.readouterr().out
    assert User.objects.count() == people


def test_issue_briefing_needs_no_account(lesotho, tmp_path):
    assert not User.objects.filter(is_active=True).exists()

    issue(tmp_path / "briefing.pdf", known_by="2022-02-28T12:00:00+02:00")

    first = PdfReader(tmp_path / "briefing.pdf").pages[0].extract_text()
    assert "Nothing has been reviewed yet; 7 claims are waiting." in " ".join(first.split())
    assert not User.objects.filter(is_active=True).exists()


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"country": "XXX"}, "There is no country with the code “XXX” here. There is LSO."),
        ({"year": "1999"}, "No edition 1999 on Lesotho has recommendations to follow. There is 2021."),
        (
            {"kind": "poem"},
            "There is no kind of briefing called “poem”. There is ambassador, ministry, dialogue and washington.",
        ),
        ({"as_of": "yesterday"}, "“yesterday” is no day. Give one such as 2022-03-31."),
        ({"as_of": "2022-08-02"}, "2 August 2022 has not come yet. Ask for today, 1 August 2022, or an earlier day."),
        ({"as_of": "2021-03-31"}, "The tracking period begins on 1 April 2021. Ask for that day or a later one."),
        (
            {"known_by": "soon"},
            "“soon” is no moment. Give one such as 2022-07-31T23:59:59+02:00.",
        ),
        (
            {"known_by": "2022-07-31T12:00"},
            "Add the zone, such as 2022-07-31T23:59:59+02:00: without it nobody knows which moment is meant.",
        ),
    ],
)
def test_issue_briefing_refuses_with_a_sentence(lesotho, tmp_path, capsys, asked, sentence):
    with pytest.raises(SystemExit) as stopped:
        issue(tmp_path / "briefing.pdf", **asked)

    assert stopped.value.code == 2
    assert capsys.readouterr().err.strip() == sentence
    assert not (tmp_path / "briefing.pdf").exists()


def test_issue_briefing_says_why_a_file_cannot_be_written(lesotho, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        issue(tmp_path / "nowhere" / "briefing.pdf")

    assert stopped.value.code == 2
    assert "No such file or directory" in capsys.readouterr().err
