"""A document has a language. Those until now are in English."""

from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly

HELD = "OLD.cleared_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"
WITHDRAWAL = ("withdrawn_at", "withdrawn_by", "withdrawn_reason", "file", "withdrawn_for")
EMPTIED = ("word", "content", "covering_note")


class Migration(migrations.Migration):
    dependencies = [("reports", "0012_search_covering_notes")]

    operations = [
        LiftAppendOnly("briefing", when=HELD, once=WITHDRAWAL, emptied=EMPTIED),
        migrations.AddField(
            model_name="briefing",
            name="language",
            field=models.CharField(default="en-gb", max_length=10, verbose_name="language"),
        ),
        AppendOnly("briefing", when=HELD, once=WITHDRAWAL, emptied=EMPTIED),
    ]
