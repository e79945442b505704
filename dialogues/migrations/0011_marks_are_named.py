"""A text becomes the redaction mark only if a confirmed redaction names it; commitments and updates are append-only.

In rows that can be corrected, the owner and recorder cannot change.
"""

from django.db import migrations

from tiptracker.audit.append_only import AppendOnly, HoldColumns, LiftAppendOnly

REDACTABLE = {
    "assessment": ("rationale", "law", "change_reason"),
    "commitmentevent": ("reason",),
    "evidence": ("title", "stated_by", "source", "link", "revision_reason"),
    "evidencereview": ("reason",),
    "nextstep": ("text", "office"),
    "nextstepdone": ("result",),
    "reading": ("note", "source"),
    "redactiondecision": ("reason",),
    "rounddecision": ("reason",),
    "updateround": ("narrative",),
    "audit.auditdetail": ("before", "after"),
    "recommendations.benchmarkterms": ("criterion", "reason"),
    "recommendations.editionterms": ("reason", "working_mark_reason"),
    "recommendations.milestonedone": ("source",),
    "recommendations.recommendationterms": ("text", "reason"),
}
UNSENT = (
    "NOT (EXISTS (SELECT 1 FROM dialogues_evidence e WHERE e.file_id = OLD.id) "
    "OR EXISTS (SELECT 1 FROM dialogues_dialoguefile d WHERE d.file_id = OLD.id))"
)
DECIDED = "EXISTS (SELECT 1 FROM dialogues_redactiondecision d WHERE d.redaction_id = OLD.id)"
ONCE_LOADED = "OLD.loaded_at IS NOT NULL"


def again(model, redactable, **more):
    """Return operations that replace the triggers by those that require a redaction."""
    return [LiftAppendOnly(model, redactable, **more), AppendOnly(model, redactable, **more)]


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0005_list_reads"),
        ("dialogues", "0010_files_keep_their_side"),
        ("recommendations", "0012_tracking_periods_do_not_overlap"),
    ]

    operations = [
        *[operation for model, texts in REDACTABLE.items() for operation in again(model, texts)],
        *again("recommendations.editionimport", ("name",), when=ONCE_LOADED),
        *again("evidencefile", ("name",), unless={"name": UNSENT}),
        *again("redaction", ("words", "reason"), unless={"words": DECIDED}),
        AppendOnly("commitment", ("text", "letter")),
        AppendOnly("commitmentbenchmark"),
        AppendOnly("update"),
        HoldColumns(
            "dialogue",
            ("country", "entered_at", "entered_by"),
            once=("recorded_at", "recorded_by", "called_off_at", "called_off_by"),
        ),
        HoldColumns("participant", ("dialogue",)),
        HoldColumns("agendaitem", ("dialogue",)),
        HoldColumns("recommendations.milestone", ("edition", "kind")),
        HoldColumns("recommendations.recommendation", ("edition",)),
    ]
