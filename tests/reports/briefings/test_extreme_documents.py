"""Extreme contents in every kind of document: layout, fonts, PDF/UA and bookmarks hold."""

import io
import itertools
import re
import socket
import threading
from dataclasses import replace
from functools import partial
from xml.etree.ElementTree import ParseError

import outloud
import page
import pytest
from django.utils import translation
from PIL import Image

from recommendations.choices import Pillar
from reports.briefings import pdf
from reports.briefings.ambassador import build_ambassador_briefing
from reports.briefings.content.ambassador import PrintedFile
from reports.briefings.content.ministry import NeededItem, VerifiedItem
from reports.briefings.content.washington import PillarInput
from reports.briefings.html import render_html
from reports.briefings.typesetting import replace_missing_glyphs
from reports.reader_view import ReaderView
from tests.factories import AmbassadorFactory, BenchmarkFactory, EvidenceFactory, EvidenceFileFactory
from tests.reports import sample_documents
from tests.reports.printed_document import PrintedDocument, fonts_of
from tests.reports.sample_documents import DAY, LONG_TEXT
from tiptracker.choices import Paper

DOCUMENT_BUILDERS = {
    "ambassador": sample_documents.full_ambassador_briefing,
    "ministry": sample_documents.ministry_page,
    "dialogue": sample_documents.dialogue_pack,
    "washington": sample_documents.washington_input,
    "answers": sample_documents.question_answers,
    "washington without sources": partial(sample_documents.washington_input, has_sources=False),
}
MARKUP = '<img src="file:///etc/passwd"> <b>&amp;</b> http://169.254.169.254/latest/'
UNUSUAL_TEXT = (
    f"’M’e Nts\u030ciuoa of Qacha’s Nek {MARKUP} \N{UNICORN FACE} \u5e73\u548c \u202eabc "
    f"\u05e9\u05dc\u05d5\u05dd {'w' * 200}"
)
"""Sesotho, markup, missing glyphs, right-to-left text, and a word longer than a line."""

every_kind = pytest.mark.parametrize("made", DOCUMENT_BUILDERS.values(), ids=DOCUMENT_BUILDERS)
each_paper = pytest.mark.parametrize("paper", Paper)


def accessibility_faults(printed, tmp_path):
    """Return the faults that the checkers of PDF/UA-1 and of screen readers find."""
    file = tmp_path / "document.pdf"
    file.write_bytes(printed.file)
    spoken = [
        f"{finding.rule} {finding.message}"
        for finding in outloud.check(str(file)).findings
        if finding.severity == "error"
    ]
    return [failure.message for failure in page.validate_pdf(file, profile="ua1").failures] + spoken


def assert_well_printed(printed, tmp_path):
    """Check margins, overlaps, page numbers, fonts and PDF/UA."""
    assert printed.beyond_margins() == []
    assert printed.collisions() == []
    numbered = [f"Page {number} of {len(printed)}" in text for number, text in enumerate(printed.texts, 1)]
    assert all(numbered)
    assert {name.partition("-Sans")[0] for name in fonts_of(printed.reader)} <= {"Public", "Noto"}
    assert accessibility_faults(printed, tmp_path) == []
    assert printed.reader.trailer["/Root"]["/Lang"] == "en"
    assert all(figure["/Alt"].strip() for figure in printed.elements("/Figure"))


# --- The parsers ------------------------------------------------------------------------------------------------------


@every_kind
def test_every_document_is_well_formed_and_the_parser_for_html_gives_the_same_file(made, monkeypatch):
    """What is not well-formed is printed with all the default styles of the engine; they make no difference."""
    said = made(2, f"{UNUSUAL_TEXT} \x0b\x1f A line\nand another", covering_note=UNUSUAL_TEXT)
    html, parsed = render_html(said), []

    def parse(text):
        root = parse_xml(text)
        parsed.append(root)
        return root

    def refuse(text):
        raise ParseError

    parse_xml = pdf.parse_xml
    monkeypatch.setattr(pdf, "parse_xml", parse)
    file = pdf.render_pdf(html)
    monkeypatch.setattr(pdf, "parse_xml", refuse)

    assert len(parsed) == 1
    assert pdf.render_pdf(html) == file


# --- Strange words ----------------------------------------------------------------------------------------------------


@every_kind
@each_paper
def test_any_text_is_printed_as_text_within_the_margins(made, paper, tmp_path):
    title = (f"{UNUSUAL_TEXT[:100]} " * 5)[:400]
    said = made(2, UNUSUAL_TEXT, title=title, covering_note=UNUSUAL_TEXT)
    printed = PrintedDocument(said, paper)

    assert_well_printed(printed, tmp_path)
    assert printed.reader.metadata.title == replace_missing_glyphs(title, pdf._get_engine().glyphs)
    for words in ("’M’e Ntšiuoa of Qacha’s Nek", MARKUP, "[U+1F984] [U+5E73 U+548C] [U+202E]abc"):
        assert words in printed.text
    assert "root:" not in printed.text


