"""Read a report file of any kind into paragraphs with marks of structure.

The parsing libraries are not safe with malicious files, so `read_report` runs them in a process of its own. The content
decides the kind of the file. Its name is only used in error messages.
"""

import json
from collections.abc import Callable, Iterator

from recommendations.importing.readers.paragraph import HARD_BREAK, Paragraph, ParagraphKind, UnreadableFile
from tiptracker.errors import Refused
from tiptracker.localization import gettext_noop
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
                gettext_noop(
                    "“%(name)s” has %(size)s MB. The limit is %(limit)s MB. Save only the pages with the country’s "
                    "narrative, or paste its text."
                ),
                size=round(len(content) / 1024 / 1024),
                limit=MAX_BYTES // 1024 // 1024,
            )
        return _read_in_sandbox(content, run)
    except UnreadableFile as reason:
        raise Refused(reason.code, str(reason.sentence.with_values(name=name))) from reason


def _read_in_sandbox(content: bytes, run: SandboxRunner) -> tuple[Paragraph, ...]:
    answered = run("recommendations.importing.readers", content=content, timeout_seconds=TIMEOUT_SECONDS)
    if answered is None:
        raise UnreadableFile(
            "reader_failed",
            gettext_noop(
                "“%(name)s” takes too long or too much memory to open. Save only the pages with the country’s "
                "narrative, or paste its text."
            ),
        )
    answer = json.loads(answered)
    if isinstance(answer, dict):
        message, values = answer["sentence"]
        raise UnreadableFile(answer["code"], message, **values)
    return tuple(
        Paragraph(text, ParagraphKind(kind), number, level, tuple(cell) if cell else None)
        for text, kind, number, level, cell in answer
    )


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
            gettext_noop(
                "“%(name)s” is damaged, or its name does not fit its content. Open it, save it again and choose it "
                "again. Or paste its text."
            ),
        ) from error
    n_lines = sum(1 + paragraph.text.count("\n") + paragraph.text.count(HARD_BREAK) for paragraph in paragraphs)
    if sum(len(paragraph.text) for paragraph in paragraphs) > MAX_CHARACTERS or n_lines > MAX_LINES:
        raise UnreadableFile(
            "too_large",
            gettext_noop(
                "“%(name)s” contains more text than a whole TIP Report. Save only the country’s narrative, or paste "
                "its text."
            ),
        )
    if not any(
        letter.isalpha()
        for paragraph in paragraphs
        if paragraph.kind != ParagraphKind.TITLE
        for letter in paragraph.text
    ):
        raise UnreadableFile(
            "no_text",
            gettext_noop(
                "“%(name)s” contains no text. If it is a scan, have its text recognized (OCR), or use the web page of "
                "the report."
            ),
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
            raise UnreadableFile(
                "password_protected",
                gettext_noop("“%(name)s” has a password. Save it without a password and choose it again."),
            )
        raise UnreadableFile(
            "old_format", gettext_noop("“%(name)s” is in an old Word format. Save it as .docx and choose it again.")
        )
    if begins.startswith(b"{\\rtf"):
        raise UnreadableFile(
            "unsupported_format",
            gettext_noop("“%(name)s” is in Rich Text Format. Save it as .docx or plain text and choose it again."),
        )
    from recommendations.importing.readers import text  # noqa: PLC0415

    return text.read_text
