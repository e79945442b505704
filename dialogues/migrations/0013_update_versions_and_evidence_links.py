"""Rename rounds to update versions, and bearings to evidence links: tables, columns, constraints, triggers and index.

Rows that name the former tables keep those names (tiptracker/former_names.py).

SQLite rebuilds the tables concerned, so every trigger on them or that reads one of them is lifted first and created
again at the end. PostgreSQL renames in place.
"""

from django.db import migrations, models
from django.db.models import F, Q

from tiptracker.audit.append_only import AppendOnly, LiftAppendOnly, LiftRefuseInsert, RefuseInsert
from tiptracker.web.search import IndexWords, UnindexWords

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
OTHER_EVIDENCE = """
NEW.evidence_link_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM dialogues_evidencelink l WHERE l.id = NEW.evidence_link_id AND l.evidence_id = NEW.evidence_id
)
"""
OWN_REPORT = """
NEW.kind = 'verified_done' AND NEW.recorded_by_id = (
    SELECT e.recorded_by_id FROM dialogues_commitmentevent e
    WHERE e.commitment_id = NEW.commitment_id AND e.kind = 'reported_done'
    ORDER BY e.happened_on DESC, e.recorded_at DESC, e.id DESC LIMIT 1
)
"""
OWN_VERSION = """
EXISTS (
    SELECT 1 FROM dialogues_updateversion v
    WHERE v.id = NEW.update_version_id AND v.recorded_by_id = NEW.recorded_by_id
)
"""
UNCHANGED_NAMES = {
    "commitmentevent": ("reason",),
    "evidence": ("title", "stated_by", "source", "link", "revision_reason"),
    "evidencereview": ("reason",),
    "reading": ("note", "source"),
}
"""Tables that keep their names and are rebuilt by SQLite, with the texts that may be redacted."""
OWN_REPORT_TRIGGER = (
    "commitmentevent",
    "refuse_verification_of_own_report",
    OWN_REPORT,
    "Nobody verifies what they reported themselves",
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_log_verifications"), ("dialogues", "0012_evidence_indexes")]

    operations = [
        LiftRefuseInsert("evidencereview", "refuse_review_of_own_evidence", "", ""),
        LiftRefuseInsert("evidencereview", "refuse_review_of_another_bearing", "", ""),
        LiftRefuseInsert("rounddecision", "refuse_decision_on_own_round", "", ""),
        LiftRefuseInsert(*OWN_REPORT_TRIGGER),
        LiftAppendOnly("evidencebearing"),
        LiftAppendOnly("evidencefile", ("name",), unless={"name": UNSENT}),
        LiftAppendOnly("rounddecision", ("reason",)),
        LiftAppendOnly("updateround", ("narrative",)),
        *[LiftAppendOnly(model, texts) for model, texts in UNCHANGED_NAMES.items()],
        UnindexWords("UpdateRound", "narrative"),
        migrations.RemoveConstraint("updateround", "rounds_numbered_once_in_an_update"),
        migrations.RemoveConstraint("updateround", "round_says_something"),
        migrations.RemoveConstraint("evidencebearing", "evidence_bears_once_on_a_benchmark"),
        migrations.RemoveConstraint("evidence", "a_rounds_evidence_is_filed_under_its_commitment"),
        migrations.RenameModel("UpdateRound", "UpdateVersion"),
        migrations.RenameModel("RoundDecision", "UpdateVersionDecision"),
        migrations.RenameModel("EvidenceBearing", "EvidenceLink"),
        *[
            migrations.RenameField(model, "round", "update_version")
            for model in ("commitmentevent", "evidence", "reading", "updateversiondecision")
        ],
        migrations.RenameField("evidencereview", "bearing", "evidence_link"),
        migrations.AlterField(
            "evidencelink",
            "benchmark",
            models.ForeignKey("recommendations.Benchmark", models.PROTECT, related_name="evidence_links"),
        ),
        migrations.AlterField(
            "evidencelink",
            "evidence",
            models.ForeignKey("dialogues.Evidence", models.PROTECT, related_name="evidence_links"),
        ),
        migrations.AlterField(
            "updateversion",
            "update",
            models.ForeignKey("dialogues.Update", models.PROTECT, related_name="versions"),
        ),
        migrations.AddConstraint(
            "updateversion",
            models.UniqueConstraint(F("update"), F("number"), name="versions_numbered_once_in_an_update"),
        ),
        migrations.AddConstraint(
            "updateversion", models.CheckConstraint(condition=~Q(narrative=""), name="version_says_something")
        ),
        migrations.AddConstraint(
            "evidencelink",
            models.UniqueConstraint(F("evidence"), F("benchmark"), name="evidence_supports_a_benchmark_once"),
        ),
        migrations.AddConstraint(
            "evidence",
            models.CheckConstraint(
                condition=Q(update_version__isnull=True) | Q(commitment__isnull=False),
                name="evidence_of_an_update_is_filed_under_its_commitment",
            ),
        ),
        IndexWords("UpdateVersion", "narrative"),
        *[AppendOnly(model, texts) for model, texts in UNCHANGED_NAMES.items()],
        AppendOnly("updateversion", ("narrative",)),
        AppendOnly("updateversiondecision", ("reason",)),
        AppendOnly("evidencefile", ("name",), unless={"name": UNSENT}),
        AppendOnly("evidencelink"),
        RefuseInsert(*OWN_REPORT_TRIGGER),
        RefuseInsert(
            "updateversiondecision",
            "refuse_decision_on_own_version",
            OWN_VERSION,
            "Nobody decides on what they sent themselves",
        ),
        RefuseInsert(
            "evidencereview",
            "refuse_review_of_another_link",
            OTHER_EVIDENCE,
            "The link belongs to another piece of evidence",
        ),
        RefuseInsert(
            "evidencereview",
            "refuse_review_of_own_evidence",
            OWN_EVIDENCE,
            "Nobody verifies what they recorded themselves",
        ),
    ]
