"""What a reader of the activity log would see in English in a made-up language: names of fields, and verbs.

Call these within `pseudo_languages()`, which does not work within itself.
"""

import json
import re

from django.utils.translation import override

from tests.pseudo_languages import CLOSE, LEFT_TO_RIGHT, OPEN
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.differences import format_label
from tiptracker.audit.models import AuditDetail, AuditEntry
from tiptracker.audit.verbs import describe_verb


def list_untranslated_fields():
    """Return table and key of each value in the log, at every depth, whose name cannot be translated.

    Numbers, letters of benchmarks and names of groups and districts are keys too, but only within another value.
    """
    found = set()
    with override(LEFT_TO_RIGHT):
        for detail in AuditDetail.objects.select_related("entry"):
            for text in (detail.before, detail.after):
                values = json.loads(text) if text and text != REDACTED else {}
                found |= {(detail.entry.table, key) for key in values if not _is_translated(detail.entry.table, key)}
                found |= {("", key) for value in values.values() for key in _inner_keys(value)}
    return found


def list_untranslated_verbs():
    """Return each verb in the log whose words cannot be translated as a whole."""
    with override(LEFT_TO_RIGHT):
        verbs = AuditEntry.objects.order_by("verb").values_list("verb", flat=True).distinct()
        return [verb for verb in verbs if not _is_whole(describe_verb(verb))]


def _inner_keys(value):
    match value:
        case dict():
            names = {key for key in value if re.fullmatch("[a-z]{2}[a-z_]*", key)}
            return {key for key in names if not _is_translated("", key)} | _inner_keys([*value.values()])
        case list():
            return {key for item in value for key in _inner_keys(item)}
    return set()


def _is_translated(table, key):
    return _is_whole(format_label(table, key))


def _is_whole(text):
    return text.startswith(OPEN) and text.endswith(CLOSE)
