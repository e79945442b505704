"""A file knows how large the picture was that the sender's browser made smaller, if it did."""

from django.db import migrations, models
from django.db.models import F, Q

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0016_plain_labels")]

    operations = [
        LiftAppendOnly("evidencefile", redactable=("name",)),
        migrations.AddField("evidencefile", "original_size", models.PositiveBigIntegerField(null=True)),
        migrations.AddConstraint(
            "evidencefile",
            models.CheckConstraint(
                name="evidence_file_was_larger_before",
                condition=Q(original_size__isnull=True) | Q(original_size__gt=F("size")),
            ),
        ),
        AppendOnly("evidencefile", redactable=("name",)),
    ]
