"""Names of fields and help texts in plain words; nothing changes in the database."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import dialogues.choices


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_plain_labels"),
        ("dialogues", "0015_search_words"),
        ("recommendations", "0016_plain_labels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="assessment",
            name="change_reason",
            field=models.TextField(blank=True, verbose_name="what has changed since the last assessment"),
        ),
        migrations.AlterField(
            model_name="assessment",
            name="rationale",
            field=models.TextField(verbose_name="reason"),
        ),
        migrations.AlterField(
            model_name="dialogue",
            name="place",
            field=models.CharField(max_length=200, verbose_name="place"),
        ),
        migrations.AlterField(
            model_name="dialogue",
            name="purpose",
            field=models.CharField(max_length=300, verbose_name="purpose"),
        ),
        migrations.AlterField(
            model_name="dialoguefile",
            name="what",
            field=models.CharField(
                choices=[
                    ("statement", "Statement"),
                    ("communique", "Communiqué"),
                    ("agenda", "Agenda"),
                    ("photograph", "Photograph"),
                    ("other", "Other"),
                ],
                max_length=12,
                verbose_name="type of file",
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="commitment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="dialogues.commitment",
                verbose_name="commitment",
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="country",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="accounts.country",
                verbose_name="country",
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="file",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="dialogues.evidencefile",
                verbose_name="file",
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="happened_from",
            field=models.DateField(blank=True, null=True, verbose_name="start date"),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="happened_to",
            field=models.DateField(verbose_name="end date"),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="kind",
            field=models.CharField(
                choices=[
                    ("law", "Law or regulation"),
                    ("budget", "Budget or payment"),
                    ("court", "Court record"),
                    ("statistic", "Statistic"),
                    ("training", "Training"),
                    ("report", "Report"),
                    ("site_visit", "Site visit"),
                    ("press", "Press"),
                    ("statement", "Statement"),
                ],
                max_length=12,
                verbose_name="type of evidence",
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="link",
            field=models.URLField(blank=True, max_length=500, verbose_name="link"),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="revises",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revised_by",
                to="dialogues.evidence",
                verbose_name="earlier version",
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="revision_reason",
            field=models.TextField(blank=True, verbose_name="reason for the correction"),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="sensitivity",
            field=models.CharField(
                choices=[("internal", "Internal to the embassy"), ("shared", "Shared with the ministry")],
                default=dialogues.choices.Sensitivity["INTERNAL"],
                max_length=10,
                verbose_name="who may read it",
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="source",
            field=models.CharField(blank=True, max_length=400, verbose_name="source"),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="stated_by",
            field=models.CharField(max_length=200, verbose_name="stated by"),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="update_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="dialogues.updateversion",
                verbose_name="version of the update",
            ),
        ),
        migrations.AlterField(
            model_name="evidencelink",
            name="shows",
            field=models.CharField(
                choices=[
                    ("concrete_action", "A concrete action"),
                    ("statement_or_plan", "A statement or plan"),
                    ("no_action", "A finding of no action"),
                    ("context", "Context"),
                ],
                max_length=20,
                verbose_name="what it shows",
            ),
        ),
        migrations.AlterField(
            model_name="evidencereview",
            name="decision",
            field=models.CharField(
                choices=[("verified", "Verified"), ("rejected", "Rejected")], max_length=10, verbose_name="decision"
            ),
        ),
        migrations.AlterField(
            model_name="evidencereview",
            name="first_on",
            field=models.DateField(blank=True, null=True, verbose_name="start date, if the evidence has none"),
        ),
        migrations.AlterField(
            model_name="evidencereview",
            name="reason",
            field=models.TextField(verbose_name="reason"),
        ),
        migrations.AlterField(
            model_name="nextstep",
            name="due_on",
            field=models.DateField(blank=True, null=True, verbose_name="due date"),
        ),
        migrations.AlterField(
            model_name="nextstepdone",
            name="result",
            field=models.TextField(blank=True, verbose_name="result"),
        ),
        migrations.AlterField(
            model_name="reading",
            name="direction",
            field=models.CharField(
                blank=True,
                choices=[("up", "More, no figure"), ("level", "Level, no figure"), ("down", "Less, no figure")],
                max_length=5,
                verbose_name="direction",
            ),
        ),
        migrations.AlterField(
            model_name="reading",
            name="figure",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="figure"),
        ),
        migrations.AlterField(
            model_name="reading",
            name="note",
            field=models.CharField(blank=True, max_length=400, verbose_name="note"),
        ),
        migrations.AlterField(
            model_name="reading",
            name="source",
            field=models.CharField(blank=True, max_length=300, verbose_name="source"),
        ),
        migrations.AlterField(
            model_name="reading",
            name="starts_on",
            field=models.DateField(verbose_name="start date"),
        ),
        migrations.AlterField(
            model_name="reading",
            name="through_on",
            field=models.DateField(verbose_name="end date"),
        ),
        migrations.AlterField(
            model_name="redaction",
            name="reason",
            field=models.TextField(verbose_name="reason"),
        ),
        migrations.AlterField(
            model_name="redactiondecision",
            name="reason",
            field=models.TextField(blank=True, verbose_name="reason"),
        ),
        migrations.AlterField(
            model_name="updateversion",
            name="happened_on",
            field=models.DateField(verbose_name="end date"),
        ),
        migrations.AlterConstraint(
            model_name="commitment",
            name="ministry_set_exactly_for_a_ministrys_commitments",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("made_by", dialogues.choices.MadeBy["MINISTRY"]), ("ministry__isnull", False)),
                    models.Q(("made_by", dialogues.choices.MadeBy["UNITED_STATES"]), ("ministry__isnull", True)),
                    _connector="OR",
                ),
                name="ministry_set_exactly_for_a_ministrys_commitments",
                violation_error_message="Choose the ministry, or say that the United States made the commitment.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="commitment",
            name="commitment_made_at_a_dialogue_or_by_letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dialogue__isnull", False), models.Q(("letter", ""), _negated=True), _connector="OR"
                ),
                name="commitment_made_at_a_dialogue_or_by_letter",
                violation_error_message="Choose the dialogue at which the commitment was made, or name the letter.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="evidence",
            name="evidence_ends_after_it_begins",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("happened_from__isnull", True), ("happened_to__gte", models.F("happened_from")), _connector="OR"
                ),
                name="evidence_ends_after_it_begins",
                violation_error_message="The end date is before the start date. Correct one of them.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="evidence",
            name="evidence_has_a_source_link_or_file",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", ""), _negated=True),
                    models.Q(("link", ""), _negated=True),
                    ("file__isnull", False),
                    _connector="OR",
                ),
                name="evidence_has_a_source_link_or_file",
                violation_error_message="Enter a source or a link, or attach a file, so that others can check it.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="evidence",
            name="a_revision_and_nothing_else_says_why",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revises__isnull", True), ("revision_reason", "")),
                    models.Q(("revises__isnull", False), models.Q(("revision_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_revision_and_nothing_else_says_why",
                violation_error_message="Write what was wrong, in a sentence.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="evidencereview",
            name="a_review_has_its_reason",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="a_review_has_its_reason",
                violation_error_message="Write the reason, in a sentence.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="reading",
            name="a_reading_is_a_figure_or_a_direction_or_neither",
            constraint=models.CheckConstraint(
                condition=models.Q(("figure__isnull", True), ("direction", ""), _connector="OR"),
                name="a_reading_is_a_figure_or_a_direction_or_neither",
                violation_error_message="Enter the figure, or only the direction, or neither for “not reported”.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="updateversiondecision",
            name="a_return_has_its_reason",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", dialogues.choices.UpdateDecision["RETURNED"]), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_return_has_its_reason",
                violation_error_message="Write what the ministry has to change.",
            ),
        ),
    ]
