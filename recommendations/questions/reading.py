"""Read a set of questions from a file or a pasted text. Files are opened in a confined process."""

from recommendations.importing.readers.paragraph import split_paragraphs
from recommendations.importing.readers.report_file import read_report
from recommendations.importing.tables import is_workbook, read_table
from recommendations.importing.tables.csv_files import read_pasted_table
from recommendations.questions.draft_questions import DraftQuestions
from recommendations.questions.parser import parse_paragraphs
from recommendations.questions.tables import parse_document, parse_table
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.sandbox.confinement import SandboxRunner

MAX_FILE_BYTES = 5 * 1024 * 1024
"""Most bytes of a file. It is read while the user waits."""
_TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".xlsx", ".xls", ".xlsm")


def read_question_file(name: str, content: bytes, *, run: SandboxRunner) -> DraftQuestions:
    """Return the questions of a table (CSV, Excel) or a document (Word, PDF, web page, text). Raises Refused."""
    if not content.strip():
        raise Refused("empty_file", gettext("“%(name)s” is empty. Choose another file.") % {"name": name}, field="file")
    if len(content) > MAX_FILE_BYTES:
        raise Refused("too_large", describe_size(name), field="file")
    if name.lower().endswith(_TABLE_SUFFIXES) or (is_workbook(content) and b"xl/workbook.xml" in content):
        return parse_table(read_table(content, run=run))
    try:
        paragraphs = read_report(name, content, run=run)
    except Refused as refusal:
        raise Refused(refusal.code, _describe_unreadable(refusal, name), field="file") from refusal
    return parse_document(paragraphs)


def read_question_text(text: str) -> DraftQuestions:
    """Return the questions of a pasted text or of pasted cells of a spreadsheet. Raises Refused."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and all("\t" in line for line in lines[:5]):
        return parse_table(read_pasted_table(text))
    return parse_paragraphs(list(split_paragraphs(text)))


def describe_size(name: str) -> str:
    """Say that a file is too large, and what to do."""
    sentence = gettext("“%(name)s” is larger than %(limit)d MB. Save only the questions, or paste them as text.")
    return sentence % {"name": name, "limit": MAX_FILE_BYTES // 1024**2}


def _describe_unreadable(refusal: Refused, name: str) -> str:
    """Return the reason of a refusal. Those that speak of reports get a sentence of their own."""
    sentences = {
        "reader_failed": gettext("“%(name)s” takes too long to open. Save only the questions, or paste them as text."),
        "too_large": gettext("“%(name)s” contains too much text. Save only the questions, or paste them as text."),
        "too_many": gettext("“%(name)s” has too many pages. Save only the questions, or paste them as text."),
        "no_text": gettext("“%(name)s” contains no text. If it is a scan, have its text recognized (OCR)."),
    }
    sentence = sentences.get(refusal.code)
    return sentence % {"name": name} if sentence else str(refusal)
