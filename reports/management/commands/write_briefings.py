"""`manage.py write_briefings LSO 2021 --as-of DAY --folder DIR`: write every document, with its pages as images."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pypdfium2
from django.core.management import call_command
from django.db.models import Q
from django.utils.text import slugify

from dialogues.models import Commitment
from recommendations.models import Question, Recommendation
from reports.choices import BriefingKind
from reports.management import arguments
from tiptracker.accounts.models import Ministry

PIXELS_PER_POINT = 1.5
"""Scale of the images: 108 pixels to the inch, enough to read 8-point type."""


class Command(arguments.RefusingCommand):
    help = (
        "Write the documents of every kind about an edition to a folder: PDF, Word where there is one, and each page "
        "as a picture (PNG). They are marked as drafts. Exits with 2 if the edition is unknown or the day is wrong. "
        "Example: manage.py write_briefings LSO 2021 --as-of 2022-01-28 --folder var/briefings"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        arguments.add_edition_arguments(parser)
        parser.add_argument("--as-of", required=True, help="the day that they describe, such as 2022-01-28")
        parser.add_argument("--folder", required=True, help="the folder to write to; it is made if it does not exist")

    def handle(self, *, country: str, year: str, as_of: str, folder: str, **options: Any) -> None:
        edition = arguments.get_edition(country, year)
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)

        def write(name: str, kind: BriefingKind, **picked: Any) -> None:
            output = place / name
            call_command(
                "issue_briefing",
                country,
                year,
                kind=kind.value,
                as_of=as_of,
                output=str(output),
                stdout=self.stdout,
                **picked,
            )
            if output.suffix == ".pdf":
                save_page_images(output)

        write("ambassador.pdf", BriefingKind.AMBASSADOR)
        leads = Recommendation.objects.filter(edition=edition).values("lead")
        has_to_do = Q(pk__in=leads) | Q(pk__in=Commitment.objects.values("ministry"))
        for ministry in Ministry.objects.filter(has_to_do, country=edition.country):
            write(f"ministry-{slugify(ministry.short_name)}.pdf", BriefingKind.MINISTRY, ministry=ministry.name)
        write("dialogue.pdf", BriefingKind.DIALOGUE)
        for suffix in ("pdf", "docx"):
            write(f"washington.{suffix}", BriefingKind.WASHINGTON)
            write(f"washington-without-sources.{suffix}", BriefingKind.WASHINGTON, without_sources=True)
            if Question.objects.filter(edition=edition, is_retired=False).exists():
                write(f"answers.{suffix}", BriefingKind.ANSWERS)
                write(f"answers-without-sources.{suffix}", BriefingKind.ANSWERS, without_sources=True)


def save_page_images(pdf: Path) -> None:
    """Save each page of a PDF as an image beside it: `ambassador-1.png`."""
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document, start=1):
            page.render(scale=PIXELS_PER_POINT).to_pil().save(pdf.with_name(f"{pdf.stem}-{number}.png"))
