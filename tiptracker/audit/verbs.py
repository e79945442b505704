"""The wording of each verb of the activity log, and the group in which a user can find it."""

from tiptracker.choices import ChoiceEnum


class VerbGroup(ChoiceEnum):
    """The groups of verbs that a user can filter the log by."""

    RECORD = "record", "Changes of the record"
    READ = "read", "Opened, downloaded, exported"
    SIGN_IN = "sign_in", "Signing in"
    REFUSED = "refused", "Refusals"
    ACCOUNTS = "accounts", "Accounts, countries and ministries"
    FOUND = "found", "Damaged or infected files"
    MACHINE = "machine", "Done by the tracker itself"


VERBS: dict[str, tuple[VerbGroup, str]] = {
    "benchmark.added": (VerbGroup.RECORD, "Added a benchmark"),
    "benchmark.assessed": (VerbGroup.RECORD, "Assessed a benchmark"),
    "benchmark.terms_changed": (VerbGroup.RECORD, "Changed the terms of a benchmark"),
    "benchmark.moved": (VerbGroup.RECORD, "Moved a benchmark to another recommendation"),
    "benchmark.repeats": (VerbGroup.RECORD, "Said that a benchmark repeats one of the year before"),
    "briefing.altered": (VerbGroup.FOUND, "Found the file of a briefing altered"),
    "briefing.clearance_given": (VerbGroup.RECORD, "Cleared a briefing"),
    "briefing.downloaded": (VerbGroup.READ, "Downloaded a briefing"),
    "briefing.issued": (VerbGroup.RECORD, "Issued a briefing"),
    "briefing.missing": (VerbGroup.FOUND, "Found the file of a briefing missing"),
    "briefing.rendered": (VerbGroup.MACHINE, "Made the file of a briefing"),
    "briefing.requested": (VerbGroup.RECORD, "Asked for a briefing"),
    "briefing.requested_again": (VerbGroup.RECORD, "Asked for a briefing again"),
    "briefing.note_redacted": (VerbGroup.RECORD, "Took a text out of a briefing's covering note"),
    "briefing.withdrawn": (VerbGroup.RECORD, "Withdrew a briefing"),
    "commitment.carried_over": (VerbGroup.RECORD, "Moved a commitment along to the next edition"),
    "commitment.recorded": (VerbGroup.RECORD, "Recorded a commitment"),
    "commitment.reopened": (VerbGroup.RECORD, "Opened a commitment again"),
    "commitment.reported_done": (VerbGroup.RECORD, "Reported a commitment done"),
    "commitment.rescheduled": (VerbGroup.RECORD, "Moved the due date of a commitment"),
    "commitment.verified_done": (VerbGroup.RECORD, "Verified a commitment as done"),
    "commitment.withdrawn": (VerbGroup.RECORD, "Withdrew a commitment"),
    "country.added": (VerbGroup.ACCOUNTS, "Added a country"),
    "country.changed": (VerbGroup.ACCOUNTS, "Changed a country"),
    "dialogue.agenda_arranged": (VerbGroup.RECORD, "Arranged the agenda of a dialogue"),
    "dialogue.called_off": (VerbGroup.RECORD, "Called off a dialogue"),
    "dialogue.changed": (VerbGroup.RECORD, "Changed a dialogue"),
    "dialogue.file_attached": (VerbGroup.RECORD, "Attached a file to a dialogue"),
    "dialogue.planned": (VerbGroup.RECORD, "Planned a dialogue"),
    "dialogue.recorded": (VerbGroup.RECORD, "Recorded a dialogue"),
    "draft.begun": (VerbGroup.RECORD, "Began a draft"),
    "draft.dropped": (VerbGroup.RECORD, "Dropped a draft"),
    "draft.forgotten": (VerbGroup.MACHINE, "Removed a draft that nobody went on with"),
    "edition.carried_over": (VerbGroup.RECORD, "Carried an edition over into the next"),
    "edition.changed": (VerbGroup.RECORD, "Changed an edition"),
    "edition.opened": (VerbGroup.RECORD, "Opened an edition"),
    "edition.imported": (VerbGroup.RECORD, "Loaded an edition's list of recommendations"),
    "edition.terms_changed": (VerbGroup.RECORD, "Changed the terms of an edition"),
    "evidence.logged": (VerbGroup.RECORD, "Logged evidence"),
    "evidence.rejected": (VerbGroup.RECORD, "Rejected evidence"),
    "evidence.revised": (VerbGroup.RECORD, "Put evidence right"),
    "evidence.verified": (VerbGroup.RECORD, "Verified evidence"),
    "evidence.viewed": (VerbGroup.READ, "Opened evidence"),
    "exercise.played": (VerbGroup.MACHINE, "Played a step of the exercise"),
    "file.altered": (VerbGroup.FOUND, "Found a file altered"),
    "file.dropped": (VerbGroup.MACHINE, "Removed a file that nobody sent"),
    "file.infected": (VerbGroup.FOUND, "Found malware in a file"),
    "file.missing": (VerbGroup.FOUND, "Found a file missing"),
    "file.kept": (VerbGroup.RECORD, "Uploaded a file"),
    "file.shown": (VerbGroup.READ, "Was shown a file"),
    "file.taken": (VerbGroup.READ, "Downloaded a file"),
    "housekeeping.done": (VerbGroup.MACHINE, "Removed what is no longer needed"),
    "indicator.added": (VerbGroup.RECORD, "Added an indicator"),
    "indicator.ministry_set": (VerbGroup.RECORD, "Set the ministry that reports a figure"),
    "list.exported": (VerbGroup.READ, "Exported a list"),
    "list.read": (VerbGroup.READ, "Read a list through the API"),
    "log.fault_found": (VerbGroup.FOUND, "Found an entry of the log that does not hold"),
    "log.exported": (VerbGroup.READ, "Exported the log"),
    "milestone.done": (VerbGroup.RECORD, "Recorded a milestone as done"),
    "ministry.added": (VerbGroup.ACCOUNTS, "Added a ministry"),
    "ministry.changed": (VerbGroup.ACCOUNTS, "Changed a ministry"),
    "next_step.agreed": (VerbGroup.RECORD, "Recorded a next step"),
    "next_step.done": (VerbGroup.RECORD, "Ticked off a next step"),
    "person.account_closed": (VerbGroup.ACCOUNTS, "Closed an account"),
    "person.account_reopened": (VerbGroup.ACCOUNTS, "Opened an account again"),
    "person.address_change_asked": (VerbGroup.ACCOUNTS, "Asked for another address of an account"),
    "person.address_changed": (VerbGroup.ACCOUNTS, "Changed the address of an account"),
    "person.address_put_back": (VerbGroup.ACCOUNTS, "Put back the address of an account"),
    "person.forgery_refused": (VerbGroup.REFUSED, "Was refused: a form that did not come from our own page"),
    "person.invitation_accepted": (VerbGroup.ACCOUNTS, "Accepted an invitation"),
    "person.invited": (VerbGroup.ACCOUNTS, "Invited a person"),
    "person.lock_out_lifted": (VerbGroup.ACCOUNTS, "Lifted the lock-out of an account"),
    "person.locked_out": (VerbGroup.REFUSED, "Was locked out after too many wrong tries"),
    "person.password_reset": (VerbGroup.ACCOUNTS, "Set a new password"),
    "person.password_reset_asked": (VerbGroup.ACCOUNTS, "Asked for a link to set a password"),
    "person.reauthenticated": (VerbGroup.SIGN_IN, "Showed again who they are"),
    "person.reauthentication_refused": (VerbGroup.REFUSED, "Failed to show again who they are"),
    "person.recovery_codes_made": (VerbGroup.ACCOUNTS, "Made new recovery codes"),
    "person.refused": (VerbGroup.REFUSED, "Was refused: not open to them"),
    "person.renewed": (VerbGroup.ACCOUNTS, "Renewed an account"),
    "person.request_consented": (VerbGroup.ACCOUNTS, "Approved a change of an account"),
    "person.request_stopped": (VerbGroup.ACCOUNTS, "Cancelled a change of an account"),
    "person.role_ended": (VerbGroup.ACCOUNTS, "Removed access to {country}"),
    "person.role_given": (VerbGroup.ACCOUNTS, "Set a role for {country}"),
    "person.second_factor_added": (VerbGroup.ACCOUNTS, "Added a second step"),
    "person.second_factor_drop_asked": (VerbGroup.ACCOUNTS, "Asked to remove the second steps of an account"),
    "person.second_factor_dropped": (VerbGroup.ACCOUNTS, "Removed the second steps of an account"),
    "person.second_factor_refused": (VerbGroup.REFUSED, "Failed the second step of signing in"),
    "person.second_factor_removed": (VerbGroup.ACCOUNTS, "Removed a second step"),
    "person.session_ended": (VerbGroup.SIGN_IN, "Was signed out: time was up"),
    "person.sign_in_refused": (VerbGroup.REFUSED, "Failed to sign in"),
    "person.sign_ins_ended": (VerbGroup.SIGN_IN, "Ended sign-ins"),
    "person.signed_in": (VerbGroup.SIGN_IN, "Signed in"),
    "person.signed_out": (VerbGroup.SIGN_IN, "Signed out"),
    "readiness.computed": (VerbGroup.MACHINE, "Kept a readiness run"),
    "reading.recorded": (VerbGroup.RECORD, "Recorded a figure"),
    "recommendation.added": (VerbGroup.RECORD, "Added a recommendation"),
    "recommendation.changed": (VerbGroup.RECORD, "Changed a recommendation"),
    "recommendation.repeats": (VerbGroup.RECORD, "Said which one of the year before a recommendation repeats"),
    "redaction.confirmed": (VerbGroup.RECORD, "Confirmed a redaction"),
    "redaction.declined": (VerbGroup.RECORD, "Declined a redaction"),
    "redaction.finished": (VerbGroup.MACHINE, "Looked through the whole record for a redaction"),
    "redaction.proposed": (VerbGroup.RECORD, "Proposed a redaction"),
    "text.redacted": (VerbGroup.RECORD, "Took a text out of the record"),
    "token.made": (VerbGroup.ACCOUNTS, "Made an API token"),
    "token.refused": (VerbGroup.REFUSED, "Was refused: an API token that works no longer"),
    "token.revoked": (VerbGroup.ACCOUNTS, "Ended an API token"),
    "update.accepted": (VerbGroup.RECORD, "Accepted an update"),
    "update.returned": (VerbGroup.RECORD, "Returned an update"),
    "update.sent": (VerbGroup.RECORD, "Sent an update"),
    "update.viewed": (VerbGroup.READ, "Opened an update"),
    "user.added": (VerbGroup.ACCOUNTS, "Added a person"),
    "user.changed": (VerbGroup.ACCOUNTS, "Changed a person"),
    "user.loaded": (VerbGroup.ACCOUNTS, "Created an account when the public record was loaded"),
}
"""By verb: its group and its wording, with {country} for the country of the entry.

Verbs that are no longer used stay here, because older entries have them.
"""

