"""A returned version stores which parts of its form the ministry has to change."""

from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0020_commitment_corrections")]

    operations = [
        LiftAppendOnly("updateversiondecision", ("reason",)),
        migrations.AddField(
            "updateversiondecision",
            "parts",
            models.JSONField(
                null=True,
                blank=True,
                help_text="For a returned version: the numbers of the paragraphs of the reason, by the part of the form.",
            ),
        ),
        AppendOnly("updateversiondecision", ("reason",)),
    ]
