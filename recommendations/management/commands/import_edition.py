"""`manage.py import_edition FILE --country LSO --year 2021 [--dry-run] [--json]`: import an edition's list."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from recommendations.choices import Pillar, TextStatus, Tier
from recommendations.importing import preview_output
from recommendations.importing.actions import add_edition_without_terms, create_import, load_import, set_columns
from recommendations.importing.draft import DraftImport, read_draft_file
from recommendations.importing.preview import ImportPreview, build_preview
from recommendations.importing.tables.charsets import Charset
from recommendations.importing.tables.columns import ColumnType
from recommendations.importing.tables.rows import ExpectedEdition
from recommendations.management.input_file import read_input_file
from recommendations.models import Benchmark, Edition, EditionImport, Recommendation
from tiptracker import clock
from tiptracker.accounts.models import Country, User
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.onboarding.permissions import can_set_up
from tiptracker.sandbox.sandbox import Sandbox


@dataclass(frozen=True)
class ImportOptions:
    """The options of the command."""

    file: Path
    country: str
    year: int
    tier: str | None
    by: str | None
    charset: str | None
    columns: str | None
    pairing: Path | None
    is_reconstruction: bool
    leaves_out_wrong: bool


class Command(BaseCommand):
    help = (
        "Import the list of prioritized recommendations of one country and year from a narrative (text, HTML, PDF, "
        "Word) or a table (CSV, XLSX). The country has to exist; the edition is added if it does not. An item that "
        "has the same text as an existing one replaces it. A person decides what the other existing items became: "
        "--dry-run --json proposes it, and --pairing reads the answer. Everything is imported or nothing: if the list "
        "is refused, the command says why and exits with 2. "
        "Example: manage.py import_edition lesotho.html --country LSO --year 2022 --dry-run --json"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file: .txt, .html, .pdf, .docx, .csv or .xlsx")
        parser.add_argument("--country", required=True, help="the country's code of three letters, such as LSO")
        parser.add_argument("--year", required=True, type=int, help="the year of the report, such as 2021")
        parser.add_argument(
            "--tier",
            help=f"the tier of an edition that is added: {', '.join(Tier)}; default: the tier in the narrative",
        )
        parser.add_argument(
            "--by", help="the e-mail address of the administrator who imports it; needed if there are several"
        )
        parser.add_argument(
            "--charset", help=f"the character set of a CSV file: {', '.join(Charset)}; default: detected"
        )
        parser.add_argument(
            "--columns",
            help='what the columns of a table hold, in order, such as "number,text,,pillar"; default: detected',
        )
        parser.add_argument("--pairing", type=Path, help="a JSON file that says what became of the existing items")
        parser.add_argument(
            "--reconstruction",
            action="store_true",
            dest="is_reconstruction",
            help="mark the list as a reconstruction: its wording is not the report's",
        )
        parser.add_argument(
            "--leave-out-wrong",
            action="store_true",
            dest="leaves_out_wrong",
            help="import the other rows if some can't be read",
        )
        parser.add_argument("--dry-run", action="store_true", help="print what would be done, and save nothing")
        parser.add_argument(
            "--json", action="store_true", dest="is_json", help="print the result as JSON instead of text"
        )

    def handle(self, *, dry_run: bool, is_json: bool, **options: Any) -> None:
        chosen = ImportOptions(**{name: options[name] for name in ImportOptions.__dataclass_fields__})
        try:
            country = _find_country(chosen.country)
            by = _find_administrator(chosen.by, country)
            content = read_input_file(chosen.file)
            expected = ExpectedEdition(country.code, chosen.year, (country.name,))
            draft = read_draft_file(
                chosen.file.name, content, expected, _parse_charset(chosen.charset), run=Sandbox(None)
            )
            with transaction.atomic():
                _lock_existing(country, chosen.year)
                edition = _get_or_add_edition(country, chosen, draft, by)
                preview, did = _import_list(chosen, edition, content, draft, by, is_rehearsal=dry_run)
                transaction.set_rollback(dry_run)
        except Refused as refusal:
            self.stderr.write(f"{refusal}{_pairing_hint(refusal)}")
            raise SystemExit(2) from refusal
        if is_json:
            self.stdout.write(
                json.dumps(preview_output.serialize_preview(preview) | {"did": did}, indent=2, ensure_ascii=False)
            )
            return
        for line in preview_output.format_preview(preview):
            self.stdout.write(line)
        self.stdout.write(_format_result(did, is_rehearsal=dry_run))


def _lock_existing(country: Country, year: int) -> None:
    """Lock the existing rows of the edition before the first action writes to the activity log."""
    editions = Edition.objects.filter(country=country, year=year)
    lock_rows(Country.objects.filter(pk=country.pk))
    lock_rows(editions)
    lock_rows(Recommendation.objects.filter(edition__in=editions))
    lock_rows(Benchmark.objects.filter(recommendation__edition__in=editions))


def _import_list(
    chosen: ImportOptions, edition: Edition, content: bytes, draft: DraftImport, by: User, *, is_rehearsal: bool
) -> tuple[ImportPreview, Mapping[str, Any] | None]:
    """Return the preview and the result of the import.

    In a dry run, the result is None if the user has to decide something first.
    """
    now = clock.now(edition.country.time_zone)
    status = TextStatus.RECONSTRUCTION if chosen.is_reconstruction else TextStatus.OFFICIAL
    imported = create_import(
        edition=edition, name=chosen.file.name, content=content, draft=draft, text_status=status, by=by, now=now
    )
    if chosen.columns is not None:
        imported = _set_columns(imported, chosen.columns, by)
    preview = build_preview(imported)
    pairing, pillars = preview_output.parse_pairing(_read_pairing(chosen.pairing), preview)
    try:
        _refuse_undecided(preview, pairing.became)
        done = load_import(
            imported=imported, pairing=pairing, pillars=_suggested_pillars(preview) | pillars, texts={},
            leaves_out_wrong=chosen.leaves_out_wrong, fingerprint=preview.fingerprint, by=by, now=now,
        )  # fmt: skip
    except Refused:
        if is_rehearsal:
            return preview, None
        raise
    return preview, done.did


def _pairing_hint(refusal: Refused) -> str:
    """Say where to answer a question that a page would ask next to a field."""
    field = (refusal.field or "").partition("_")[0]
    return " Give the answer in the file of --pairing." if field in ("pillar", "goes", "became") else ""


def _refuse_undecided(preview: ImportPreview, became: Mapping[int, object]) -> None:
    left = [line.old.number for line in preview.comparison.undecided if line.old and line.old.key not in became]
    if left:
        numbers = ", ".join(map(str, left))
        raise Refused(
            "undecided",
            f"Nothing in the file has the text of the current recommendations {numbers}. Say what they became: run the "
            "command with --dry-run --json, correct the “pairing” in its output, and pass it with --pairing.",
        )


def _suggested_pillars(preview: ImportPreview) -> dict[int, Pillar]:
    """Return the pillar of each new item, by number, if its text suggests one and the table gives none."""
    rows = [line.new for line in preview.comparison.lines if line.new and line.old is None and not line.new.pillar]
    return {row.number: pillar for row in rows if (pillar := preview.pillar_of(row))}


def _get_or_add_edition(country: Country, chosen: ImportOptions, draft: DraftImport, by: User) -> Edition:
    """Return the edition. Create it if it doesn't exist."""
    if edition := Edition.objects.filter(country=country, year=chosen.year).select_related("country").first():
        return edition
    if chosen.tier is not None and chosen.tier not in set(Tier):
        raise Refused("no_choice", f"“{chosen.tier}” is not a tier. Give {_join_with_or(Tier)}.")
    tier = Tier(chosen.tier) if chosen.tier else draft.tier
    if tier is None:
        raise Refused(
            "required",
            f"The {chosen.year} edition does not exist yet, and the file does not state its tier. Give --tier "
            f"{_join_with_or(Tier)}.",
        )
    source = f"TIP Report {chosen.year}, {country} narrative"
    return add_edition_without_terms(country=country, year=chosen.year, tier=tier, source=source, by=by)


