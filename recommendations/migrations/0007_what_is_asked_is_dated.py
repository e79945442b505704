"""The wording and number of a recommendation, and the recommendation of a benchmark, become dated terms."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly


def carry_over(apps: Any, editor: Any) -> None:
    """Fill existing terms with the values of now. Only the log has earlier wordings and numbers."""
    for table, parent, names in (
        ("RecommendationTerms", "recommendation", ("number", "text", "text_status")),
        ("BenchmarkTerms", "benchmark", ("recommendation_id", "letter")),
    ):
        model = apps.get_model("recommendations", table)
        rows = apps.get_model("recommendations", parent).objects.filter(pk=OuterRef(parent))
        model.objects.update(**{name: Subquery(rows.values(name)[:1]) for name in names})


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0006_milestone_without_done_on")]

    operations = [
        LiftAppendOnly("recommendationterms", redactable=("reason",)),
        LiftAppendOnly("benchmarkterms", redactable=("criterion", "reason")),
        migrations.AlterField("recommendationterms", "reason", models.TextField(verbose_name="why these terms")),
        migrations.AddField("recommendationterms", "number", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("recommendationterms", "text", models.TextField(null=True)),
        migrations.AddField(
            "recommendationterms",
            "text_status",
            models.CharField(
                "wording",
                max_length=15,
                null=True,
                choices=[("official", "Official"), ("reconstruction", "Reconstruction")],
            ),
        ),
        migrations.AddField("recommendationterms", "is_retired", models.BooleanField("no longer asked", default=False)),
        migrations.AddField(
            "benchmarkterms",
            "recommendation",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="recommendations.recommendation",
            ),
        ),
        migrations.AddField("benchmarkterms", "letter", models.CharField(max_length=2, null=True)),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        AppendOnly("recommendationterms", redactable=("text", "reason")),
        AppendOnly("benchmarkterms", redactable=("criterion", "reason")),
    ]
