"""Move the pillar, which scoring reads, from an editable column to dated terms; `0004` drops the column."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from tiptracker.audit.append_only import AppendOnly

REASON = "Carried over from the recommendation itself, where it stood without a date."


def carry_over(apps: Any, editor: Any) -> None:
    """Save the pillar of each recommendation as its first terms.

    They get the date of the oldest terms of its benchmarks, so that scores stay as they were known; without any, that
    of the oldest terms of its edition; otherwise the date of today.
    """
    tables = [apps.get_model("recommendations", name) for name in ("BenchmarkTerms", "EditionTerms")]
    benchmark_terms, edition_terms = tables
    terms = apps.get_model("recommendations", "RecommendationTerms")
    for row in apps.get_model("recommendations", "Recommendation").objects.all():
        oldest = (
            benchmark_terms.objects.filter(benchmark__recommendation=row).order_by("recorded_at", "pk").first()
            or edition_terms.objects.filter(edition=row.edition_id).order_by("recorded_at", "pk").first()
        )
        terms.objects.create(
            recommendation=row,
            pillar=row.pillar,
            reason=REASON,
            recorded_at=oldest.recorded_at if oldest else timezone.now(),
            recorded_by_id=oldest.recorded_by_id if oldest else _somebody(apps),
        )


def _somebody(apps: Any) -> int:
    """Return who is named if nobody is known to have set terms: the first person who could write."""
    return apps.get_model("accounts", "User").objects.order_by("pk").values_list("pk", flat=True)[0]


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("recommendations", "0002_terms_are_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecommendationTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "pillar",
                    models.CharField(
                        choices=[
                            ("prosecution", "Prosecution"),
                            ("protection", "Protection"),
                            ("prevention", "Prevention"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField(verbose_name="why this pillar")),
                ("recorded_at", models.DateTimeField()),
                (
                    "recommendation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="recommendations.recommendation",
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
                "verbose_name_plural": "recommendation terms",
                "ordering": ("recommendation", "-recorded_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="recommendation_terms_have_a_reason"
                    )
                ],
            },
        ),
        AppendOnly("recommendationterms", redactable=("reason",)),
        migrations.RunPython(carry_over),
    ]
