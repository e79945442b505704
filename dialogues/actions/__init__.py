"""The only writers of what was promised, what happened and what proves it: one module a noun.

Each action is one transaction. It takes `by`, the person, and `now`, an aware datetime in the country's zone, which
carries the calendar day too. It raises PermissionDenied where the person may not; where the rules forbid it now,
Refused, whose sentence says what to do next.
"""

from dialogues.actions.agendas import ItemLine, arrange_agenda
from dialogues.actions.assessments import assess
from dialogues.actions.commitments import (
    lack_of_proof,
    record_commitment,
    reopen,
    report_done,
    reschedule,
    verify_done,
    withdraw,
)
from dialogues.actions.dialogue_records import CommitmentLine, NextStepLine, attach_files, record_dialogue, tick_off
from dialogues.actions.dialogues import ParticipantLine, call_off, change_dialogue, plan_dialogue
from dialogues.actions.drafts import (
    Closed,
    Page,
    draft_of,
    drop_draft,
    drop_untouched_drafts,
    finish_draft,
    save_draft,
)
from dialogues.actions.duplicates import RecordedBefore
from dialogues.actions.evidence import log_counts, log_evidence, open_evidence, review
from dialogues.actions.files import (
    check_kept_files,
    drop_unsent,
    keep_inspected,
    keep_upload,
    look_into,
    scan_unscanned,
    sendable_again,
    show_file,
    take_file,
)
from dialogues.actions.readings import Count, Part, part_field, record_reading
from dialogues.actions.redactions import (
    MANY,
    Place,
    confirm_redaction,
    decline_redaction,
    finish_redaction,
    places_of,
    proposals_naming,
    propose_redaction,
    refuse_unfit_redaction,
)
from dialogues.actions.revisions import counted, revise_evidence
from dialogues.actions.rollover import MOVES, Carried, asked_again, carry_over
from dialogues.actions.updates import (
    Figure,
    Judgement,
    accept_round,
    hold_for_sending,
    open_rounds,
    return_round,
    send_round,
    to_judge,
)

__all__ = [
    "MANY",
    "MOVES",
    "Carried",
    "Closed",
    "CommitmentLine",
    "Count",
    "Figure",
    "ItemLine",
    "Judgement",
    "NextStepLine",
    "Page",
    "Part",
    "ParticipantLine",
    "Place",
    "RecordedBefore",
    "accept_round",
    "arrange_agenda",
    "asked_again",
    "assess",
    "attach_files",
    "call_off",
    "carry_over",
    "change_dialogue",
    "check_kept_files",
    "confirm_redaction",
    "counted",
    "decline_redaction",
    "draft_of",
    "drop_draft",
    "drop_unsent",
    "drop_untouched_drafts",
    "finish_draft",
    "finish_redaction",
    "hold_for_sending",
    "keep_inspected",
    "keep_upload",
    "lack_of_proof",
    "log_counts",
    "log_evidence",
    "look_into",
    "open_evidence",
    "open_rounds",
    "part_field",
    "places_of",
    "plan_dialogue",
    "proposals_naming",
    "propose_redaction",
    "record_commitment",
    "record_dialogue",
    "record_reading",
    "refuse_unfit_redaction",
    "reopen",
    "report_done",
    "reschedule",
    "return_round",
    "review",
    "revise_evidence",
    "save_draft",
    "scan_unscanned",
    "send_round",
    "sendable_again",
    "show_file",
    "take_file",
    "tick_off",
    "to_judge",
    "verify_done",
    "withdraw",
]
