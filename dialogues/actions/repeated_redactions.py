"""List the confirmed redactions without their words, and carry them out again in a record that was restored.

`tiptracker.backups.redaction_file` calls both by their import path. A restored record may be older than the redaction,
so it may lack the redaction, the people who decided on it, and rows that it names.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction

from dialogues.actions.file_texts import forget_text_of_files, forget_texts_of_country
from dialogues.choices import RedactionAnswer
from dialogues.models import EvidenceFile, Redaction, RedactionDecision, RedactionFile, RedactionPlace
from dialogues.models.free_texts import FREE_TEXTS
from tiptracker.accounts.actions import ensure_former_account
from tiptracker.accounts.models import Country
from tiptracker.audit.actions import record
from tiptracker.audit.append_only import MARKS, REDACTED
from tiptracker.audit.models import AuditDetail
from tiptracker.former_names import current_field, current_label
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.localization import gettext, record_language
from tiptracker.validation import insert_row

Place = tuple[type[models.Model], int, str]
"""A text by its model, row and field."""


def list_redacted() -> Iterator[dict[str, Any]]:
    """Yield what each confirmed redaction removed: tables, rows, fields and files, and no text."""
    confirmed = Redaction.objects.filter(decision__decision=RedactionAnswer.CONFIRMED).order_by("pk")
    for redaction in confirmed.select_related("decision"):
        yield {
            "key": redaction.pk,
            "country": redaction.country_id,
            "proposed": [redaction.recorded_at.isoformat(), redaction.recorded_by_id],
            "confirmed": [redaction.decision.recorded_at.isoformat(), redaction.decision.recorded_by_id],
            "places": [_describe_place(place) for place in redaction.places.order_by("pk") if not place.is_left],
            "files": list(redaction.files.order_by("file").values_list("file", flat=True)),
        }


def _describe_place(place: RedactionPlace) -> list[Any]:
    """Return table, row and field; for the log, also the row whose earlier text the entry holds.

    A row may have been edited between a backup and the redaction. Then only the log has the text that the backup has.
    """
    described = [place.table, place.row, place.field]
    if current_label(place.table) == AuditDetail._meta.label_lower and place.field == "before":
        entry = AuditDetail.objects.filter(pk=place.row).values_list("entry__table", "entry__row").first()
        described += entry or ()
    return described


@transaction.atomic
def redact_again(content: Mapping[str, Any]) -> bool:
    """Carry out one redaction again. Return whether the record still had something that it removes.

    A country that is not in the record has nothing to redact. The caller deletes the content of the files afterwards.
    """
    country = Country.objects.select_for_update(no_key=True).filter(pk=content["country"]).first()
    if country is None:
        return False
    redaction = _restore_decision(country, content)
    files = list(EvidenceFile.objects.filter(pk__in=content["files"]))
    for file in files:
        if not redaction.files.filter(file=file).exists():
            insert_row(RedactionFile(redaction=redaction, file=file))
    done = []
    for model, row, field in _find_texts(content["places"]):
        place = {"table": model._meta.label_lower, "row": row, "field": field}
        is_known = redaction.places.filter(**place, is_left=False).exists()
        if not is_known and not redaction.places.filter(**place).exists():
            insert_row(RedactionPlace(redaction=redaction, **place))
            model._base_manager.filter(pk=row).update(**{field: REDACTED})
            done.append(f"{place['table']}:{row}:{field}")
    is_changed = bool(done) or redaction.words != REDACTED
    if is_changed:
        lock_rows(Redaction.objects.filter(pk=redaction.pk))
        Redaction.objects.filter(pk=redaction.pk).update(words=REDACTED)
        forget_text_of_files([file.pk for file in files])
        forget_texts_of_country(country)
        after = {"places": done, "files": sorted(file.pk for file in files)}
        record("redaction.repeated", by=None, row=redaction, country=country, after=after)
    return is_changed


def _restore_decision(country: Country, content: Mapping[str, Any]) -> Redaction:
    """Return the redaction with its decision, and create what the record lacks of them."""
    (proposed_at, proposer), (confirmed_at, confirmer) = content["proposed"], content["confirmed"]
    with record_language():
        reason = gettext("Carried out again after a backup was restored, which is older than this redaction.")
    redaction = Redaction.objects.filter(pk=content["key"]).first()
    if redaction is None:
        redaction = Redaction(
            pk=content["key"],
            country=country,
            words="",
            reason=reason,
            recorded_at=datetime.fromisoformat(proposed_at),
            recorded_by=ensure_former_account(proposer, at=datetime.fromisoformat(proposed_at)),
        )
        insert_row(redaction)
    if not RedactionDecision.objects.filter(redaction=redaction).exists():
        insert_row(
            RedactionDecision(
                redaction=redaction,
                decision=RedactionAnswer.CONFIRMED,
                reason=reason,
                recorded_at=datetime.fromisoformat(confirmed_at),
                recorded_by=ensure_former_account(confirmer, at=datetime.fromisoformat(confirmed_at)),
            )
        )
    return redaction


def _find_texts(places: Sequence[Sequence[Any]]) -> Iterator[Place]:
    """Yield the texts of the record that the places name. A row that does not exist has no text.

    If an entry of the log does not exist, the record is older than that entry. The row that the entry is about may then
    still have the text, in a field that nobody knows: all its texts are yielded.
    """
    for label, row, field, *edited in places:
        model = apps.get_model(current_label(label))
        if model._base_manager.filter(pk=row).exists():
            yield model, row, current_field(field)
        elif edited and edited[0]:
            yield from _all_texts(current_label(edited[0]), edited[1])


def _all_texts(label: str, row: str) -> Iterator[Place]:
    model = apps.get_model(label)
    if model not in FREE_TEXTS or not row.isdecimal():
        return
    fields = FREE_TEXTS[model].fields
    for texts in model._base_manager.filter(pk=row).values(*fields):
        for field, text in texts.items():
            if text and text not in MARKS:
                yield model, int(row), field
