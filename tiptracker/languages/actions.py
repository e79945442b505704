"""Sign a language off, or switch it off. Each is a new dated row; nothing is overwritten."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from tiptracker.accounts.models import User
from tiptracker.accounts.permissions import administers_installation
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.languages.catalogues import CatalogueShare, measure_catalogue
from tiptracker.languages.enabled import forget_signed_off_languages
from tiptracker.languages.models import LanguageReview
from tiptracker.localization import format_number, gettext, ngettext
from tiptracker.validation import insert_row, require_text


@transaction.atomic
def sign_off(*, language: str, speaker: str, speaker_office: str, by: User | None, now: datetime) -> LanguageReview:
    """Record that a speaker reviewed a language, so that people may choose it from now on.

    Its catalogue has to be complete. `by` is None if a command does it. Raises PermissionDenied, Refused.
    """
    _require_administrator(by)
    _require_reviewed_language(language)
    _require_complete_catalogue(language)
    who = gettext("Enter the name of the speaker who reviewed the language.")
    what = gettext("Enter what the speaker is, such as “interpreter of the embassy”.")
    speaker = require_text(speaker, who, field="speaker")
    office = require_text(speaker_office, what, field="speaker_office")
    row = insert_row(
        LanguageReview(
            language=language,
            is_signed_off=True,
            speaker=speaker,
            speaker_office=office,
            recorded_by=by,
            recorded_at=now,
        )
    )
    after = {"language": language, "speaker": speaker, "speaker_office": office}
    record("language.signed_off", by=by, row=row, after=after)
    transaction.on_commit(forget_signed_off_languages)
    return row


@transaction.atomic
def switch_off(*, language: str, reason: str, by: User | None, now: datetime) -> LanguageReview:
    """Record that people may no longer use a language. Pages and mails are in English for those who chose it.

    `by` is None if a command does it. Raises PermissionDenied, Refused.
    """
    _require_administrator(by)
    _require_reviewed_language(language)
    reason = require_text(reason, gettext("Enter why the language is switched off."), field="reason")
    newest = LanguageReview.objects.filter(language=language).first()
    if newest is None or not newest.is_signed_off:
        raise Refused("not_signed_off", gettext("The language is already switched off."))
    row = insert_row(
        LanguageReview(language=language, is_signed_off=False, reason=reason, recorded_by=by, recorded_at=now)
    )
    record("language.switched_off", by=by, row=row, after={"language": language, "reason": reason})
    transaction.on_commit(forget_signed_off_languages)
    return row


def _require_administrator(by: User | None) -> None:
    if by is not None and not administers_installation(by):
        raise PermissionDenied(gettext("Only administrators of the whole installation sign languages off."))


def _require_reviewed_language(language: str) -> None:
    if language == settings.LANGUAGE_CODE or language not in dict(settings.LANGUAGES):
        raise Refused("unknown_language", gettext("Choose a language from the list."), field="language")


def _require_complete_catalogue(language: str) -> None:
    """Refuse a language with gaps: its readers would get pages and mails in two languages."""
    share = measure_catalogue(language)
    if not share.is_complete:
        raise Refused("incomplete_catalogue", describe_gaps(share))


def describe_gaps(share: CatalogueShare) -> str:
    """Say how many sentences an incomplete catalogue lacks, and what to do."""
    if not share.sentences:
        return gettext(
            "The language has no translations. Ask who runs the server to add its catalogue: see “Languages” in "
            "docs/operating.md."
        )
    sentence = ngettext(
        "%(number)s sentence is not translated. Ask who runs the server to complete the catalogue: see “Languages” in "
        "docs/operating.md. Then sign the language off.",
        "%(number)s sentences are not translated. Ask who runs the server to complete the catalogue: see “Languages” "
        "in docs/operating.md. Then sign the language off.",
        share.missing,
    )
    return sentence % {"number": format_number(share.missing)}
