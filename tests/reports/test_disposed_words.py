"""No word of an edition that was disposed of is left on any page, in the API, in exports, or in what is kept apart."""

import io
import re
import zipfile

import pytest
from django.urls import reverse

from dialogues.models import Commitment, WorkbookDraft
from dialogues.workbook.rows import WorkbookRow
from recommendations.models import Edition, EditionImport, QuestionSet
from tests import factories
from tests.authentication import force_sign_in
from tests.edition_urls import edition_url, edition_url_names
from tests.reports.old_editions import NOW, WORD, dispose_with_typed_export, fill_old_edition, plant_words
from tests.security.test_lists import API, EXPORTED_LISTS
from tests.tiptracker.backups.installations import find_everywhere
from tiptracker.undo.actions import keep_removed
from tiptracker.undo.models import RemovedRow

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]
LINK = re.compile(r'href="(/[^"#]*)"')
NO_PAGES = re.compile(r"^/(static|account|api/v1/docs|api/v1/schema|sign-out|undo|stop)")


@pytest.fixture
def old(fresh_database, tmp_path, settings):
    """The old edition of a country, with the word in every text."""
    settings.MEDIA_ROOT = tmp_path / "files"
    edition = fill_old_edition(factories.CountryFactory())
    plant_words(edition)
    return edition


@pytest.fixture
def readers(old):
    """An officer and the focal point of the ministry that made the commitment."""
    focal_point = factories.FocalPointFactory(ministry=Commitment.objects.get().ministry)
    return {"officer": factories.OfficerFactory(countries=[old.country]), "focal point": focal_point}


def read(client, address):
    """The text of an answer: a page, JSON, or a file with everything that is compressed in it."""
    answer = client.get(address, follow=True)
    content = answer.getvalue() if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    return content.decode(errors="replace")


def list_addresses(client, edition):
    """Every page of both editions, every list of the API, exports, searches, and where their links lead."""
    editions = Edition.objects.filter(country=edition.country)
    pages = [
        edition_url(name, edition=each) for each in editions for name, asked in edition_url_names().items() if not asked
    ]
    searches = [reverse("search", query={"q": word}) for word in ("text", "title", "reason", "source", "narrative")]
    api = [reverse(route) for route, _ in API.values()]
    below = edition_url_names()
    exports = [
        edition_url(name, edition=edition, query={"as": kind}) if name in below else reverse(name, query={"as": kind})
        for name in EXPORTED_LISTS
        for kind in ("csv", "xlsx")
    ]
    found = {*pages, *searches, *api}
    for address in [*pages, *searches]:
        found |= {link.replace("&amp;", "&") for link in LINK.findall(read(client, address))}
    for address in api:
        results = client.get(address).json().get("results", []) if client.get(address).status_code == 200 else []
        found |= {f"{address}{row['id']}/" for row in results if "id" in row}
    return [each for each in sorted(found) if not NO_PAGES.match(each)] + exports


@pytest.mark.unordered_locks
@pytest.mark.kept_pages
@pytest.mark.parametrize("reader", ["officer", "focal point"])
def test_no_page_list_search_or_export_has_a_word_of_it(old, readers, client, reader):
    force_sign_in(client, readers[reader])
    addresses = list_addresses(client, old)
    before = {address for address in addresses if WORD in read(client, address)}  # also fills the cache

    dispose_with_typed_export(old)

    parts = {
        "api" if "/api/" in each else "file" if "as=" in each else "search" if "q=" in each else "page"
        for each in before
    }
    assert parts >= {"api", "file", "search", "page"}
    assert [address for address in addresses if WORD in read(client, address)] == []


def draft_everything(edition, commitment, officer, word, rows):
    """Begin and delete a draft of every kind that somebody can bring back, about an edition, and begin another one."""
    imported = factories.EditionImportFactory(edition=edition, draft={"text": word})
    questions = factories.QuestionSetFactory(edition=edition, draft={"text": word})
    workbook = factories.WorkbookDraftFactory(ministry=commitment.ministry, uploaded_by=officer, rows=rows)
    draft = factories.DraftFactory.build(pk=9000 + edition.year, commitment=commitment, saved_by=officer, content=word)
    for row in (imported, questions, workbook, draft):
        keep_removed(row, by=officer, now=NOW)


def workbook_row(commitment, word):
    """A row of a workbook's draft as it is stored."""
    return WorkbookRow(number=3, values={"narrative": word}, commitment=commitment.pk).to_json()


@pytest.mark.unordered_locks
def test_drafts_workbooks_and_what_can_be_undone_go_with_the_edition(old, readers, tmp_path):
    officer = readers["officer"]
    commitment = Commitment.objects.get()
    kept_edition = Edition.objects.get(year=2021)
    kept = factories.CommitmentFactory(ministry=commitment.ministry, country=old.country, text="Of 2021")
    own, other = workbook_row(commitment, WORD), workbook_row(kept, "Of 2021")
    draft_everything(old, commitment, officer, WORD, [own, other])
    draft_everything(kept_edition, kept, officer, "Of 2021", [other, other])
    assert {"undo.removedrow", "dialogues.workbookdraft"} <= set(find_everywhere(WORD, tmp_path / "files"))

    dispose_with_typed_export(old)

    assert find_everywhere(WORD, tmp_path / "files") == []
    assert RemovedRow.objects.count() == 4
    assert EditionImport.objects.filter(loaded_at=None).get().edition == kept_edition
    assert QuestionSet.objects.filter(loaded_at=None).get().edition == kept_edition
    mixed, whole = WorkbookDraft.objects.order_by("pk")
    assert [row["commitment"] for row in mixed.rows] == [kept.pk]
    assert mixed.version == 2
    assert [row["commitment"] for row in whole.rows] == [kept.pk, kept.pk]
