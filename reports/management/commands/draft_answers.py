"""`manage.py draft_answers LSO 2021 --as-of DAY --output FILE`: write the answers to the yearly questions to a file."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from recommendations.models import Question
from reports import request_params
from reports.briefings import pdf
from reports.briefings.documents import build_document
from reports.briefings.html import render_html
from reports.briefings.word.documents import render_docx
from reports.choices import BriefingKind
from reports.management import arguments
from reports.models import Document, WordTemplate
from reports.questions.answered import gather_answers
from reports.questions.serialization import answers_document
from reports.reader_view import ReaderView
from tiptracker import clock
from tiptracker.choices import Paper
from tiptracker.errors import Refused
from tiptracker.localization import join_with_and
from tiptracker.moments import parse_moment


class Command(arguments.RefusingCommand):
    help = (
        "Write the answers to the yearly questions of an edition to a file: as saved or, without a saved answer, as "
        "the record drafts them. The end of the file name decides the format: .json, .docx or .pdf. Exits with 2, and "
        "writes nothing, if an option is wrong. Example: manage.py draft_answers LSO 2021 --as-of 2022-02-15 --output "
        "answers.pdf"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        arguments.add_edition_arguments(parser)
        parser.add_argument("--as-of", required=True, help="the day that they describe, such as 2022-02-15")
        parser.add_argument(
            "--known-by",
            help="use only what was recorded until this moment, with its time zone, such as 2022-02-15T23:59:59+02:00; "
            "default: now",
        )
        parser.add_argument("--without-sources", action="store_true", help="leave the sources out of .pdf and .docx")
        parser.add_argument("--output", required=True, help="the file to write: .json, .docx or .pdf")

    def handle(self, *, country: str, year: str, as_of: str, known_by: str | None, output: str, **options: Any) -> None:
        edition = arguments.get_edition(country, year)
        path = Path(output)
        if (write := WRITERS.get(path.suffix.lower())) is None:
            raise Refused(
                "unsupported_format",
                f"The answers are written as {join_with_and(WRITERS)}. Let the name of the file end so: {output}",
            )
        if not Question.objects.filter(edition=edition, is_retired=False).exists():
            raise Refused("no_questions", f"The edition {edition} has no yearly questions yet. Load them first.")
        now = clock.now(edition.country.time_zone)
        day = request_params.parse_as_of(as_of, edition, now.date())
        known_at = parse_moment(known_by) if known_by else None
        with arguments.temporary_ambassador(edition.country) as reader:
            content = write(ReaderView(reader, edition, day, known_at), now, has_sources=not options["without_sources"])
        try:
            size = path.write_bytes(content)
        except OSError as error:
            reason = error.strerror or error
            raise Refused("not_written", f"The answers could not be written. {reason}: {output}") from error
        self.stdout.write(f"{output}: {size:,} bytes.")


def _write_json(view: ReaderView, now: datetime, *, has_sources: bool) -> bytes:
    rows = Question.objects.visible_to(view.reader).filter(edition=view.edition).active().select_related("repeats")
    answered = gather_answers(view, list(rows.with_mapping()))
    return json.dumps(answers_document(view, answered), indent=2, ensure_ascii=False).encode()


def _write_pdf(view: ReaderView, now: datetime, *, has_sources: bool) -> bytes:
    return pdf.render_pdf(render_html(_build(view, now, has_sources=has_sources), Paper(view.edition.country.paper)))


def _write_word(view: ReaderView, now: datetime, *, has_sources: bool) -> bytes:
    country = view.edition.country
    template = WordTemplate.objects.content_for(country)
    return render_docx(_build(view, now, has_sources=has_sources), Paper(country.paper), template)


def _build(view: ReaderView, now: datetime, *, has_sources: bool) -> Any:
    return build_document(
        document=Document(BriefingKind.ANSWERS, has_sources=has_sources),
        edition=view.edition,
        reader=view.reader,
        as_of=view.as_of,
        known_by=view.known_by or now,
        tells_known_by=view.known_by is not None,
    )


WRITERS: Mapping[str, Callable[..., bytes]] = {".json": _write_json, ".docx": _write_word, ".pdf": _write_pdf}
"""The writer of the answers, by file extension."""
