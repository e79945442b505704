"""List the briefings that redactions withdrew, and withdraw them again in a record that was restored.

`tiptracker.backups.redaction_file` calls both by their import path.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from dialogues.models import Redaction
from reports.actions.withdrawals import record_withdrawal, redact_covering_note
from reports.models import Briefing
from tiptracker.audit.append_only import REDACTED
from tiptracker.localization import gettext, record_language


def list_redacted() -> Iterator[dict[str, Any]]:
    """Yield each withdrawn briefing with its redaction, and each briefing whose covering note was redacted."""
    withdrawn = Briefing.objects.filter(withdrawn_for__isnull=False).order_by("pk")
    for pk, redaction, at in withdrawn.values_list("pk", "withdrawn_for", "withdrawn_at"):
        yield {"key": pk, "redaction": redaction, "at": at.isoformat() if at else None}
    for pk in Briefing.objects.filter(covering_note=REDACTED).order_by("pk").values_list("pk", flat=True):
        yield {"key": f"{pk} note", "redaction": None, "at": None}


@transaction.atomic
def redact_again(content: Mapping[str, Any]) -> bool:
    """Withdraw a briefing again, or redact its covering note. Return whether that changed it.

    The caller deletes the files afterwards. The line of the redaction is before the lines of its briefings, so the
    redaction exists.
    """
    briefing = Briefing.objects.filter(pk=str(content["key"]).removesuffix(" note")).first()
    if briefing is None:
        return False
    if content["redaction"] is None:
        return bool(briefing.covering_note) and redact_covering_note(briefing, by=None)
    redaction = Redaction.objects.filter(pk=content["redaction"]).first()
    if redaction is None or not briefing.file:
        return False
    with record_language():
        reason = gettext("It contained personal data that were removed from the record.")
    record_withdrawal(briefing=briefing, redaction=redaction, reason=reason, now=datetime.fromisoformat(content["at"]))
    return True
