"""Move the day on which a milestone was done from an editable column to dated rows; `0006` drops the column."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from tiptracker.audit.append_only import AppendOnly

SOURCE = "Carried over from the milestone itself, where it stood without a source."


def carry_over(apps: Any, editor: Any) -> None:
    """Save each recorded day with its source, dated by its last entry in the log; otherwise dated now."""
    entries = apps.get_model("audit", "AuditEntry").objects.filter(verb="milestone.done", by__isnull=False)
    done = apps.get_model("recommendations", "MilestoneDone")
    for row in apps.get_model("recommendations", "Milestone").objects.filter(done_on__isnull=False):
        entry = entries.filter(row=str(row.pk)).order_by("-number").first()
        done.objects.create(
            milestone=row,
            done_on=row.done_on,
            source=row.source or SOURCE,
            recorded_at=entry.at if entry else timezone.now(),
            recorded_by_id=entry.by_id if entry else _somebody(apps),
        )


def _somebody(apps: Any) -> int:
    """Return who is named if the log does not say who recorded it: the first person who could write."""
    return apps.get_model("accounts", "User").objects.order_by("pk").values_list("pk", flat=True)[0]


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_a_digest_for_each_side"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("recommendations", "0004_what_scoring_reads_is_held"),
    ]

    operations = [
        migrations.CreateModel(
            name="MilestoneDone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("done_on", models.DateField(verbose_name="done on")),
                ("source", models.CharField(max_length=300)),
                ("recorded_at", models.DateTimeField()),
                (
                    "milestone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="done",
                        to="recommendations.milestone",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "milestones done",
                "ordering": ("milestone", "-recorded_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="milestone_done_has_its_source"
                    )
                ],
            },
        ),
        AppendOnly("milestonedone", redactable=("source",)),
        migrations.RunPython(carry_over),
    ]
