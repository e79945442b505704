"""A dialogue by numbers: chosen indicators, contributions of both sides, and what will sustain the work."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_last_day"),
        ("dialogues", "0039_annual_targets"),
        ("recommendations", "0021_questions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChosenIndicator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("recorded_at", models.DateTimeField()),
                (
                    "dialogue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chosen_indicators",
                        to="dialogues.dialogue",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="recommendations.indicator"
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
                "ordering": ("recorded_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="ChosenIndicatorEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("agreed", "Agreed"),
                            ("dropped", "Dropped"),
                            ("discussed", "Discussed"),
                            ("not_discussed", "Not discussed"),
                        ],
                        max_length=13,
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="date")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("recorded_at", models.DateTimeField()),
                (
                    "chosen",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="dialogues.chosenindicator",
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
                "ordering": ("recorded_at", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "agreed"), ("ministry__isnull", False)),
                            models.Q(models.Q(("kind", "agreed"), _negated=True), ("ministry__isnull", True)),
                            _connector="OR",
                        ),
                        name="an_indicator_is_agreed_with_a_ministry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "dropped"), _negated=True),
                            models.Q(("text", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="an_indicator_is_dropped_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contribution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "given_by",
                    models.CharField(
                        choices=[
                            ("ministry", "Ministry"),
                            ("united_states", "United States"),
                            ("partner", "Partner organization"),
                        ],
                        max_length=13,
                        verbose_name="given by",
                    ),
                ),
                ("organization", models.CharField(blank=True, max_length=200, verbose_name="partner organization")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("money", "Money"),
                            ("people", "People"),
                            ("equipment", "Equipment"),
                            ("training", "Training"),
                            ("other", "Other"),
                        ],
                        max_length=9,
                        verbose_name="kind",
                    ),
                ),
                ("what", models.TextField(verbose_name="what")),
                (
                    "amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="amount"),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("starts_on", models.DateField(verbose_name="start date")),
                ("through_on", models.DateField(blank=True, null=True, verbose_name="end date")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("reason", models.TextField(blank=True, verbose_name="reason for the correction")),
                ("recorded_at", models.DateTimeField()),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contributions",
                        to="dialogues.commitment",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="dialogues.contribution",
                    ),
                ),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.country"
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
                    "recommendation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contributions",
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
                "ordering": ("starts_on", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("given_by", "ministry"), ("ministry__isnull", False)),
                            models.Q(models.Q(("given_by", "ministry"), _negated=True), ("ministry__isnull", True)),
                            _connector="OR",
                        ),
                        name="a_contribution_is_given_by_one_side",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("given_by", "partner"), _negated=True),
                            models.Q(("organization", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_partner_that_contributes_is_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "money"), _negated=True),
                            models.Q(("amount__gt", 0), models.Q(("currency", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="money_has_an_amount_and_a_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("commitment__isnull", True), ("recommendation__isnull", True), _connector="OR"
                        ),
                        name="a_contribution_is_for_one_piece_of_work",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("through_on__isnull", True), ("through_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="a_contribution_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("what", ""), _negated=True), models.Q(("source", ""), _negated=True)
                        ),
                        name="a_contribution_says_what_and_where_that_is_stated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("corrects__isnull", True), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="a_correction_of_a_contribution_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sustainment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payer", models.CharField(max_length=200, verbose_name="who pays")),
                ("from_on", models.DateField(verbose_name="from which day")),
                ("proof", models.CharField(max_length=300, verbose_name="what proves it")),
                ("recorded_at", models.DateTimeField()),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sustainments",
                        to="dialogues.commitment",
                    ),
                ),
                (
                    "country",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.country"
                    ),
                ),
                (
                    "recommendation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sustainments",
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
                "ordering": ("-recorded_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("commitment__isnull", False), ("recommendation__isnull", True)),
                            models.Q(("commitment__isnull", True), ("recommendation__isnull", False)),
                            _connector="OR",
                        ),
                        name="sustainment_is_of_one_piece_of_work",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("payer", ""), _negated=True), models.Q(("proof", ""), _negated=True)
                        ),
                        name="sustainment_has_payer_and_proof",
                    ),
                ],
            },
        ),
        AppendOnly("chosenindicator", ("reason",)),
        AppendOnly("chosenindicatorevent", ("text",)),
        AppendOnly("contribution", ("organization", "what", "source", "reason")),
        AppendOnly("sustainment", ("payer", "proof")),
    ]
