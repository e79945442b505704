"""Requests for information: what the embassy asks of a ministry. An update answers one commitment or one request.

SQLite rebuilds the tables of updates, drafts and evidence. So the triggers on them, and those that read them, are lifted
first and created again at the end.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly, LiftRefuseInsert, RefuseInsert
from tiptracker.web.search import IndexWordForms

UNSENT = (
    "NOT (EXISTS (SELECT 1 FROM dialogues_evidence e WHERE e.file_id = OLD.id) "
    "OR EXISTS (SELECT 1 FROM dialogues_dialoguefile d WHERE d.file_id = OLD.id))"
)
OWN_EVIDENCE = """
EXISTS (SELECT 1 FROM dialogues_evidence e WHERE e.id = NEW.evidence_id AND e.recorded_by_id = NEW.recorded_by_id)
OR EXISTS (
    SELECT 1 FROM dialogues_evidencelink l WHERE l.id = NEW.evidence_link_id AND l.recorded_by_id = NEW.recorded_by_id
)
OR NEW.evidence_link_id IS NULL AND EXISTS (
    SELECT 1 FROM dialogues_reading r WHERE r.evidence_id = NEW.evidence_id AND r.recorded_by_id = NEW.recorded_by_id
)
"""
OWN_EVIDENCE_TRIGGER = (
    "evidencereview",
    "refuse_review_of_own_evidence",
    OWN_EVIDENCE,
    "Nobody verifies what they recorded themselves",
)
EVIDENCE_TEXTS = ("title", "stated_by", "source", "link", "revision_reason")
KEY = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def recorder() -> tuple[str, models.Field]:
    return (
        "recorded_by",
        models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
    )


def reference(name: str, to: str, related_name: str, **more: object) -> tuple[str, models.Field]:
    return (
        name,
        models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **more),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_last_day"),
        ("dialogues", "0022_word_forms"),
        ("recommendations", "0018_word_forms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LiftRefuseInsert(*OWN_EVIDENCE_TRIGGER),
        LiftAppendOnly("evidencefile", ("name",), unless={"name": UNSENT}),
        LiftAppendOnly("evidence", EVIDENCE_TEXTS),
        LiftAppendOnly("update"),
        migrations.CreateModel(
            name="InformationRequest",
            fields=[
                KEY,
                ("reason", models.TextField(verbose_name="reason for asking")),
                ("recorded_at", models.DateTimeField()),
                reference("country", "accounts.country", "information_requests"),
                reference("dialogue", "dialogues.dialogue", "information_requests", blank=True, null=True),
                reference("edition", "recommendations.edition", "information_requests"),
                reference("ministry", "accounts.ministry", "information_requests"),
                recorder(),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(reason=""),
                        name="a_request_for_information_has_its_reason",
                        violation_error_message="Write why the embassy needs this.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestLine",
            fields=[
                KEY,
                ("number", models.PositiveSmallIntegerField()),
                ("wording", models.TextField(verbose_name="what is asked for")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="start date")),
                ("through_on", models.DateField(blank=True, null=True, verbose_name="end date")),
                reference("indicator", "recommendations.indicator", "request_lines", blank=True, null=True),
                reference("information_request", "dialogues.informationrequest", "lines"),
            ],
            options={
                "ordering": ("information_request", "number"),
                "constraints": [
                    models.UniqueConstraint(
                        F("information_request"), F("number"), name="lines_numbered_once_in_a_request"
                    ),
                    models.CheckConstraint(condition=~Q(wording=""), name="a_line_says_what_is_asked_for"),
                    models.CheckConstraint(
                        condition=Q(indicator__isnull=False, starts_on__isnull=False, through_on__gte=F("starts_on"))
                        | Q(indicator__isnull=True, starts_on__isnull=True, through_on__isnull=True),
                        name="exactly_a_figure_has_an_indicator_and_a_period",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestEvent",
            fields=[
                KEY,
                (
                    "kind",
                    models.CharField(
                        choices=[("asked", "Asked"), ("moved", "Due date moved"), ("withdrawn", "Withdrawn")],
                        max_length=16,
                    ),
                ),
                ("happened_on", models.DateField()),
                ("due_on", models.DateField(blank=True, null=True)),
                ("reason", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField()),
                reference("information_request", "dialogues.informationrequest", "events"),
                recorder(),
            ],
            options={
                "ordering": ("happened_on", "recorded_at", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        F("information_request"), condition=Q(kind="asked"), name="a_request_is_asked_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(kind__in=["asked", "moved"], due_on__isnull=False)
                        | Q(kind="withdrawn", due_on__isnull=True),
                        name="exactly_asking_and_moving_set_the_due_date_of_a_request",
                    ),
                    models.CheckConstraint(
                        condition=Q(kind="asked") | ~Q(reason=""),
                        name="changes_of_a_request_have_their_reason",
                        violation_error_message="Write the reason. The ministry reads it.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LineAnswer",
            fields=[
                KEY,
                (
                    "answer",
                    models.CharField(
                        choices=[("answered", "We send it"), ("none", "We have none")],
                        max_length=10,
                        verbose_name="answer",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="explanation")),
                reference("line", "dialogues.requestline", "answers"),
                reference("update_version", "dialogues.updateversion", "line_answers"),
            ],
            options={
                "ordering": ("line", "update_version"),
                "constraints": [
                    models.UniqueConstraint(F("line"), F("update_version"), name="a_version_answers_a_line_once"),
                ],
            },
        ),
        migrations.AlterModelOptions("update", {"ordering": ("commitment", "information_request", "number")}),
        migrations.AlterField(
            "update", *reference("commitment", "dialogues.commitment", "updates", blank=True, null=True)
        ),
        migrations.AddField(
            "update",
            *reference("information_request", "dialogues.informationrequest", "updates", blank=True, null=True),
        ),
        migrations.AddConstraint(
            "update",
            models.UniqueConstraint(F("information_request"), F("number"), name="updates_numbered_once_on_a_request"),
        ),
        migrations.AddConstraint(
            "update",
            models.CheckConstraint(
                condition=Q(commitment__isnull=False, information_request__isnull=True)
                | Q(commitment__isnull=True, information_request__isnull=False),
                name="an_update_is_on_one_commitment_or_on_one_request",
            ),
        ),
        migrations.AlterField(
            "updateversion",
            "claimed",
            models.CharField(
                blank=True,
                choices=[("not_started", "Not started"), ("under_way", "Under way"), ("done", "Done")],
                max_length=12,
                verbose_name="progress",
            ),
        ),
        migrations.RemoveConstraint("draft", "a_draft_is_of_one_commitment_or_of_one_dialogue"),
        migrations.AddField(
            "draft",
            "information_request",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="draft",
                to="dialogues.informationrequest",
            ),
        ),
        migrations.AddConstraint(
            "draft",
            models.CheckConstraint(
                condition=Q(commitment__isnull=False, dialogue__isnull=True, information_request__isnull=True)
                | Q(commitment__isnull=True, dialogue__isnull=False, information_request__isnull=True)
                | Q(commitment__isnull=True, dialogue__isnull=True, information_request__isnull=False),
                name="a_draft_is_of_one_commitment_dialogue_or_request",
            ),
        ),
        migrations.RemoveConstraint("evidence", "evidence_of_an_update_is_filed_under_its_commitment"),
        migrations.AddField(
            "evidence",
            *reference(
                "information_request",
                "dialogues.informationrequest",
                "evidence",
                blank=True,
                null=True,
                verbose_name="request for information",
            ),
        ),
        migrations.AddConstraint(
            "evidence",
            models.CheckConstraint(
                condition=Q(update_version__isnull=True, information_request__isnull=True)
                | Q(update_version__isnull=False, commitment__isnull=False, information_request__isnull=True)
                | Q(update_version__isnull=False, commitment__isnull=True, information_request__isnull=False),
                name="evidence_of_an_update_is_filed_under_its_commitment_or_request",
            ),
        ),
        IndexWordForms("InformationRequest", "reason"),
        IndexWordForms("RequestLine", "wording"),
        IndexWordForms("LineAnswer", "text"),
        AppendOnly("informationrequest", ("reason",)),
        AppendOnly("requestline", ("wording",)),
        AppendOnly("requestevent", ("reason",)),
        AppendOnly("lineanswer", ("text",)),
        AppendOnly("update"),
        AppendOnly("evidence", EVIDENCE_TEXTS),
        AppendOnly("evidencefile", ("name",), unless={"name": UNSENT}),
        RefuseInsert(*OWN_EVIDENCE_TRIGGER),
    ]
