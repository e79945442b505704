"""Redactions. The redaction mark may also replace the place of a dialogue and the section of law of an assessment."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import dialogues.choices
from tiptracker.audit.append_only import REDACTED, AppendOnly, LiftAppendOnly, RefuseInsert

OWN_PROPOSAL = """
EXISTS (SELECT 1 FROM dialogues_redaction r WHERE r.id = NEW.redaction_id AND r.recorded_by_id = NEW.recorded_by_id)
"""


def key():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def to(model, related_name, kind=models.ForeignKey):
    return kind(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_accounts_expire"),
        ("dialogues", "0004_files_are_scanned"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Redaction",
            fields=[
                ("id", key()),
                ("words", models.TextField(blank=True)),
                ("reason", models.TextField(verbose_name="why it was redacted")),
                ("recorded_at", models.DateTimeField()),
                ("country", to("accounts.country", "+")),
                ("recorded_by", to(settings.AUTH_USER_MODEL, "+")),
            ],
            options={
                "ordering": ("-pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_redaction_has_its_reason"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RedactionDecision",
            fields=[
                ("id", key()),
                (
                    "decision",
                    models.CharField(choices=[("confirmed", "Confirmed"), ("declined", "Declined")], max_length=10),
                ),
                ("reason", models.TextField(blank=True, verbose_name="why it was decided so")),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", to(settings.AUTH_USER_MODEL, "+")),
                ("redaction", to("dialogues.redaction", "decision", models.OneToOneField)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decision", dialogues.choices.RedactionAnswer["CONFIRMED"]),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="declining_a_redaction_has_its_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RedactionFile",
            fields=[
                ("id", key()),
                ("file", to("dialogues.evidencefile", "redactions")),
                ("redaction", to("dialogues.redaction", "files")),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("redaction"), models.F("file"), name="a_redaction_names_a_file_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RedactionPlace",
            fields=[
                ("id", key()),
                ("table", models.CharField(max_length=60)),
                ("row", models.PositiveBigIntegerField()),
                ("field", models.CharField(max_length=40)),
                ("is_left", models.BooleanField(default=False)),
                ("redaction", to("dialogues.redaction", "places")),
            ],
            options={
                "ordering": ("pk",),
                "indexes": [models.Index(fields=["table", "row"], name="places_of_a_row")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("redaction"),
                        models.F("table"),
                        models.F("row"),
                        models.F("field"),
                        name="a_redaction_names_a_text_once",
                    )
                ],
            },
        ),
        AppendOnly("redaction", redactable=("words", "reason")),
        AppendOnly("redactiondecision", redactable=("reason",)),
        AppendOnly("redactionfile"),
        AppendOnly("redactionplace"),
        RefuseInsert(
            "redactiondecision",
            "refuse_decision_on_own_redaction",
            OWN_PROPOSAL,
            "Nobody decides on a redaction that they proposed themselves",
        ),
        LiftAppendOnly("assessment", redactable=("rationale",)),
        AppendOnly("assessment", redactable=("rationale", "law")),
        migrations.RemoveConstraint("dialogue", "one_dialogue_a_day_and_place"),
        migrations.AddConstraint(
            "dialogue",
            models.UniqueConstraint(
                models.F("country"),
                models.F("held_on"),
                models.F("place"),
                condition=models.Q(("place", REDACTED), _negated=True),
                name="one_dialogue_a_day_and_place",
            ),
        ),
    ]
