"""Names of fields and help texts in plain words; nothing changes in the database."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import recommendations.choices
import recommendations.models.recommendations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_plain_labels"),
        ("recommendations", "0015_search_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="benchmark",
            options={
                "ordering": ("recommendation__number", "letter"),
                "verbose_name": "benchmark",
                "verbose_name_plural": "benchmarks",
            },
        ),
        migrations.AlterModelOptions(
            name="benchmarkterms",
            options={
                "ordering": ("benchmark", "-recorded_at", "-pk"),
                "verbose_name": "benchmark terms",
                "verbose_name_plural": "benchmark terms",
            },
        ),
        migrations.AlterModelOptions(
            name="edition",
            options={"ordering": ("country", "-year"), "verbose_name": "edition", "verbose_name_plural": "editions"},
        ),
        migrations.AlterModelOptions(
            name="editionimport",
            options={"ordering": ("-begun_at", "-pk"), "verbose_name": "import", "verbose_name_plural": "imports"},
        ),
        migrations.AlterModelOptions(
            name="editionterms",
            options={
                "ordering": ("edition", "-recorded_at", "-pk"),
                "verbose_name": "edition terms",
                "verbose_name_plural": "edition terms",
            },
        ),
        migrations.AlterModelOptions(
            name="indicator",
            options={"ordering": ("pk",), "verbose_name": "indicator", "verbose_name_plural": "indicators"},
        ),
        migrations.AlterModelOptions(
            name="milestone",
            options={"ordering": ("due_on", "pk"), "verbose_name": "milestone", "verbose_name_plural": "milestones"},
        ),
        migrations.AlterModelOptions(
            name="milestonedone",
            options={
                "ordering": ("milestone", "-recorded_at", "-pk"),
                "verbose_name": "milestone done",
                "verbose_name_plural": "milestones done",
            },
        ),
        migrations.AlterModelOptions(
            name="recommendation",
            options={
                "ordering": ("edition", "origin", "number"),
                "verbose_name": "recommendation",
                "verbose_name_plural": "recommendations",
            },
        ),
        migrations.AlterModelOptions(
            name="recommendationterms",
            options={
                "ordering": ("recommendation", "-recorded_at", "-pk"),
                "verbose_name": "recommendation terms",
                "verbose_name_plural": "recommendation terms",
            },
        ),
        migrations.AlterModelOptions(
            name="recommendationweight",
            options={"verbose_name": "weight of a recommendation", "verbose_name_plural": "weights of recommendations"},
        ),
        migrations.AlterField(
            model_name="benchmark",
            name="letter",
            field=models.CharField(max_length=2, verbose_name="letter"),
        ),
        migrations.AlterField(
            model_name="benchmark",
            name="repeats",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repeated_by",
                to="recommendations.benchmark",
                verbose_name="repeats",
            ),
        ),
        migrations.AlterField(
            model_name="benchmarkterms",
            name="letter",
            field=models.CharField(max_length=2, verbose_name="letter"),
        ),
        migrations.AlterField(
            model_name="benchmarkterms",
            name="reason",
            field=models.TextField(verbose_name="reason for these terms"),
        ),
        migrations.AlterField(
            model_name="benchmarkterms",
            name="recorded_at",
            field=models.DateTimeField(verbose_name="recorded at"),
        ),
        migrations.AlterField(
            model_name="benchmarkterms",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="recorded by",
            ),
        ),
        migrations.AlterField(
            model_name="benchmarkterms",
            name="rule",
            field=models.CharField(
                choices=[
                    ("assessed", "Assessed by the embassy"),
                    ("target", "Figure against a target"),
                    ("more_than_last_period", "More than last period"),
                ],
                max_length=25,
                verbose_name="rule",
            ),
        ),
        migrations.AlterField(
            model_name="benchmarkterms",
            name="target",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="target"),
        ),
        migrations.AlterField(
            model_name="benchmarkterms",
            name="weight",
            field=models.DecimalField(decimal_places=2, default=1, max_digits=5, verbose_name="weight"),
        ),
        migrations.AlterField(
            model_name="edition",
            name="country",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="editions",
                to="accounts.country",
                verbose_name="country",
            ),
        ),
        migrations.AlterField(
            model_name="edition",
            name="note",
            field=models.CharField(blank=True, max_length=300, verbose_name="note"),
        ),
        migrations.AlterField(
            model_name="edition",
            name="source",
            field=models.CharField(max_length=300, verbose_name="source"),
        ),
        migrations.AlterField(
            model_name="edition",
            name="tier",
            field=models.CharField(
                choices=[("1", "Tier 1"), ("2", "Tier 2"), ("2WL", "Tier 2 Watch List"), ("3", "Tier 3")],
                max_length=3,
                verbose_name="tier",
            ),
        ),
        migrations.AlterField(
            model_name="edition",
            name="year",
            field=models.PositiveSmallIntegerField(verbose_name="year"),
        ),
        migrations.AlterField(
            model_name="editionimport",
            name="charset",
            field=models.CharField(
                blank=True, help_text="Character set of a CSV file, if it was named.", max_length=20
            ),
        ),
        migrations.AlterField(
            model_name="editionimport",
            name="is_pasted",
            field=models.BooleanField(default=False, help_text="Pasted as text, not sent as a file."),
        ),
        migrations.AlterField(
            model_name="editionimport",
            name="sha256",
            field=models.CharField(max_length=64, verbose_name="SHA-256 of the file"),
        ),
        migrations.AlterField(
            model_name="editionterms",
            name="reason",
            field=models.TextField(verbose_name="reason"),
        ),
        migrations.AlterField(
            model_name="editionterms",
            name="recorded_at",
            field=models.DateTimeField(verbose_name="recorded at"),
        ),
        migrations.AlterField(
            model_name="editionterms",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="recorded by",
            ),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="better",
            field=models.CharField(
                choices=[("up", "More is better"), ("down", "Less is better")],
                default=recommendations.choices.Better["UP"],
                max_length=4,
                verbose_name="is more or less better",
            ),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="indicium",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="indicium"),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="name",
            field=models.CharField(max_length=150, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="pillar",
            field=models.CharField(
                choices=[("prosecution", "Prosecution"), ("protection", "Protection"), ("prevention", "Prevention")],
                max_length=12,
                verbose_name="pillar",
            ),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="question",
            field=models.CharField(
                blank=True,
                choices=[
                    ("investigations", "Investigations begun"),
                    ("prosecutions", "Prosecutions"),
                    ("convictions", "Convictions"),
                    ("victims_identified", "Victims identified"),
                    ("money_for_victims", "Government money for victims"),
                    ("complicit_officials", "Complicit officials"),
                ],
                max_length=25,
                verbose_name="question on increasing efforts",
            ),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="unit",
            field=models.CharField(max_length=50, verbose_name="unit"),
        ),
        migrations.AlterField(
            model_name="milestone",
            name="kind",
            field=models.CharField(
                choices=[
                    ("action_plan", "Action plan presented"),
                    ("interim_assessment", "Interim assessment"),
                    ("deadline", "Deadline"),
                    ("period_end", "End of the tracking period"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="milestone",
            name="source",
            field=models.CharField(blank=True, max_length=300, verbose_name="source"),
        ),
        migrations.AlterField(
            model_name="milestonedone",
            name="recorded_at",
            field=models.DateTimeField(verbose_name="recorded at"),
        ),
        migrations.AlterField(
            model_name="milestonedone",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="recorded by",
            ),
        ),
        migrations.AlterField(
            model_name="milestonedone",
            name="source",
            field=models.CharField(max_length=300, verbose_name="source"),
        ),
        migrations.AlterField(
            model_name="recommendation",
            name="indicia",
            field=models.JSONField(
                blank=True,
                default=list,
                validators=[recommendations.models.recommendations.validate_indicia],
                verbose_name="indicia",
            ),
        ),
        migrations.AlterField(
            model_name="recommendation",
            name="number",
            field=models.PositiveSmallIntegerField(verbose_name="number"),
        ),
        migrations.AlterField(
            model_name="recommendation",
            name="origin",
            field=models.CharField(
                choices=[("report", "TIP Report"), ("action_plan", "Action plan")],
                default=recommendations.choices.Origin["REPORT"],
                max_length=12,
                verbose_name="list",
            ),
        ),
        migrations.AlterField(
            model_name="recommendation",
            name="repeats",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repeated_by",
                to="recommendations.recommendation",
                verbose_name="repeats",
            ),
        ),
        migrations.AlterField(
            model_name="recommendation",
            name="text",
            field=models.TextField(verbose_name="text"),
        ),
        migrations.AlterField(
            model_name="recommendation",
            name="years_unmet",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="years unmet in a row"),
        ),
        migrations.AlterField(
            model_name="recommendation",
            name="years_unmet_source",
            field=models.CharField(blank=True, max_length=300, verbose_name="source of the years unmet"),
        ),
        migrations.AlterField(
            model_name="recommendationterms",
            name="number",
            field=models.PositiveSmallIntegerField(verbose_name="number"),
        ),
        migrations.AlterField(
            model_name="recommendationterms",
            name="pillar",
            field=models.CharField(
                choices=[("prosecution", "Prosecution"), ("protection", "Protection"), ("prevention", "Prevention")],
                max_length=12,
                verbose_name="pillar",
            ),
        ),
        migrations.AlterField(
            model_name="recommendationterms",
            name="reason",
            field=models.TextField(verbose_name="reason for these terms"),
        ),
        migrations.AlterField(
            model_name="recommendationterms",
            name="recorded_at",
            field=models.DateTimeField(verbose_name="recorded at"),
        ),
        migrations.AlterField(
            model_name="recommendationterms",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="recorded by",
            ),
        ),
        migrations.AlterField(
            model_name="recommendationterms",
            name="text",
            field=models.TextField(verbose_name="text"),
        ),
        migrations.AlterField(
            model_name="recommendationweight",
            name="weight",
            field=models.DecimalField(decimal_places=2, max_digits=5, verbose_name="weight"),
        ),
        migrations.AlterConstraint(
            model_name="benchmarkterms",
            name="target_set_exactly_for_target_rules",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("rule", recommendations.choices.Rule["TARGET"]), ("target__gt", 0), ("target__isnull", False)
                    ),
                    models.Q(
                        models.Q(("rule", recommendations.choices.Rule["TARGET"]), _negated=True),
                        ("target__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="target_set_exactly_for_target_rules",
                violation_error_message="Only the rule “Figure against a target” has a target. The target must be above zero.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="benchmarkterms",
            name="rules_that_count_have_an_indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rule", recommendations.choices.Rule["ASSESSED"]), ("indicator__isnull", False), _connector="OR"
                ),
                name="rules_that_count_have_an_indicator",
                violation_error_message="Choose the indicator whose figures this rule uses.",
            ),
        ),
    ]
