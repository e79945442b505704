"""The wording and benchmarks of a commitment are corrected by dated rows with reasons.

The commitment stores the wording in force, which changes only together with such a row. A link that a correction
removed is kept and names the correction. The relation `benchmarks` is removed, because it also returned removed links.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tiptracker.audit.append_only import REDACTED, REDACTED_BEFORE, AppendOnly, LiftAppendOnly

NEWLY_CORRECTED = f"""
EXISTS (
    SELECT 1 FROM dialogues_commitmentcorrection c
    WHERE c.id = NEW.newest_correction_id AND c.commitment_id = OLD.id
    AND (OLD.newest_correction_id IS NULL OR OLD.newest_correction_id < c.id)
    AND (NEW.text = OLD.text
        OR c.replaced_text = OLD.text
        OR c.replaced_text = '{REDACTED_BEFORE}' AND OLD.text = '{REDACTED}')
)
"""  # noqa: S608 -- built only from our own names
"""The commitment names a newer correction than before, and that correction keeps the wording before, if it changed."""


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0019_withdrawn_updates_and_due_date_proposals"),
        ("recommendations", "0016_plain_labels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LiftAppendOnly("commitment", ("text", "letter")),
        LiftAppendOnly("commitmentbenchmark"),
        migrations.CreateModel(
            name="CommitmentCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("replaced_text", models.TextField(blank=True, verbose_name="earlier wording")),
                ("reason", models.TextField(verbose_name="reason for the correction")),
                ("recorded_at", models.DateTimeField()),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="dialogues.commitment",
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
                "ordering": ("recorded_at", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_correction_of_a_commitment_has_its_reason",
                    )
                ],
            },
        ),
        migrations.RemoveField(model_name="commitment", name="benchmarks"),
        migrations.AddField(
            model_name="commitment",
            name="newest_correction",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dialogues.commitmentcorrection",
            ),
        ),
        migrations.AddField(
            model_name="commitmentbenchmark",
            name="added_in",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="added",
                to="dialogues.commitmentcorrection",
            ),
        ),
        migrations.AddField(
            model_name="commitmentbenchmark",
            name="removed_in",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="removed",
                to="dialogues.commitmentcorrection",
            ),
        ),
        migrations.RemoveConstraint("commitmentbenchmark", "commitment_linked_once_to_a_benchmark"),
        migrations.AddConstraint(
            "commitmentbenchmark",
            models.UniqueConstraint(
                models.F("commitment"),
                models.F("benchmark"),
                condition=models.Q(("removed_in__isnull", True)),
                name="commitment_linked_once_to_a_benchmark",
            ),
        ),
        AppendOnly("commitmentcorrection", ("replaced_text", "reason")),
        AppendOnly("commitmentbenchmark", once=("removed_in",)),
        AppendOnly(
            "commitment",
            ("text", "letter"),
            corrected=("text", "newest_correction"),
            when_corrected=NEWLY_CORRECTED,
        ),
    ]
