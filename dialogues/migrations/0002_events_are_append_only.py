from django.db import migrations

from tiptracker.audit.append_only import AppendOnly, RefuseInsert

OWN_EVIDENCE = """
EXISTS (SELECT 1 FROM dialogues_evidence e WHERE e.id = NEW.evidence_id AND e.recorded_by_id = NEW.recorded_by_id)
OR EXISTS (
    SELECT 1 FROM dialogues_evidencebearing b WHERE b.id = NEW.bearing_id AND b.recorded_by_id = NEW.recorded_by_id
)
OR NEW.bearing_id IS NULL AND EXISTS (
    SELECT 1 FROM dialogues_reading r WHERE r.evidence_id = NEW.evidence_id AND r.recorded_by_id = NEW.recorded_by_id
)
"""
OTHER_EVIDENCE = """
NEW.bearing_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM dialogues_evidencebearing b WHERE b.id = NEW.bearing_id AND b.evidence_id = NEW.evidence_id
)
"""
OWN_REPORT = """
NEW.kind = 'verified_done' AND NEW.recorded_by_id = (
    SELECT e.recorded_by_id FROM dialogues_commitmentevent e
    WHERE e.commitment_id = NEW.commitment_id AND e.kind = 'reported_done'
    ORDER BY e.happened_on DESC, e.recorded_at DESC, e.id DESC LIMIT 1
)
"""
OWN_ROUND = """
EXISTS (SELECT 1 FROM dialogues_updateround r WHERE r.id = NEW.round_id AND r.recorded_by_id = NEW.recorded_by_id)
"""


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0001_initial")]

    operations = [
        AppendOnly("commitmentevent", redactable=("reason",)),
        AppendOnly("updateround", redactable=("narrative",)),
        AppendOnly("rounddecision", redactable=("reason",)),
        AppendOnly("evidencefile", redactable=("name",)),
        AppendOnly("evidence", redactable=("title", "stated_by", "source", "link")),
        AppendOnly("evidencebearing"),
        AppendOnly("evidencereview", redactable=("reason",)),
        AppendOnly("reading", redactable=("note", "source")),
        AppendOnly("readingpart"),
        AppendOnly("assessment", redactable=("rationale",)),
        AppendOnly("assessmentevidence"),
        RefuseInsert(
            "evidencereview",
            "refuse_review_of_own_evidence",
            OWN_EVIDENCE,
            "Nobody verifies what they recorded themselves",
        ),
        RefuseInsert(
            "evidencereview",
            "refuse_review_of_another_bearing",
            OTHER_EVIDENCE,
            "The bearing belongs to another piece of evidence",
        ),
        RefuseInsert(
            "commitmentevent",
            "refuse_verification_of_own_report",
            OWN_REPORT,
            "Nobody verifies what they reported themselves",
        ),
        RefuseInsert(
            "rounddecision",
            "refuse_decision_on_own_round",
            OWN_ROUND,
            "Nobody decides on what they sent themselves",
        ),
    ]