NAMES_COUNTRY = [verb for verb, (_, words) in VERBS.items() if "{country}" in words]

VERBS_CHANGING_NO_FACT = frozenset(
    verb
    for verb, (group, _) in VERBS.items()
    if group in {VerbGroup.READ, VerbGroup.SIGN_IN, VerbGroup.REFUSED}
    or verb.partition(".")[0] in {"briefing", "draft", "person", "token"}
    or verb in {"file.dropped", "housekeeping.done", "readiness.computed", "redaction.finished"}
)
"""Verbs that change nothing on record: reading, signing in, refusals, and changes to documents, drafts and accounts.

Every other verb counts as a change, also a verb that is not listed here: one check too many costs little.
"""

LOADED_SUFFIX = ".loaded"
"""Suffix of the verbs for rows loaded from the public record, whatever kind of row it is."""


def describe_verb(verb: str, country: str = "") -> str:
    """Return the wording of a verb, for an entry of this country: "Verified evidence"."""
    if verb in VERBS:
        return VERBS[verb][1].format(country=country or "a country")
    noun, _, done = verb.partition(".")
    thing = noun.replace("_", " ")
    return (
        f"Loaded from the public record: {thing}"
        if verb.endswith(LOADED_SUFFIX)
        else f"{done.replace('_', ' ').capitalize()}: {thing}"
    )


def list_verbs(group: VerbGroup) -> list[str]:
    """Return the verbs of a group, as listed in VERBS.

    Verbs that end in LOADED_SUFFIX are listed only for people; all others of them are changes of the record.
    """
    return [verb for verb, (of, _) in VERBS.items() if of is group]