@every_kind
def test_no_url_in_a_text_is_fetched(made):
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
        printed = PrintedDocument(made(1, words, title=words, post=words, country=words, covering_note=words))
        listening.join()

    assert calls == []
    assert f'<img src="{address}">' in printed.text


# --- Too little and too much ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        sample_documents.ambassador_briefing(),
        sample_documents.ministry_page(
            0, sentence="Nothing has been agreed between us yet.", minister="", facts_up_to=None
        ),
        sample_documents.dialogue_pack(0, purpose="", minutes=None, last=None, facts_up_to=None, deadline=None),
        sample_documents.washington_input(0, facts_up_to=None),
        sample_documents.question_answers(0, groups=(), sources=(), facts_up_to=None),
        sample_documents.washington_input(
            0, has_sources=False, pillars=tuple(PillarInput(pillar.label, ()) for pillar in Pillar)
        ),
    ],
    ids=DOCUMENT_BUILDERS,
)
@each_paper
def test_an_empty_document_is_complete(said, paper, tmp_path):
    printed = PrintedDocument(said, paper)

    assert_well_printed(printed, tmp_path)
    assert said.title in printed.text
    assert said.sentence in printed.text


@each_paper
def test_a_row_is_never_broken_and_every_page_of_a_table_has_its_head(paper):
    evidence = tuple(
        sample_documents.evidence(at, f"Row {at} begins. {LONG_TEXT[:200]} Row {at} ends.") for at in range(1, 101)
    )
    printed = PrintedDocument(sample_documents.ambassador_briefing(evidence=evidence), paper)

    head, seen = "What happened, who did it, and the proof", []
    for text in printed.texts:
        said = " ".join(text.split())
        begun, ended = re.findall(r"Row (\d+) begins", said), re.findall(r"Row (\d+) ends", said)
        assert begun == ended
        assert said.count(head) == bool(begun)
        seen += begun
    assert seen == [str(at) for at in range(1, 101)]
    assert [f"Page {at} of {len(printed)}" in text for at, text in enumerate(printed.texts, 1)] == [True] * len(printed)


@pytest.mark.parametrize("number", [1, 60])
@each_paper
def test_the_first_two_pages_stay_two_for_one_recommendation_and_for_sixty(number, paper):
    printed = PrintedDocument(
        sample_documents.full_ambassador_briefing(
            2, recommendations=tuple(sample_documents.recommendation(at + 1) for at in range(number))
        ),
        paper,
    )

    assert ("The four parts of readiness", 3) in printed.bookmarks()
    assert printed.text.count("points verified ·") == number


@each_paper
def test_the_list_of_annexes_stays_on_the_second_page(paper):
    """Letter is shorter than A4: with four ministries of two lines each, a part moved to a third page."""
    words = "Bring the amendment before Parliament, as both ministries ag"
    second = PrintedDocument(sample_documents.full_ambassador_briefing(4, words), paper).texts[1]

    assert "Annexes" in second
    assert "Texts that end in" in second


@each_paper
def test_the_first_two_pages_stay_two_in_french(paper, caplog):
    """French sentences and heads of tables are longer. Its decimal comma must not reach the drawings."""
    words = "Bring the amendment before Parliament, as both ministries ag"
    with translation.override("fr"):
        printed = PrintedDocument(sample_documents.full_ambassador_briefing(4, words), paper)

    assert "Annexes" in printed.texts[1]
    assert "Les textes qui se terminent par" in printed.texts[1]
    assert "SVG" not in caplog.text


@pytest.mark.parametrize(
    ("made", "pages"),
    [(sample_documents.full_ambassador_briefing, 2), (sample_documents.ministry_page, 1)],
    ids=["ambassador", "ministry"],
)
@each_paper
def test_first_pages_keep_their_number_however_much_there_is(made, pages, paper):
    printed = PrintedDocument(made(6, LONG_TEXT, title=LONG_TEXT, covering_note=LONG_TEXT), paper)

    assert printed.beyond_margins() == []
    assert len(printed) == 1 if pages == 1 else ("Earlier months", pages + 1) in printed.bookmarks()
    assert printed.text.count(LONG_TEXT) > 0


@pytest.mark.parametrize("sections", list(itertools.permutations(("agreed", "verified", "needed"))), ids=" ".join)
def test_a_ministrys_page_has_rows_of_each_section_in_any_order(sections):
    long = LONG_TEXT[:200]  # as long as a ministry's name may be
    said = sample_documents.ministry_page(
        12, LONG_TEXT, title=long, sentence=long, covering_note=LONG_TEXT, sections=sections
    )
    printed = PrintedDocument(said, Paper.LETTER)

    assert len(printed) == 1
    assert (printed.beyond_margins(), printed.collisions()) == ([], [])
    for words in ("overdue by 14 days", "verified on 20 November 2021", "Overdue by 14 days"):
        assert words in printed.text
    assert LONG_TEXT in printed.text, "the covering note"


