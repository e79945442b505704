from django.db import migrations, models
from django.db.models import Q

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly, LiftRefuseInsert, RefuseInsert

OWN_EVIDENCE = """
EXISTS (SELECT 1 FROM dialogues_evidence e WHERE e.id = NEW.evidence_id AND e.recorded_by_id = NEW.recorded_by_id)
OR EXISTS (
    SELECT 1 FROM dialogues_evidencebearing b WHERE b.id = NEW.bearing_id AND b.recorded_by_id = NEW.recorded_by_id
)
OR NEW.bearing_id IS NULL AND EXISTS (
    SELECT 1 FROM dialogues_reading r WHERE r.evidence_id = NEW.evidence_id AND r.recorded_by_id = NEW.recorded_by_id
)
"""
GUARD = (
    "evidencereview",
    "refuse_review_of_own_evidence",
    OWN_EVIDENCE,
    "Nobody verifies what they recorded themselves",
)


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0005_redactions")]

    operations = [
        LiftRefuseInsert(*GUARD),
        LiftAppendOnly("evidence", redactable=("title", "stated_by", "source", "link")),
        migrations.AddField("evidence", "revision_reason", models.TextField("why it is put right", blank=True)),
        migrations.AddConstraint(
            "evidence",
            models.CheckConstraint(
                name="a_revision_and_nothing_else_says_why",
                condition=Q(revises__isnull=True, revision_reason="")
                | (Q(revises__isnull=False) & ~Q(revision_reason="")),
                violation_error_message="Say in a sentence why it is put right.",
            ),
        ),
        AppendOnly("evidence", redactable=("title", "stated_by", "source", "link", "revision_reason")),
        RefuseInsert(*GUARD),
        LiftAppendOnly("assessment", redactable=("rationale", "law")),
        migrations.AddField(
            "assessment", "change_reason", models.TextField("what changed since the verdict before", blank=True)
        ),
        AppendOnly("assessment", redactable=("rationale", "law", "change_reason")),
    ]
