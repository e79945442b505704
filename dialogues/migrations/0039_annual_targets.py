"""The embassy sets an annual target for an indicator, with its baseline and with whom it was agreed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_last_day"),
        ("dialogues", "0038_cite_the_law"),
        ("recommendations", "0020_rule_label"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IndicatorTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "figure",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="annual target"
                    ),
                ),
                (
                    "baseline",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="baseline"
                    ),
                ),
                (
                    "baseline_starts_on",
                    models.DateField(blank=True, null=True, verbose_name="start date of the baseline"),
                ),
                (
                    "baseline_through_on",
                    models.DateField(blank=True, null=True, verbose_name="end date of the baseline"),
                ),
                (
                    "baseline_source",
                    models.CharField(blank=True, max_length=300, verbose_name="source of the baseline"),
                ),
                (
                    "no_baseline_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="why there is no baseline"),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("dialogue", "Agreed at a dialogue"),
                            ("letter", "Agreed by letter"),
                            ("post", "Set by the embassy alone"),
                        ],
                        max_length=8,
                        verbose_name="how it was agreed",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                (
                    "dialogue",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="annual_targets",
                        to="dialogues.dialogue",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="recommendations.edition"
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="annual_targets",
                        to="recommendations.indicator",
                    ),
                ),
                (
                    "ministry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.ministry",
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
                "ordering": ("indicator", "edition", "-recorded_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="an_annual_target_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("figure__isnull", True), ("figure__gte", 0), _connector="OR"),
                            models.Q(("baseline__isnull", True), ("baseline__gte", 0), _connector="OR"),
                        ),
                        name="annual_targets_are_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("baseline__isnull", False),
                                ("baseline_starts_on__isnull", False),
                                ("baseline_through_on__gte", models.F("baseline_starts_on")),
                                models.Q(("baseline_source", ""), _negated=True),
                            ),
                            models.Q(
                                ("baseline__isnull", True),
                                ("baseline_starts_on__isnull", True),
                                ("baseline_through_on__isnull", True),
                                models.Q(("no_baseline_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_baseline_is_a_figure_with_its_source_or_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dialogue__isnull", False), ("ministry__isnull", False), ("origin", "dialogue")),
                            models.Q(("dialogue__isnull", True), ("ministry__isnull", False), ("origin", "letter")),
                            models.Q(("dialogue__isnull", True), ("ministry__isnull", True), ("origin", "post")),
                            _connector="OR",
                        ),
                        name="an_annual_target_is_agreed_with_a_ministry_or_set_alone",
                    ),
                ],
            },
        ),
        AppendOnly("indicatortarget", ("baseline_source", "no_baseline_reason", "reason")),
    ]