def texts_of_all_lengths(number):
    """Return texts of all lengths, each with unique first and last words."""
    return [f"Begin{at:02} {'Somebody wrote this at length, and more. ' * (at % 7)}end{at:02}" for at in range(number)]


@pytest.mark.parametrize("number", [1, 3, 9, 40])
@each_paper
def test_a_ministrys_page_breaks_no_text_off_and_counts_what_it_does_not_show(number, paper):
    texts = texts_of_all_lengths(number)
    said = sample_documents.ministry_page(
        number,
        agreed=tuple(sample_documents.commitment(text, where="") for text in texts),
        verified=tuple(VerifiedItem(text, "12 Nov 2021") for text in texts),
        needed=tuple(NeededItem(text, text, "Due soonest") for text in texts),
    )
    printed = PrintedDocument(said, paper)
    shares = re.split("What we agreed|What we have verified|What we need next", printed.text)[1:]

    assert len(printed) == 1
    for share, columns in zip(shares, (1, 1, 2), strict=True):
        shown = len(set(re.findall(r"Begin(\d+)", share)))
        more = re.search(r"(\d+) more (?:is|are) in TIP Tracker. Your focal point can read", share)
        assert shown >= min(2, number)
        assert shown + int(more[1] if more else 0) == number
        ends = len(re.findall(r"end\d\d", share)) + share.count("more. …") + len(re.findall(r"\w…", share))
        assert ends == shown * columns
    assert ("Texts that end in “…” are given in full in TIP Tracker." in printed.text) is ("…" in "".join(shares[:2]))


@pytest.mark.django_db
def test_a_large_photograph_is_named_and_not_embedded():
    photograph = io.BytesIO()
    Image.new("RGB", (8000, 5000), "navy").save(photograph, "JPEG")
    file = EvidenceFileFactory(content=photograph.getvalue(), name="shelter.jpg")
    evidence = EvidenceFactory(title="Shelter seen", file=file, supports=[benchmark := BenchmarkFactory()])
    edition = benchmark.recommendation.edition
    said = build_ambassador_briefing(ReaderView(AmbassadorFactory(), edition, DAY, None))
    printed = pdf.render_pdf(render_html(said))

    assert "shelter.jpg" in pdf.extract_pdf_text(printed)
    assert evidence.title in pdf.extract_pdf_text(printed)
    assert len(printed) < 100_000
    assert len(photograph.getvalue()) > 500_000


# --- For those who listen, or leaf through by its headings ------------------------------------------------------------


@every_kind
def test_reading_order_follows_the_text_and_each_part_has_a_bookmark(made, tmp_path):
    said = made(2)
    printed = PrintedDocument(said)

    assert printed.reader.metadata.title == said.title
    marked = printed.bookmarks()
    assert marked[0] == (said.title, 1)
    assert printed.text.index(said.title) < printed.text.index(said.sentence)
    headings = [element for level in ("/H1", "/H2", "/H3", "/H4") for element in printed.elements(level)]
    assert len(headings) == len(marked)


# --- What only a checker needs ----------------------------------------------------------------------------------------


@every_kind
def test_hashes_are_printed_only_on_the_last_page(made):
    file = PrintedFile("warrant.pdf", "PDF", 1024, sample_documents.HASH)
    facts = (
        {"evidence": (sample_documents.evidence(files=(file,)),)}
        if made is sample_documents.full_ambassador_briefing
        else {}
    )
    printed = PrintedDocument(made(3, **facts))
    hashed = [page for page, text in enumerate(printed.texts, 1) if re.search(r"[0-9a-f]{16}", text)]

    assert hashed == ([] if made is sample_documents.ministry_page else [len(printed)])
    assert sample_documents.HASH not in printed.text, "a file's hash stands in the record"


@each_paper
@pytest.mark.parametrize(("number", "length"), [(0, 600), (2, 180), (7, 600)])
def test_a_covering_note_is_printed_once_and_in_full(number, length, paper):
    note = ("Read this before the meeting. " * 40)[:length].strip()
    readiness = replace(sample_documents.ambassador_briefing().readiness, paragraph=sample_documents.PARAGRAPH)
    said = sample_documents.ambassador_briefing(
        covering_note=note, next_steps=sample_documents.next_steps(number), readiness=readiness
    )
    printed = PrintedDocument(said, paper)
    first = " ".join(printed.texts[0].split())

    assert printed.text.count(note) == 1
    is_apart = "The covering note is on page 3." in first
    assert (note in first, ("Covering note", 3) in printed.bookmarks()) == (not is_apart, is_apart)
    assert is_apart is (number == 7 and paper is Paper.LETTER), "a long one beside many steps"
    assert ("The four parts of readiness", 3) in printed.bookmarks() or is_apart
