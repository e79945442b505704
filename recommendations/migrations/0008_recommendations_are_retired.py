"""Terms must have their values. The number of a retired recommendation can be used again."""

import django.db.models.deletion
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0007_what_is_asked_is_dated")]

    operations = [
        LiftAppendOnly("recommendationterms", redactable=("text", "reason")),
        LiftAppendOnly("benchmarkterms", redactable=("criterion", "reason")),
        migrations.AlterField("recommendationterms", "number", models.PositiveSmallIntegerField()),
        migrations.AlterField("recommendationterms", "text", models.TextField()),
        migrations.AlterField(
            "recommendationterms",
            "text_status",
            models.CharField(
                "wording", max_length=15, choices=[("official", "Official"), ("reconstruction", "Reconstruction")]
            ),
        ),
        migrations.AlterField(
            "benchmarkterms",
            "recommendation",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="recommendations.recommendation"
            ),
        ),
        migrations.AlterField("benchmarkterms", "letter", models.CharField(max_length=2)),
        migrations.AddField(
            "recommendation",
            "is_retired",
            models.BooleanField("no longer asked", default=False, editable=False),
        ),
        migrations.RemoveConstraint("recommendation", "recommendation_numbered_once_in_its_edition"),
        migrations.AddConstraint(
            "recommendation",
            models.UniqueConstraint(
                "edition",
                "origin",
                "number",
                condition=models.Q(is_retired=False),
                name="recommendation_numbered_once_in_its_edition",
            ),
        ),
        AppendOnly("recommendationterms", redactable=("text", "reason")),
        AppendOnly("benchmarkterms", redactable=("criterion", "reason")),
    ]
