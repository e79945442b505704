"""A request for information is corrected by a dated event with its reason, as commitments are by a dated row.

The request stores the reason for asking that is in force, which changes only together with such an event. A line that a
correction removed is kept and names the event, as does a line that was added.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from tiptracker.audit.append_only import REDACTED, REDACTED_BEFORE, AppendOnly, LiftAppendOnly

NEWLY_CORRECTED = f"""
EXISTS (
    SELECT 1 FROM dialogues_requestevent e
    WHERE e.id = NEW.newest_correction_id AND e.information_request_id = OLD.id AND e.kind = 'corrected'
    AND (OLD.newest_correction_id IS NULL OR OLD.newest_correction_id < e.id)
    AND (NEW.reason = OLD.reason
        OR e.replaced_reason = OLD.reason
        OR e.replaced_reason = '{REDACTED_BEFORE}' AND OLD.reason = '{REDACTED}')
)
"""  # noqa: S608 -- built only from our own names
"""The request names a newer correction than before, and that correction keeps the reason before, if it changed."""


def event(related_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="dialogues.requestevent",
    )


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0028_dialogue_changed_at")]

    operations = [
        LiftAppendOnly("informationrequest", ("reason",)),
        LiftAppendOnly("requestline", ("wording",)),
        LiftAppendOnly("requestevent", ("reason",)),
        migrations.AlterField(
            "requestevent",
            "kind",
            models.CharField(
                choices=[
                    ("asked", "Asked"),
                    ("moved", "Due date moved"),
                    ("corrected", "Request corrected"),
                    ("withdrawn", "Withdrawn"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddField(
            "requestevent",
            "replaced_reason",
            models.TextField(blank=True, default="", verbose_name="earlier reason for asking"),
            preserve_default=False,
        ),
        migrations.RemoveConstraint("requestevent", "exactly_asking_and_moving_set_the_due_date_of_a_request"),
        migrations.AddConstraint(
            "requestevent",
            models.CheckConstraint(
                condition=Q(kind__in=["asked", "moved"], due_on__isnull=False)
                | Q(kind__in=["corrected", "withdrawn"], due_on__isnull=True),
                name="exactly_asking_and_moving_set_the_due_date_of_a_request",
            ),
        ),
        migrations.AddConstraint(
            "requestevent",
            models.CheckConstraint(
                condition=Q(kind="corrected") | Q(replaced_reason=""),
                name="only_a_correction_replaces_the_reason_for_asking",
            ),
        ),
        migrations.AddField("informationrequest", "newest_correction", event("+")),
        migrations.AlterModelOptions("requestline", {"ordering": ("information_request", "number", "pk")}),
        migrations.AddField("requestline", "added_in", event("added_lines")),
        migrations.AddField("requestline", "removed_in", event("removed_lines")),
        migrations.RemoveConstraint("requestline", "lines_numbered_once_in_a_request"),
        migrations.AddConstraint(
            "requestline",
            models.UniqueConstraint(
                F("information_request"),
                F("number"),
                condition=Q(removed_in__isnull=True),
                name="lines_numbered_once_in_a_request",
            ),
        ),
        AppendOnly("requestevent", ("reason", "replaced_reason")),
        AppendOnly("requestline", ("wording",), once=("removed_in",)),
        AppendOnly(
            "informationrequest",
            ("reason",),
            corrected=("reason", "newest_correction"),
            when_corrected=NEWLY_CORRECTED,
        ),
    ]