def _find_country(code: str) -> Country:
    country = Country.objects.filter(code=code.upper()).first()
    if country is None:
        raise Refused(
            "unknown_country",
            f"There is no country with the code “{code}”. An administrator adds countries under “Posts”.",
        )
    return country


def _find_administrator(email: str | None, country: Country) -> User:
    people = User.objects.get_queryset().filter(role=Role.ADMINISTRATOR, is_active=True)
    if email is not None:
        people = people.filter(email=email.strip().lower())
    administrators = [person for person in people if can_set_up(person, country.pk)]
    if len(administrators) != 1:
        raise Refused(
            "administrator_unclear",
            "Give --by with the e-mail address of an active administrator of the country.",
        )
    return administrators[0]


def _parse_charset(name: str | None) -> Charset | None:
    if name is None or name in set(Charset):
        return Charset(name) if name else None
    raise Refused("no_choice", f"“{name}” is not a supported encoding. Give {_join_with_or(Charset)}.")


def _read_pairing(file: Path | None) -> Mapping[str, Any]:
    """Return the content of the file: a pairing, or the whole JSON output of a dry run."""
    if file is None:
        return {}
    try:
        document = json.loads(read_input_file(file))
    except ValueError as error:
        raise Refused(
            "not_json", f"“{file}” is not valid JSON. Use the output of --dry-run --json and change only its numbers."
        ) from error
    pairing: Mapping[str, Any] = document.get("pairing", document) if isinstance(document, dict) else {}
    return pairing


def _set_columns(imported: EditionImport, columns: str, by: User) -> EditionImport:
    names = [name.strip() for name in columns.split(",")]
    if strange := [name for name in names if name not in set(ColumnType)]:
        raise Refused(
            "no_choice",
            f"“{strange[0]}” is not a kind of column. Give {_join_with_or(filter(None, ColumnType))}, or nothing.",
        )
    has_headings = bool(imported.draft.get("has_headings"))
    return set_columns(imported=imported, types=tuple(map(ColumnType, names)), has_headings=has_headings, by=by)


def _join_with_or(words: Any) -> str:
    return " or ".join(", ".join(words).rsplit(", ", 1))


def _format_result(did: Mapping[str, Any] | None, *, is_rehearsal: bool) -> str:
    if did is None:
        return "Nothing was imported: some questions are open. Add --json to see the proposals."
    counts = (
        f"{len(did['new'])} new, {len(did['changed'])} changed, {did['unchanged']} unchanged, "
        f"{len(did['retired'])} retired"
    )
    return f"Would be imported: {counts}. Nothing is saved." if is_rehearsal else f"Imported: {counts}."
