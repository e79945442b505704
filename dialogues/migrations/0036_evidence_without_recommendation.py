"""Evidence names a partner, and supports an indicium or answers a yearly question without any benchmark."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly
from tiptracker.web.search import IndexWordForms

EVIDENCE_TEXTS = ("title", "stated_by", "source", "link", "revision_reason")
KEY = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
RECORDED_BY = (
    "recorded_by",
    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
)


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0035_partners"),
        ("recommendations", "0021_questions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LiftAppendOnly("evidence", EVIDENCE_TEXTS),
        migrations.AddField(
            "evidence",
            "partner",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="dialogues.partner",
                verbose_name="partner",
            ),
        ),
        AppendOnly("evidence", EVIDENCE_TEXTS),
        migrations.CreateModel(
            name="EvidenceIndicium",
            fields=[
                KEY,
                ("indicium", models.PositiveSmallIntegerField(verbose_name="indicium")),
                (
                    "shows",
                    models.CharField(
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
                ("recorded_at", models.DateTimeField()),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="indicia", to="dialogues.evidence"
                    ),
                ),
                RECORDED_BY,
            ],
            options={
                "verbose_name_plural": "evidence of indicia",
                "ordering": ("indicium", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("evidence"), models.F("indicium"), name="evidence_supports_an_indicium_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("indicium__range", (1, 12))),
                        name="evidence_supports_one_of_the_twelve_indicia",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EvidenceQuestion",
            fields=[
                KEY,
                ("recorded_at", models.DateTimeField()),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="question_links",
                        to="dialogues.evidence",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence_links",
                        to="recommendations.question",
                    ),
                ),
                RECORDED_BY,
            ],
            options={
                "verbose_name_plural": "evidence of questions",
                "ordering": ("question__position", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("evidence"), models.F("question"), name="evidence_answers_a_question_once"
                    ),
                ],
            },
        ),
        AppendOnly("evidenceindicium"),
        AppendOnly("evidencequestion"),
        IndexWordForms("Partner", "name"),
    ]
