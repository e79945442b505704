"""An officer may send what a ministry handed over on paper. A version says how the embassy received it."""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly, LiftRefuseInsert, RefuseInsert

OWN_VERSION_TRIGGER = (
    "updateversiondecision",
    "refuse_decision_on_own_version",
    """
NEW.decision <> 'withdrawn' AND EXISTS (
    SELECT 1 FROM dialogues_updateversion v
    WHERE v.id = NEW.update_version_id AND v.recorded_by_id = NEW.recorded_by_id
)
""",
    "Nobody decides on what they sent themselves",
)


def name_workbooks(apps: Any, schema_editor: Any) -> None:
    """Until now, a version with a day of receipt came from a workbook."""
    versions = apps.get_model("dialogues", "UpdateVersion")
    versions.objects.using(schema_editor.connection.alias).filter(received_on__isnull=False).update(
        received_as="workbook"
    )


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0029_request_corrections")]

    operations = [
        LiftRefuseInsert(*OWN_VERSION_TRIGGER),
        LiftAppendOnly("updateversion", ("narrative",)),
        migrations.AlterField(
            "updateversion", "received_on", models.DateField(blank=True, null=True, verbose_name="received on")
        ),
        migrations.AddField(
            "updateversion",
            "received_as",
            models.CharField(
                blank=True,
                choices=[
                    ("letter", "By letter"),
                    ("meeting", "At a meeting"),
                    ("message", "By e-mail or message"),
                    ("workbook", "As a workbook"),
                ],
                default="",
                max_length=10,
                verbose_name="received as",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(name_workbooks, migrations.RunPython.noop),
        migrations.AddConstraint(
            "updateversion",
            models.CheckConstraint(
                condition=Q(received_on__isnull=True, received_as="")
                | Q(received_on__isnull=False) & ~Q(received_as=""),
                name="what_was_received_has_its_day_and_its_form",
            ),
        ),
        AppendOnly("updateversion", ("narrative",)),
        RefuseInsert(*OWN_VERSION_TRIGGER),
    ]
