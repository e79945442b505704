"""Read a report file of any kind into paragraphs with marks of structure.

The parsing libraries are not safe with malicious files, so `read_report` runs them in a process of its own. The content
decides the kind of the file. Its name is only used in error messages.
"""

import json
from collections.abc import Callable, Iterator

from recommendations.importing.readers.paragraph import HARD_BREAK, Paragraph, ParagraphKind, UnreadableFile
from tiptracker.errors import Refused
from tiptracker.sandbox.confinement import SandboxRunner

MAX_BYTES = 30 * 1024 * 1024
"""Most bytes of a file: a whole TIP Report with pictures. One country's narrative has a hundredth of it."""
MAX_CHARACTERS = 6_000_000
"""Most characters of a text: twice a whole TIP Report of 500 pages."""
TIMEOUT_SECONDS = 60
"""Wall-clock seconds. The process itself limits its processor time."""
MAX_LINES = 100_000


def read_report(name: str, content: bytes, *, run: SandboxRunner) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a text, HTML page, PDF or Word document.

    Raises Refused with a sentence about `name`.
    """
    try:
        if len(content) > MAX_BYTES:
            raise UnreadableFile(
                "too_large",
                f"has {len(content) / 1024 / 1024:.0f} MB; at most {MAX_BYTES // 1024 // 1024} MB can be read. "
                "Cut out the pages with the country’s narrative, or paste its text.",
            )
        return _read_in_sandbox(content, run)
    except UnreadableFile as reason:
        raise Refused(reason.code, f"“{name}” {reason}") from reason


def _read_in_sandbox(content: bytes, run: SandboxRunner) -> tuple[Paragraph, ...]:
    answered = run("recommendations.importing.readers", content=content, most_waited=TIMEOUT_SECONDS)
    if answered is None:
        raise UnreadableFile(
            "reader_failed",
            "can’t be opened here: it takes too long or too much room. Cut out the pages with the country’s narrative, "
            "or paste its text.",
        )
    answer = json.loads(answered)
    if isinstance(answer, dict):
        raise UnreadableFile(answer["code"], answer["sentence"])
    return tuple(Paragraph(text, ParagraphKind(kind)) for text, kind in answer)


def read_content(content: bytes) -> list[Paragraph]:
    """Read a file in this process, like `read_report`. Raises UnreadableFile."""
    reader = _select_reader(content)
    try:
        paragraphs = list(reader(content))
    except UnreadableFile:
        raise
    except Exception as error:  # a malicious file can make a library fail in any way; all failures mean the same
        raise UnreadableFile(
            "damaged",
            "is damaged, or something else than its beginning says. Open it to see, save it again, then choose it "
            "again; or paste its text.",
        ) from error
    n_lines = sum(1 + paragraph.text.count("\n") + paragraph.text.count(HARD_BREAK) for paragraph in paragraphs)
    if sum(len(paragraph.text) for paragraph in paragraphs) > MAX_CHARACTERS or n_lines > MAX_LINES:
        raise UnreadableFile(
            "too_large", "holds more text than a whole TIP Report. Cut out the country’s narrative, or paste its text."
        )
    if not any(
        letter.isalpha()
        for paragraph in paragraphs
        if paragraph.kind != ParagraphKind.TITLE
        for letter in paragraph.text
    ):
        raise UnreadableFile(
            "no_text",
            "has no text in it. If it shows some, it is a picture, such as a scan: have its text recognized (OCR), or "
            "take the report’s web page instead.",
        )
    return paragraphs


def _select_reader(content: bytes) -> Callable[[bytes], Iterator[Paragraph]]:
    """Return the function that reads this content. Its module is imported only if needed."""
    begins = content[:1024].lstrip()
    if b"%PDF-" in begins:
        from recommendations.importing.readers import pdf  # noqa: PLC0415

        return pdf.read_pdf
    if begins.startswith(b"PK\x03\x04"):
        from recommendations.importing.readers import word  # noqa: PLC0415

        return word.read_word
    if begins.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableFile("password_protected", "has a password. Save it without one, then choose it again.")
        raise UnreadableFile("old_format", "is in an old format of Word. Save it as .docx, then choose it again.")
    if begins.startswith(b"{\\rtf"):
        raise UnreadableFile(
            "unsupported_format", "is in Rich Text Format. Save it as .docx or as plain text, then choose it again."
        )
    from recommendations.importing.readers import text  # noqa: PLC0415

    return text.read_text
