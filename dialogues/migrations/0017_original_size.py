"""Store the original size of a picture that the sender's browser made smaller."""

from django.db import migrations, models
from django.db.models import F, Q

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly

UNSENT = (
    "NOT (EXISTS (SELECT 1 FROM dialogues_evidence e WHERE e.file_id = OLD.id) "
    "OR EXISTS (SELECT 1 FROM dialogues_dialoguefile d WHERE d.file_id = OLD.id))"
)


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0016_plain_labels")]

    operations = [
        LiftAppendOnly("evidencefile", ("name",), unless={"name": UNSENT}),
        migrations.AddField("evidencefile", "original_size", models.PositiveBigIntegerField(null=True, blank=True)),
        migrations.AddConstraint(
            "evidencefile",
            models.CheckConstraint(
                name="evidence_file_was_larger_before",
                condition=Q(original_size__isnull=True) | Q(original_size__gt=F("size")),
            ),
        ),
        AppendOnly("evidencefile", ("name",), unless={"name": UNSENT}),
    ]
