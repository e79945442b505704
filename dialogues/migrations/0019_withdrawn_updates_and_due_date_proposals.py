"""A ministry can withdraw a waiting update, and propose another due date for its commitment.

SQLite rebuilds the table of events, so its triggers are lifted first and created again at the end.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly, LiftRefuseInsert, RefuseInsert

OWN_REPORT = """
NEW.kind = 'verified_done' AND NEW.recorded_by_id = (
    SELECT e.recorded_by_id FROM dialogues_commitmentevent e
    WHERE e.commitment_id = NEW.commitment_id AND e.kind = 'reported_done'
    ORDER BY e.happened_on DESC, e.recorded_at DESC, e.id DESC LIMIT 1
)
"""
OWN_REPORT_TRIGGER = (
    "commitmentevent",
    "refuse_verification_of_own_report",
    OWN_REPORT,
    "Nobody verifies what they reported themselves",
)
OWN_VERSION = """
EXISTS (
    SELECT 1 FROM dialogues_updateversion v
    WHERE v.id = NEW.update_version_id AND v.recorded_by_id = NEW.recorded_by_id
)
"""
OWN_VERSION_TRIGGER = ("updateversiondecision", "refuse_decision_on_own_version")
NOBODY_DECIDES = "Nobody decides on what they sent themselves"


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0018_send_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LiftRefuseInsert(*OWN_VERSION_TRIGGER, OWN_VERSION, NOBODY_DECIDES),
        LiftRefuseInsert(*OWN_REPORT_TRIGGER),
        LiftAppendOnly("updateversiondecision", ("reason",)),
        LiftAppendOnly("commitmentevent", ("reason",)),
        migrations.AlterField(
            "updateversiondecision",
            "decision",
            models.CharField(
                choices=[("returned", "Returned"), ("accepted", "Accepted"), ("withdrawn", "Withdrawn")], max_length=10
            ),
        ),
        migrations.AlterField(
            "commitmentevent",
            "kind",
            models.CharField(
                choices=[
                    ("made", "Made"),
                    ("rescheduled", "Rescheduled"),
                    ("reported_done", "Reported done"),
                    ("report_returned", "Report returned"),
                    ("report_withdrawn", "Report withdrawn by the ministry"),
                    ("verified_done", "Verified done"),
                    ("withdrawn", "Withdrawn"),
                    ("reopened", "Reopened"),
                ],
                max_length=16,
            ),
        ),
        migrations.RemoveConstraint("commitmentevent", "events_that_need_a_reason_have_one"),
        migrations.AddConstraint(
            "commitmentevent",
            models.CheckConstraint(
                condition=Q(kind__in=["made", "reported_done", "report_withdrawn"]) | ~Q(reason=""),
                name="events_that_need_a_reason_have_one",
            ),
        ),
        migrations.CreateModel(
            name="DueDateProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField()),
                ("reason", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="due_date_proposals",
                        to="dialogues.commitment",
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
                        condition=~Q(reason=""),
                        name="a_proposed_due_date_has_its_reason",
                        violation_error_message="Write why you need another date.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DueDateProposalDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "decision",
                    models.CharField(
                        choices=[("accepted", "Accepted"), ("declined", "Declined"), ("withdrawn", "Withdrawn")],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "event",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dialogues.commitmentevent",
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="dialogues.duedateproposal",
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
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(decision="declined") | ~Q(reason=""),
                        name="a_declined_due_date_has_its_reason",
                        violation_error_message="Write why the due date stays.",
                    ),
                    models.CheckConstraint(
                        condition=Q(decision="accepted", event__isnull=False)
                        | (~Q(decision="accepted") & Q(event__isnull=True)),
                        name="exactly_an_accepted_proposal_moves_the_due_date",
                    ),
                ],
            },
        ),
        AppendOnly("duedateproposal", ("reason",)),
        AppendOnly("duedateproposaldecision", ("reason",)),
        AppendOnly("commitmentevent", ("reason",)),
        AppendOnly("updateversiondecision", ("reason",)),
        RefuseInsert(*OWN_REPORT_TRIGGER),
        RefuseInsert(*OWN_VERSION_TRIGGER, f"NEW.decision <> 'withdrawn' AND {OWN_VERSION}", NOBODY_DECIDES),
    ]
