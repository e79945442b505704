"""Rename the stored content of a briefing to content: column, constraint and trigger.

SQLite rebuilds the table, so its trigger is lifted first and created again at the end. No log entry, redaction or
stored document names the field.
"""

from django.db import migrations, models
from django.db.models import Q

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly

HELD = "OLD.cleared_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"
WITHDRAWAL = ("withdrawn_at", "withdrawn_by", "withdrawn_reason", "file", "withdrawn_for")


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_plain_labels")]

    operations = [
        LiftAppendOnly("briefing", when=HELD, once=WITHDRAWAL, emptied=("word", "said", "covering_note")),
        migrations.RemoveConstraint("briefing", "what_is_withdrawn_says_nothing_any_more"),
        migrations.RenameField("briefing", "said", "content"),
        migrations.AddConstraint(
            "briefing",
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(content__isnull=True, covering_note="", word=""),
                name="a_withdrawn_briefing_has_no_content",
            ),
        ),
        AppendOnly("briefing", when=HELD, once=WITHDRAWAL, emptied=("word", "content", "covering_note")),
    ]
