"""`manage.py parse_narrative FILE [--country LSO] [--year 2021] [--json]`: print a narrative's list. Saves nothing."""

import json
import logging
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from recommendations.importing.readers.report_file import read_report
from recommendations.importing.report_parser import ParsedNarrative, countries, parse_narrative, refuse_other_narrative
from recommendations.importing.stored_sentences import translate_lines
from recommendations.management.input_file import read_input_file
from tiptracker.errors import Refused
from tiptracker.sandbox.sandbox import Sandbox


class Command(BaseCommand):
    help = (
        "Print the prioritized recommendations in a narrative of the TIP Report, each with its doubts. The command "
        "needs no database and saves nothing. It exits with 2 if the file can't be read or is about another country "
        "or year. Example: manage.py parse_narrative lesotho.html --country LSO --year 2021 --json"
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file of the narrative: .txt, .html, .pdf or .docx")
        parser.add_argument(
            "--country",
            help="the country of the narrative, by code (such as LSO) or name; if there are several, it is read",
        )
        parser.add_argument("--year", type=int, help="the year of the report, such as 2021")
        parser.add_argument(
            "--json", action="store_true", dest="is_json", help="print the result as JSON instead of text"
        )

    def handle(self, *, file: Path, country: str | None, year: int | None, is_json: bool, **options: Any) -> None:
        try:
            code = _country_code(country) if country else None
            with _without_warnings():
                paragraphs = read_report(file.name, read_input_file(file), run=Sandbox(None))
            narrative = parse_narrative(paragraphs, country=code)
            refuse_other_narrative(narrative, country=code, year=year)
        except Refused as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(2) from refusal
        self.stdout.write(
            json.dumps(_serialize_narrative(narrative), indent=2, ensure_ascii=False)
            if is_json
            else "\n".join(_format_narrative(narrative))
        )


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Suppress the log warning about a failed process. The user reads the message of the refusal instead."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _country_code(country: str) -> str:
    """Return the code of a country given by its code or name. Raises Refused if it is unknown."""
    code = country.upper() if countries.is_country_code(country.upper()) else countries.find_country_code(country)
    if code is None:
        raise Refused(
            "unknown_country",
            f"“{country}” is not a country that we know. Give its code of three letters, such as LSO.",
        )
    return code


def _serialize_narrative(narrative: ParsedNarrative) -> dict[str, Any]:
    return {
        "tier": narrative.tier,
        "country": narrative.country,
        "year": narrative.year,
        "recommendations": [
            item._asdict() | {"doubt": translate_lines(item.doubt)} for item in narrative.recommendations
        ],
        "introduction": narrative.introduction,
        "left_out": narrative.left_out,
        "doubts": list(map(str, narrative.doubts)),
    }


def _format_narrative(narrative: ParsedNarrative) -> Iterator[str]:
    tier = narrative.tier.label if narrative.tier else "tier not known"
    yield f"{narrative.country or 'country not known'}, {narrative.year or 'year not known'}, {tier}"
    yield from (f"  ? {doubt}" for doubt in narrative.doubts)
    if narrative.introduction:
        yield f"  Before the list: {narrative.introduction}"
    for item in narrative.recommendations:
        yield f"{item.number:>3}. {item.text}"
        if item.doubt:
            yield f"     ? {translate_lines(item.doubt)}"
    if narrative.left_out:
        yield f"  Left out of the list: {' | '.join(narrative.left_out)}"
