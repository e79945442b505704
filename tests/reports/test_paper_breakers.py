"""What would break a printed document or embarrass who hands it over, tried on every kind of it."""

import io
import itertools
import re
import socket
import threading
from functools import partial

import outloud
import page
import pytest
from PIL import Image

from recommendations.words import Pillar
from reports import content, pdf
from reports.briefing import as_html, build_briefing
from reports.typesetting import printable
from tests.factories import AmbassadorFactory, BenchmarkFactory, EvidenceFactory, EvidenceFileFactory
from tests.reports import papers
from tests.reports.papers import DAY, LONG
from tests.reports.printed import Printed, fonts_of
from tiptracker.words import Paper

KINDS = {
    "ambassador": papers.full,
    "ministry": papers.ministry_page,
    "dialogue": papers.dialogue_pack,
    "washington": papers.washington,
    "washington without sources": partial(papers.washington, has_sources=False),
}
MARKUP = '<img src="file:///etc/passwd"> <b>&amp;</b> http://169.254.169.254/latest/'
STRANGE = f"’M’e Nts\u030ciuoa of Qacha’s Nek {MARKUP} \N{UNICORN FACE} \u05e9\u05dc\u05d5\u05dd \u202eabc {'w' * 200}"
"""Sesotho, markup, what the typefaces lack, writing from right to left, and a word that no line holds."""

every_kind = pytest.mark.parametrize("made", KINDS.values(), ids=KINDS)
each_paper = pytest.mark.parametrize("paper", Paper)


def faults_of(printed, tmp_path):
    """What the checkers of PDF/UA-1 and of what a screen reader says find wrong."""
    file = tmp_path / "document.pdf"
    file.write_bytes(printed.file)
    spoken = [f"{one.rule} {one.message}" for one in outloud.check(str(file)).findings if one.severity == "error"]
    return [failure.message for failure in page.validate_pdf(file, profile="ua1").failures] + spoken


def assert_in_order(printed, tmp_path):
    """Nothing past the margins, nothing on another, every page numbered, own typefaces, no fault of a checker."""
    assert printed.outside() == []
    assert printed.collisions() == []
    numbered = [f"Page {number} of {len(printed)}" in text for number, text in enumerate(printed.texts, 1)]
    assert all(numbered)
    assert {name.partition("-Sans")[0] for name in fonts_of(printed.file)} == {"Public"}
    assert faults_of(printed, tmp_path) == []
    assert printed.reader.trailer["/Root"]["/Lang"] == "en"
    assert all(figure["/Alt"].strip() for figure in printed.elements("/Figure"))


# --- Strange words ----------------------------------------------------------------------------------------------------


@every_kind
@each_paper
def test_whatever_somebody_wrote_stands_as_text_within_the_margins(made, paper, tmp_path):
    title = (f"{STRANGE[:100]} " * 5)[:400]
    said = made(2, STRANGE, title=title, covering_note=STRANGE)
    printed = Printed(said, paper)

    assert_in_order(printed, tmp_path)
    assert printed.reader.metadata.title == printable(title, pdf._engine().glyphs)
    for words in ("’M’e Ntšiuoa of Qacha’s Nek", MARKUP, "[U+1F984] [U+05E9 U+05DC U+05D5 U+05DD] [U+202E]abc"):
        assert words in printed.text
    assert "root:" not in printed.text


@every_kind
def test_no_address_that_somebody_wrote_is_asked(made):
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"

        def answer():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                return
            calls.append(connection)
            connection.close()

        listening = threading.Thread(target=answer)
        listening.start()
        words = f'{address} <img src="{address}"> "); background: url({address})'
        printed = Printed(made(1, words, title=words, post=words, country=words, covering_note=words))
        listening.join()

    assert calls == []
    assert f'<img src="{address}">' in printed.text


# --- Too little and too much ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        papers.briefing(),
        papers.ministry_page(0, sentence="Nothing has been agreed between us yet.", minister="", facts_up_to=None),
        papers.dialogue_pack(0, purpose="", minutes=None, last=None, facts_up_to=None, deadline=None),
        papers.washington(0, facts_up_to=None),
        papers.washington(0, has_sources=False, pillars=tuple(content.PillarInput(one.label, ()) for one in Pillar)),
    ],
    ids=KINDS,
)
@each_paper
def test_a_document_about_nothing_is_whole(said, paper, tmp_path):
    printed = Printed(said, paper)

    assert_in_order(printed, tmp_path)
    assert said.title in printed.text
    assert said.sentence in printed.text


