import django.db.models.deletion
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly

HELD = "OLD.cleared_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"
WITHDRAWAL = ("withdrawn_at", "withdrawn_by", "withdrawn_reason", "file")


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0005_redactions"),
        ("reports", "0003_briefings_are_withdrawn"),
    ]

    operations = [
        LiftAppendOnly("briefing", when=HELD, once=WITHDRAWAL),
        migrations.AddField(
            "briefing",
            "withdrawn_for",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dialogues.redaction",
            ),
        ),
        AppendOnly("briefing", when=HELD, once=(*WITHDRAWAL, "withdrawn_for")),
    ]
