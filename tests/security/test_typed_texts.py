"""What people typed, and official texts, are marked as English on pages in another language.

Screen readers and browsers then pronounce and hyphenate them as English. Every page is requested in a made-up language,
with a marker in each text of the record. Titles of pages, labels, choices of lists and fields of forms hold text alone,
so no part of them can be marked.
"""

import re
from html.parser import HTMLParser

import pytest
from django.db import transaction

from dialogues.models.free_texts import FREE_TEXTS
from tests.pseudo_languages import LEFT_TO_RIGHT, pseudo_languages
from tests.security.access_requests import rule_url
from tests.security.marked_rows import find_markers
from tests.security.test_markers import marked_rows, row_keys, world  # noqa: F401 -- fixtures
from tests.security.test_roles import RULES
from tests.transactions import outer_transaction
from tiptracker.accounts.models import User

NAMES = """
dialogues.AgreedProof.from_whom dialogues.Dialogue.place dialogues.Evidence.link dialogues.Evidence.stated_by
dialogues.EvidenceFile.name dialogues.NextStep.office dialogues.Participant.name dialogues.Participant.office
dialogues.Sustainment.payer recommendations.EditionImport.name recommendations.QuestionSet.name
"""
"""Names of people, offices, places, files and addresses, which are the same in every language."""
IN_SENTENCES = """
dialogues.AgendaItem.topic dialogues.AgreedProof.text dialogues.Commitment.letter dialogues.Commitment.text
dialogues.CommitmentCorrection.replaced_text dialogues.Contribution.what dialogues.Evidence.revision_reason
dialogues.Evidence.source dialogues.Evidence.title dialogues.InformationRequest.reason dialogues.LineAnswer.text
dialogues.Reading.note dialogues.Redaction.reason dialogues.RequestEvent.replaced_reason dialogues.RequestLine.wording
dialogues.UpdateVersionDecision.reason recommendations.BenchmarkTerms.criterion recommendations.Edition.source
recommendations.Indicator.includes recommendations.Milestone.own_title recommendations.Question.text
recommendations.Recommendation.text
"""
"""Fields that code also puts into a sentence. They are marked where they stand alone."""
SHARED_PLACES = {
    "dialogues.AgendaItem.topic": {"dialogue_detail"},
    "dialogues.Commitment.letter": {"commitment_detail"},
    "dialogues.Commitment.text": {"dialogue_oversight", "readiness_checks"},
    "dialogues.Evidence.title": {
        "commitment_detail",
        "readiness_changes",
        "readiness_why",
        "update_send",
        "version_withdraw",
    },
    "dialogues.Redaction.reason": {"my_tasks"},
    "dialogues.RequestLine.wording": {"information_request_detail", "information_request_list", "ministry_detail"},
    "recommendations.BenchmarkTerms.criterion": {"evidence_detail", "import_preview"},
    "recommendations.Edition.note": {"country_comparison"},
    "recommendations.Edition.source": {"department_year"},
    "recommendations.Milestone.own_title": {"readiness_trend", "setup_edition", "setup_edition_edit", "timeline"},
    "recommendations.Recommendation.text": {"edition_terms"},
}
"""Pages where one place shows a text that somebody typed or a sentence of ours, which code composes."""
READS_JSON = {"import_preview", "imported_entry_detail", "log_detail", "redaction_detail"}
"""Pages that fail on some rows, because a marker is where they read JSON."""
TEXTS = {f"{model._meta.label}.{name}" for model, texts in FREE_TEXTS.items() for name in texts.fields}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
TEXT_ALONE = {"title", "option", "optgroup", "textarea", "label", "script", "style"}
ALONE = re.compile(r"[\s\W\d]*zm\d{3}q[\s\W\d]*")


class _UnmarkedTexts(HTMLParser):
    """Collect the texts of a page that are within no element in English."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            given = dict(attrs)
            is_left_out = given.get("lang") == "en" or tag in TEXT_ALONE or given.get("class") == "way-back__here"
            self.open.append((tag, is_left_out or bool(self.open and self.open[-1][1])))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self.open and self.open[-1][1]):
            self.texts.append(data)


def find_unmarked(body, fields_by_marker):
    """Return the fields whose texts a page shows without a mark, of those that need one where they are."""
    page = _UnmarkedTexts()
    page.feed(body)
    found = set()
    for text in page.texts:
        for field in {fields_by_marker.get(mark) for mark in find_markers(text)} & TEXTS - set(NAMES.split()):
            if field not in IN_SENTENCES.split() or ALONE.fullmatch(text):
                found.add(field)
    return found


@pytest.mark.parametrize("reader", ["officer", "own"])
def test_typed_texts_are_marked_as_english_on_pages_in_another_language(world, marked_rows, reader):  # noqa: F811
    found, shown = {}, set()
    fields = marked_rows.fields_by_marker
    with outer_transaction(), pseudo_languages():
        User.objects.update(language=LEFT_TO_RIGHT)
        client = world.client(reader)
        client.raise_request_exception = False
        for line in RULES:
            if line.method == "GET" and not line.is_api and line.expected[reader] == "200" and line.route != "metrics":
                for key in row_keys(world, line, reader):
                    response = client.get(rule_url(line, key, reader))
                    assert response.status_code < 500 or line.route in READS_JSON
                    if response.status_code == 200 and "html" in response.headers.get("Content-Type", ""):
                        shown |= {fields.get(mark) for mark in find_markers(response.text)} & TEXTS
                        for field in find_unmarked(response.text, fields):
                            if line.route not in SHARED_PLACES.get(field, ()):
                                found.setdefault(field, set()).add(line.route)
        transaction.set_rollback(True)

    assert found == {}
    assert len(shown) > {"officer": 60, "own": 20}[reader]
