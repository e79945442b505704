"""A report as a file, to its paragraphs: bytes in, text and marks of structure out, alike from every kind of file.

The libraries that take files apart are written for sound ones, so that `read_report` runs them in a process of its own.
What a file is, its content decides; its name is only what a refusal calls it.
"""

import json
from collections.abc import Callable, Iterator

from recommendations.importing.readers.paragraph import HARD_BREAK, Paragraph, ParagraphKind, UnreadableFile
from tiptracker.sandbox.confinement import SandboxRunner

MAX_BYTES = 30 * 1024 * 1024
"""Of a file: a whole TIP Report with its pictures. One country's narrative has a hundredth of it."""
MAX_CHARACTERS = 6_000_000
"""Of a text: a whole TIP Report, of 500 pages, has half of it."""
TIMEOUT_SECONDS = 60
"""Seconds by the clock; the processor's time is limited in the process itself."""
MAX_LINES = 100_000


def read_report(name: str, content: bytes, *, run: SandboxRunner) -> tuple[Paragraph, ...]:
    """The paragraphs of a text, an HTML page, a PDF or a Word document; raises Refused with a sentence about `name`."""
    from tiptracker.errors import Refused  # noqa: PLC0415 -- the process that reads goes without the floor

    try:
        if len(content) > MAX_BYTES:
            raise UnreadableFile(
                f"has {len(content) / 1024 / 1024:.0f} MB; at most {MAX_BYTES // 1024 // 1024} MB can be read. "
                "Cut out the pages with the country’s narrative, or paste its text."
            )
        return _read_in_sandbox(content, run)
    except UnreadableFile as reason:
        raise Refused(f"“{name}” {reason}") from reason


def _read_in_sandbox(content: bytes, run: SandboxRunner) -> tuple[Paragraph, ...]:
    answered = run("recommendations.importing.readers", content=content, most_waited=TIMEOUT_SECONDS)
    if answered is None:
        raise UnreadableFile(
            "can’t be opened here: it takes too long or too much room. Cut out the pages with the country’s narrative, "
            "or paste its text."
        )
    answer = json.loads(answered)
    if isinstance(answer, str):
        raise UnreadableFile(answer)
    return tuple(Paragraph(text, ParagraphKind(kind)) for text, kind in answer)


def read_content(content: bytes) -> list[Paragraph]:
    """As `read_report`, in this process; raises Unreadable."""
    reader = _select_reader(content)
    try:
        found = list(reader(content))
    except UnreadableFile:
        raise
    except Exception as error:  # a hostile file makes a library fail in any way; all of them mean the same
        raise UnreadableFile(
            "is damaged, or something else than its beginning says. Open it to see, save it again, then choose it "
            "again; or paste its text."
        ) from error
    n_lines = sum(1 + each.text.count("\n") + each.text.count(HARD_BREAK) for each in found)
    if sum(len(each.text) for each in found) > MAX_CHARACTERS or n_lines > MAX_LINES:
        raise UnreadableFile(
            "holds more text than a whole TIP Report. Cut out the country’s narrative, or paste its text."
        )
    if not any(letter.isalpha() for each in found if each.kind != ParagraphKind.TITLE for letter in each.text):
        raise UnreadableFile(
            "has no text in it. If it shows some, it is a picture, such as a scan: have its text recognized (OCR), or "
            "take the report’s web page instead."
        )
    return found


def _select_reader(content: bytes) -> Callable[[bytes], Iterator[Paragraph]]:
    """What reads it, imported only where it is needed."""
    begins = content[:1024].lstrip()
    if b"%PDF-" in begins:
        from recommendations.importing.readers import pdf  # noqa: PLC0415

        return pdf.read_pdf
    if begins.startswith(b"PK\x03\x04"):
        from recommendations.importing.readers import word  # noqa: PLC0415

        return word.read_word
    if begins.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableFile("has a password. Save it without one, then choose it again.")
        raise UnreadableFile("is in an old format of Word. Save it as .docx, then choose it again.")
    if begins.startswith(b"{\\rtf"):
        raise UnreadableFile("is in Rich Text Format. Save it as .docx or as plain text, then choose it again.")
    from recommendations.importing.readers import text  # noqa: PLC0415

    return text.read_text
