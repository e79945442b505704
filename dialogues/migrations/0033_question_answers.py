"""Answers to the yearly questions, in versions; nobody clears an answer that they wrote."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import dialogues.choices
from tiptracker.audit.append_only import AppendOnly, RefuseInsert


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0032_commitment_reach_labels"),
        ("recommendations", "0021_questions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "finding",
                    models.CharField(
                        choices=[
                            ("facts", "Facts"),
                            ("none", "None"),
                            ("no_answer", "Asked, no answer"),
                            ("nothing_known", "Nothing known"),
                        ],
                        max_length=15,
                        verbose_name="kind of answer",
                    ),
                ),
                ("as_of", models.DateField(verbose_name="as of")),
                ("recorded_at", models.DateTimeField()),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="recommendations.question",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "terms",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="recommendations.questionterms",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of an answer",
                "verbose_name_plural": "versions of answers",
                "ordering": ("question", "number"),
            },
        ),
        migrations.CreateModel(
            name="AnswerSentence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("paragraph", models.PositiveSmallIntegerField()),
                ("text", models.TextField(verbose_name="sentence")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sentences",
                        to="dialogues.answerversion",
                    ),
                ),
            ],
            options={
                "ordering": ("version", "position"),
            },
        ),
        migrations.CreateModel(
            name="AnswerEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("completed", "Marked as complete"),
                            ("cleared", "Cleared"),
                            ("reopened", "Opened again"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("recorded_at", models.DateTimeField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="dialogues.answerversion"
                    ),
                ),
            ],
            options={
                "ordering": ("recorded_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="AnswerCitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "assessment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cited_in",
                        to="dialogues.assessment",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cited_in",
                        to="dialogues.commitment",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cited_in",
                        to="recommendations.edition",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cited_in",
                        to="dialogues.evidence",
                    ),
                ),
                (
                    "information_request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cited_in",
                        to="dialogues.informationrequest",
                    ),
                ),
                (
                    "reading",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cited_in",
                        to="dialogues.reading",
                    ),
                ),
                (
                    "sentence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="citations",
                        to="dialogues.answersentence",
                    ),
                ),
            ],
            options={
                "ordering": ("sentence", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("assessment__isnull", True),
                                ("commitment__isnull", True),
                                ("edition__isnull", True),
                                ("evidence__isnull", False),
                                ("information_request__isnull", True),
                                ("reading__isnull", True),
                            ),
                            models.Q(
                                ("assessment__isnull", True),
                                ("commitment__isnull", True),
                                ("edition__isnull", True),
                                ("evidence__isnull", True),
                                ("information_request__isnull", True),
                                ("reading__isnull", False),
                            ),
                            models.Q(
                                ("assessment__isnull", False),
                                ("commitment__isnull", True),
                                ("edition__isnull", True),
                                ("evidence__isnull", True),
                                ("information_request__isnull", True),
                                ("reading__isnull", True),
                            ),
                            models.Q(
                                ("assessment__isnull", True),
                                ("commitment__isnull", False),
                                ("edition__isnull", True),
                                ("evidence__isnull", True),
                                ("information_request__isnull", True),
                                ("reading__isnull", True),
                            ),
                            models.Q(
                                ("assessment__isnull", True),
                                ("commitment__isnull", True),
                                ("edition__isnull", True),
                                ("evidence__isnull", True),
                                ("information_request__isnull", False),
                                ("reading__isnull", True),
                            ),
                            models.Q(
                                ("assessment__isnull", True),
                                ("commitment__isnull", True),
                                ("edition__isnull", False),
                                ("evidence__isnull", True),
                                ("information_request__isnull", True),
                                ("reading__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="a_citation_names_exactly_one_fact",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="answerversion",
            constraint=models.UniqueConstraint(
                models.F("question"), models.F("number"), name="answer_versions_are_numbered_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="answerversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="answer_versions_begin_at_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="answersentence",
            constraint=models.UniqueConstraint(
                models.F("version"), models.F("position"), name="sentences_of_an_answer_have_their_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="answersentence",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="a_sentence_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="answerevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", dialogues.choices.AnswerEventKind["REOPENED"]), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="an_answer_is_opened_again_for_a_reason",
            ),
        ),
        AppendOnly("answerversion"),
        AppendOnly("answersentence", redactable=("text",)),
        AppendOnly("answercitation"),
        AppendOnly("answerevent", redactable=("reason",)),
        RefuseInsert(
            "answerevent",
            "refuse_clearing_of_own_answer",
            """
NEW.kind = 'cleared' AND EXISTS (
    SELECT 1 FROM dialogues_answerversion own
    JOIN dialogues_answerversion this ON this.question_id = own.question_id
    WHERE this.id = NEW.version_id AND own.recorded_by_id = NEW.recorded_by_id
)
""",
            "Nobody clears an answer that they wrote",
        ),
    ]
