"""`manage.py issue_briefing LSO 2021 --kind ambassador --as-of DAY --output FILE`: make the file that a job would."""

from argparse import ArgumentParser
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from recommendations.models import Edition
from reports import request_params
from reports.briefings import pdf
from reports.briefings.content.documents import DocumentContent
from reports.briefings.documents import build_document
from reports.briefings.html import render_html
from reports.briefings.word.documents import render_docx
from reports.choices import BriefingKind
from reports.management import arguments
from reports.models import Document, WordTemplate
from tiptracker import clock
from tiptracker.accounts.models import Country
from tiptracker.choices import Paper, Role
from tiptracker.errors import Refused
from tiptracker.languages.enabled import find_language, list_languages
from tiptracker.localization import in_language, join_with_and
from tiptracker.moments import parse_moment


class Command(arguments.RefusingCommand):
    help = (
        "Write a document about an edition to a file, as the country's ambassador would read it. It is marked as a "
        "draft: only a document that was requested on the page can be cleared. Exits with 2, and writes nothing, if "
        "an option is wrong. Example: manage.py issue_briefing LSO 2021 --kind ministry --ministry Police --as-of "
        "2022-02-28 --output police.pdf"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        arguments.add_edition_arguments(parser)
        kinds = join_with_and(BriefingKind)
        parser.add_argument(
            "--kind", default=BriefingKind.AMBASSADOR.value, help=f"the kind of document: {kinds}; default: ambassador"
        )
        parser.add_argument("--ministry", help="for --kind ministry: the ministry's name or short name")
        parser.add_argument(
            "--dialogue",
            help="for --kind dialogue: the date of the dialogue, such as 2022-02-10; default: the next one planned, "
            "or else the last one held",
        )
        parser.add_argument(
            "--without-sources", action="store_true", help="for --kind washington or answers: leave the sources out"
        )
        parser.add_argument(
            "--language",
            default=settings.LANGUAGE_CODE,
            help="the code of a language that is signed off, such as fr; default: English",
        )
        parser.add_argument("--as-of", required=True, help="the day that it describes, such as 2022-02-28")
        parser.add_argument(
            "--known-by",
            help="use only what was recorded until this moment, with its time zone, such as 2022-07-31T23:59:59+02:00; "
            "default: now",
        )
        parser.add_argument(
            "--output", required=True, help="the file to write: .pdf, or .docx for --kind washington and answers"
        )

    def handle(self, *, country: str, year: str, as_of: str, known_by: str | None, output: str, **options: Any) -> None:
        _validate_options(output, **options)
        edition = arguments.get_edition(country, year)
        now = clock.now(edition.country.time_zone)
        day = request_params.parse_as_of(as_of, edition, now.date())
        known_at = parse_moment(known_by) if known_by else now
        document = _requested_document(edition, day, known_at, **options)
        with arguments.temporary_ambassador(edition.country) as reader, in_language(document.language):
            content = build_document(
                document=document,
                edition=edition,
                reader=reader,
                as_of=day,
                known_by=known_at,
                tells_known_by=known_by is not None,
            )
        with in_language(document.language):
            size = _write_file(content, Path(output), edition.country)
        self.stdout.write(f"{content.sentence}\n{output}: {size:,} bytes.")


def _validate_options(
    output: str,
    *,
    kind: str,
    ministry: str | None,
    dialogue: str | None,
    without_sources: bool,
    language: str,
    **others: Any,
) -> None:
    if kind not in set(BriefingKind):
        raise Refused(
            "no_choice",
            f"There is no kind of briefing called “{kind}”. Choose one of: {join_with_and(BriefingKind)}.",
        )
    if ministry and kind != BriefingKind.MINISTRY:
        raise Refused("ministry_not_for_kind", "Only --kind ministry is about one ministry. Leave --ministry out.")
    if kind == BriefingKind.MINISTRY and not ministry:
        raise Refused("required", "Say which ministry the page is for: --ministry, with its name or short name.")
    if dialogue and kind != BriefingKind.DIALOGUE:
        raise Refused("dialogue_not_for_kind", "Only --kind dialogue is about one dialogue. Leave --dialogue out.")
    if without_sources and not BriefingKind(kind).is_for_washington:
        raise Refused(
            "needs_sources", "Only --kind washington and answers can leave sources out. Leave --without-sources out."
        )
    _validate_language(language, BriefingKind(kind))
    if Path(output).suffix.lower() not in WRITERS:
        raise Refused(
            "unsupported_format",
            f"A briefing is written as {join_with_and(WRITERS)}. Let the name of the file end so: {output}",
        )
    if not BriefingKind(kind).is_for_washington and Path(output).suffix.lower() == ".docx":
        raise Refused(
            "no_word_file",
            f"Only --kind washington and answers are written as .docx. Let the name of the file end in .pdf: {output}",
        )


def _validate_language(language: str, kind: BriefingKind) -> None:
    if language == settings.LANGUAGE_CODE:
        return
    if kind.is_for_washington:
        raise Refused("english_for_washington", "Documents for Washington are in English. Leave --language out.")
    if find_language(language, Role.AMBASSADOR) != language:
        offered = join_with_and(code for code, _ in list_languages(Role.AMBASSADOR))
        raise Refused("no_choice", f"This language is not offered: {language}. Choose one of: {offered}.")


def _requested_document(
    edition: Edition,
    as_of: date,
    known_by: datetime,
    *,
    kind: str,
    ministry: str | None,
    dialogue: str | None,
    without_sources: bool,
    language: str,
    **others: Any,
) -> Document:
    document = Document(BriefingKind(kind), language=language, has_sources=not without_sources)
    match document.kind:
        case BriefingKind.MINISTRY:
            return replace(document, ministry=arguments.get_ministry(ministry or "", edition.country))
        case BriefingKind.DIALOGUE:
            return replace(document, dialogue=arguments.get_dialogue(dialogue, edition.country, as_of, known_by))
        case _:
            return document


def _render_pdf(content: DocumentContent, country: Country) -> bytes:
    return pdf.render_pdf(render_html(content, Paper(country.paper)))


def _render_word(content: DocumentContent, country: Country) -> bytes:
    return render_docx(content, Paper(country.paper), WordTemplate.objects.content_for(country))


WRITERS = {".pdf": _render_pdf, ".docx": _render_word}
"""The renderer of a document, by file extension."""


def _write_file(content: DocumentContent, output: Path, country: Country) -> int:
    """Write the file in the format of its extension and return its size in bytes. Raises Refused if it can't."""
    try:
        return output.write_bytes(WRITERS[output.suffix.lower()](content, country))
    except OSError as error:
        raise Refused(
            "not_written", f"The briefing could not be written. {error.strerror or error}: {output}"
        ) from error