@each_paper
def test_a_row_is_never_broken_and_every_page_of_a_table_has_its_head(paper):
    evidence = tuple(papers.evidence(at, f"Row {at} begins. {LONG[:200]} Row {at} ends.") for at in range(1, 301))
    printed = Printed(papers.briefing(evidence=evidence), paper)

    head, seen = "What, who did it, what proves it", []
    for text in printed.texts:
        said = " ".join(text.split())
        begun, ended = re.findall(r"Row (\d+) begins", said), re.findall(r"Row (\d+) ends", said)
        assert begun == ended
        assert said.count(head) == bool(begun)
        seen += begun
    assert seen == [str(at) for at in range(1, 301)]
    assert [f"Page {at} of {len(printed)}" in text for at, text in enumerate(printed.texts, 1)] == [True] * len(printed)


@pytest.mark.parametrize("number", [1, 60])
@each_paper
def test_two_pages_stand_alone_for_one_recommendation_and_for_sixty(number, paper):
    printed = Printed(
        papers.full(2, recommendations=tuple(papers.recommendation(at + 1) for at in range(number))), paper
    )

    assert ("The four parts, with their reasons", 3) in printed.bookmarks()
    assert printed.text.count("points verified ·") == number


@pytest.mark.parametrize(
    ("made", "pages"), [(papers.full, 2), (papers.ministry_page, 1)], ids=["ambassador", "ministry"]
)
@each_paper
def test_what_stands_on_its_own_keeps_to_its_pages_however_much_there_is(made, pages, paper):
    printed = Printed(made(6, LONG, title=LONG, covering_note=LONG), paper)

    assert printed.outside() == []
    assert len(printed) == 1 if pages == 1 else ("Covering note", pages + 1) in printed.bookmarks()


@pytest.mark.parametrize("sections", list(itertools.permutations(("agreed", "verified", "needed"))), ids=" ".join)
def test_a_ministrys_page_has_rows_of_each_section_in_any_order(sections):
    said = papers.ministry_page(12, LONG, title=LONG, sentence=LONG, covering_note=LONG, sections=sections)
    printed = Printed(said, Paper.LETTER)

    assert len(printed) == 1
    assert (printed.outside(), printed.collisions()) == ([], [])
    for words in ("overdue by 14 days, no update received", "verified on 20 November 2021"):
        assert words in printed.text
    assert printed.text.count(LONG[:60]) > 5
    assert "12 in all, the most urgent first" in printed.text


@pytest.mark.django_db
def test_a_photograph_of_forty_megapixels_is_named_and_not_carried():
    photograph = io.BytesIO()
    Image.new("RGB", (8000, 5000), "navy").save(photograph, "JPEG")
    file = EvidenceFileFactory(content=photograph.getvalue(), name="shelter.jpg")
    evidence = EvidenceFactory(title="Shelter seen", file=file, bears_on=[benchmark := BenchmarkFactory()])
    edition = benchmark.recommendation.edition
    said = build_briefing(reader=AmbassadorFactory(), edition=edition, as_of=DAY, known_by=None)
    printed = pdf.to_pdf(as_html(said))

    assert "shelter.jpg" in pdf.text_of(printed)
    assert evidence.title in pdf.text_of(printed)
    assert len(printed) < 100_000
    assert len(photograph.getvalue()) > 500_000


# --- For those who listen, or leaf through by its headings ------------------------------------------------------------


@every_kind
def test_it_is_read_in_its_order_and_has_a_bookmark_for_each_part(made, tmp_path):
    said = made(2)
    printed = Printed(said)

    assert printed.reader.metadata.title == said.title
    marked = printed.bookmarks()
    assert marked[0] == (said.title, 1)
    assert printed.text.index(said.title) < printed.text.index(said.sentence)
    headings = [one for level in ("/H1", "/H2", "/H3") for one in printed.elements(level)]
    assert len(headings) == len(marked)
