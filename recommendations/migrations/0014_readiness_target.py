"""Rename the working mark of an edition's terms to target: columns, constraints and trigger.

SQLite rebuilds the table, so its trigger is lifted first and created again at the end. A redaction may name the reason
by the former name of its field (tiptracker/former_names.py).
"""

from django.db import migrations, models
from django.db.models import Q

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0013_update_versions_and_evidence_links"),
        ("recommendations", "0013_import_is_read_by_a_job"),
    ]

    operations = [
        LiftAppendOnly("editionterms", ("reason", "working_mark_reason")),
        migrations.RemoveConstraint("editionterms", "working_mark_is_of_a_hundred"),
        migrations.RemoveConstraint("editionterms", "working_mark_has_its_reason"),
        migrations.RenameField("editionterms", "working_mark", "readiness_target"),
        migrations.RenameField("editionterms", "working_mark_reason", "readiness_target_reason"),
        migrations.AlterField(
            "editionterms",
            "readiness_target",
            models.DecimalField("target", max_digits=4, decimal_places=1, null=True, blank=True),
        ),
        migrations.AlterField(
            "editionterms", "readiness_target_reason", models.TextField("reason for the target", blank=True)
        ),
        migrations.AddConstraint(
            "editionterms",
            models.CheckConstraint(
                condition=Q(readiness_target__isnull=True) | Q(readiness_target__range=(0, 100)),
                name="readiness_target_is_of_a_hundred",
            ),
        ),
        migrations.AddConstraint(
            "editionterms",
            models.CheckConstraint(
                condition=Q(readiness_target__isnull=True) | ~Q(readiness_target_reason=""),
                name="readiness_target_has_its_reason",
            ),
        ),
        AppendOnly("editionterms", ("reason", "readiness_target_reason")),
    ]
