"""The yearly questions of an edition, the sets that brought them, and their dated wordings."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import recommendations.models.recommendations
from tiptracker.audit.append_only import AppendOnly, HoldColumns


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0020_rule_label"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("heading", models.CharField(blank=True, max_length=300, verbose_name="heading")),
                ("text", models.TextField(verbose_name="text")),
                (
                    "indicia",
                    models.JSONField(
                        blank=True,
                        default=list,
                        validators=[recommendations.models.recommendations.validate_indicia],
                        verbose_name="indicia",
                    ),
                ),
                ("evidence_kinds", models.JSONField(blank=True, default=list, verbose_name="types of evidence")),
                ("is_mapping_confirmed", models.BooleanField(default=False, verbose_name="mapping confirmed")),
                ("is_retired", models.BooleanField(default=False, verbose_name="no longer asked")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "benchmarks",
                    models.ManyToManyField(
                        blank=True, related_name="questions", to="recommendations.benchmark", verbose_name="benchmarks"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="recommendations.edition",
                    ),
                ),
                (
                    "indicators",
                    models.ManyToManyField(
                        blank=True, related_name="questions", to="recommendations.indicator", verbose_name="indicators"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="recommendations.question",
                        verbose_name="part of",
                    ),
                ),
                (
                    "repeats",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repeated_by",
                        to="recommendations.question",
                        verbose_name="repeats",
                    ),
                ),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "ordering": ("edition", "position", "pk"),
            },
        ),
        migrations.CreateModel(
            name="QuestionSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255, verbose_name="source")),
                ("is_outline", models.BooleanField(default=False, help_text="Our own outline after the statute.")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256 of the file")),
                ("draft", models.JSONField(blank=True, default=dict)),
                ("did", models.JSONField(blank=True, default=dict)),
                ("begun_at", models.DateTimeField()),
                ("loaded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "begun_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="question_sets",
                        to="recommendations.edition",
                    ),
                ),
                (
                    "loaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "set of questions",
                "verbose_name_plural": "sets of questions",
                "ordering": ("-begun_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="QuestionTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                ("heading", models.CharField(blank=True, max_length=300, verbose_name="heading")),
                ("text", models.TextField(verbose_name="text")),
                ("is_retired", models.BooleanField(default=False, verbose_name="no longer asked")),
                ("reason", models.TextField(verbose_name="reason for this wording")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="recommendations.question"
                    ),
                ),
                (
                    "question_set",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="recommendations.questionset",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "wording of a question",
                "verbose_name_plural": "wordings of questions",
                "ordering": ("question", "-recorded_at", "-pk"),
            },
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(
                models.F("edition"),
                models.F("number"),
                condition=models.Q(("is_retired", False)),
                name="question_numbered_once_in_its_edition",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", ""), _negated=True), name="question_has_a_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="question_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(("parent", models.F("id")), _negated=True), name="question_is_no_part_of_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="questionset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("loaded_at__isnull", True), ("loaded_by__isnull", True)),
                    models.Q(("loaded_at__isnull", False), ("loaded_by__isnull", False)),
                    _connector="OR",
                ),
                name="question_set_is_loaded_by_somebody_at_some_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_outline", True), ("sha256", "")),
                    models.Q(("is_outline", False), ("sha256__regex", "^[0-9a-f]{64}$")),
                    _connector="OR",
                ),
                name="question_set_is_an_outline_or_has_its_hash",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="question_terms_have_a_reason"
            ),
        ),
        HoldColumns("question", ("edition",)),
        AppendOnly("questionset", redactable=("name",), when="OLD.loaded_at IS NOT NULL"),
        AppendOnly("questionterms", redactable=("text", "reason")),
    ]
