"""What each verb of the log is in words that a person reads, and in which group it is looked for. Pure."""

from tiptracker.choices import Word


class Group(Word):
    """What somebody looks for in the log."""

    RECORD = "record", "Changes of the record"
    READ = "read", "Opened, downloaded, exported"
    SIGN_IN = "sign_in", "Signing in"
    REFUSED = "refused", "Refusals"
    ACCOUNTS = "accounts", "Accounts, countries and ministries"
    FOUND = "found", "Damaged or infected files"
    MACHINE = "machine", "Done by the tracker itself"


VERBS: dict[str, tuple[Group, str]] = {
    "benchmark.added": (Group.RECORD, "Added a benchmark"),
    "benchmark.assessed": (Group.RECORD, "Assessed a benchmark"),
    "benchmark.terms_changed": (Group.RECORD, "Changed the terms of a benchmark"),
    "benchmark.moved": (Group.RECORD, "Moved a benchmark to another recommendation"),
    "benchmark.repeats": (Group.RECORD, "Said that a benchmark repeats one of the year before"),
    "briefing.altered": (Group.FOUND, "Found the file of a briefing altered"),
    "briefing.clearance_given": (Group.RECORD, "Cleared a briefing"),
    "briefing.downloaded": (Group.READ, "Downloaded a briefing"),
    "briefing.issued": (Group.RECORD, "Issued a briefing"),
    "briefing.missing": (Group.FOUND, "Found the file of a briefing missing"),
    "briefing.rendered": (Group.MACHINE, "Made the file of a briefing"),
    "briefing.requested": (Group.RECORD, "Asked for a briefing"),
    "briefing.requested_again": (Group.RECORD, "Asked for a briefing again"),
    "briefing.note_redacted": (Group.RECORD, "Took a text out of a briefing's covering note"),
    "briefing.withdrawn": (Group.RECORD, "Withdrew a briefing"),
    "commitment.carried_over": (Group.RECORD, "Moved a commitment along to the next edition"),
    "commitment.recorded": (Group.RECORD, "Recorded a commitment"),
    "commitment.reopened": (Group.RECORD, "Opened a commitment again"),
    "commitment.reported_done": (Group.RECORD, "Reported a commitment done"),
    "commitment.rescheduled": (Group.RECORD, "Moved the due date of a commitment"),
    "commitment.verified_done": (Group.RECORD, "Verified a commitment as done"),
    "commitment.withdrawn": (Group.RECORD, "Withdrew a commitment"),
    "country.added": (Group.ACCOUNTS, "Added a country"),
    "country.changed": (Group.ACCOUNTS, "Changed a country"),
    "dialogue.agenda_arranged": (Group.RECORD, "Arranged the agenda of a dialogue"),
    "dialogue.called_off": (Group.RECORD, "Called off a dialogue"),
    "dialogue.changed": (Group.RECORD, "Changed a dialogue"),
    "dialogue.file_attached": (Group.RECORD, "Attached a file to a dialogue"),
    "dialogue.planned": (Group.RECORD, "Planned a dialogue"),
    "dialogue.recorded": (Group.RECORD, "Recorded a dialogue"),
    "draft.begun": (Group.RECORD, "Began a draft"),
    "draft.dropped": (Group.RECORD, "Dropped a draft"),
    "draft.forgotten": (Group.MACHINE, "Removed a draft that nobody went on with"),
    "edition.carried_over": (Group.RECORD, "Carried an edition over into the next"),
    "edition.changed": (Group.RECORD, "Changed an edition"),
    "edition.opened": (Group.RECORD, "Opened an edition"),
    "edition.imported": (Group.RECORD, "Loaded an edition's list of recommendations"),
    "edition.terms_changed": (Group.RECORD, "Changed the terms of an edition"),
    "evidence.logged": (Group.RECORD, "Logged evidence"),
    "evidence.rejected": (Group.RECORD, "Rejected evidence"),
    "evidence.revised": (Group.RECORD, "Put evidence right"),
    "evidence.verified": (Group.RECORD, "Verified evidence"),
    "evidence.viewed": (Group.READ, "Opened evidence"),
    "exercise.played": (Group.MACHINE, "Played a step of the exercise"),
    "file.altered": (Group.FOUND, "Found a file altered"),
    "file.dropped": (Group.MACHINE, "Removed a file that nobody sent"),
    "file.infected": (Group.FOUND, "Found malware in a file"),
    "file.missing": (Group.FOUND, "Found a file missing"),
    "file.kept": (Group.RECORD, "Uploaded a file"),
    "file.shown": (Group.READ, "Was shown a file"),
    "file.taken": (Group.READ, "Downloaded a file"),
    "housekeeping.done": (Group.MACHINE, "Removed what is no longer needed"),
    "indicator.added": (Group.RECORD, "Added an indicator"),
    "indicator.ministry_set": (Group.RECORD, "Set the ministry that reports a figure"),
    "list.exported": (Group.READ, "Exported a list"),
    "list.read": (Group.READ, "Read a list through the API"),
    "log.fault_found": (Group.FOUND, "Found an entry of the log that does not hold"),
    "log.exported": (Group.READ, "Exported the log"),
    "milestone.done": (Group.RECORD, "Recorded a milestone as done"),
    "ministry.added": (Group.ACCOUNTS, "Added a ministry"),
    "ministry.changed": (Group.ACCOUNTS, "Changed a ministry"),
    "next_step.agreed": (Group.RECORD, "Recorded a next step"),
    "next_step.done": (Group.RECORD, "Ticked off a next step"),
    "person.account_closed": (Group.ACCOUNTS, "Closed an account"),
    "person.account_reopened": (Group.ACCOUNTS, "Opened an account again"),
    "person.address_change_asked": (Group.ACCOUNTS, "Asked for another address of an account"),
    "person.address_changed": (Group.ACCOUNTS, "Changed the address of an account"),
    "person.address_put_back": (Group.ACCOUNTS, "Put back the address of an account"),
    "person.forgery_refused": (Group.REFUSED, "Was refused: a form that did not come from our own page"),
    "person.invitation_accepted": (Group.ACCOUNTS, "Accepted an invitation"),
    "person.invited": (Group.ACCOUNTS, "Invited a person"),
    "person.lock_out_lifted": (Group.ACCOUNTS, "Lifted the lock-out of an account"),
    "person.locked_out": (Group.REFUSED, "Was locked out after too many wrong tries"),
    "person.password_reset": (Group.ACCOUNTS, "Set a new password"),
    "person.password_reset_asked": (Group.ACCOUNTS, "Asked for a link to set a password"),
    "person.reauthenticated": (Group.SIGN_IN, "Showed again who they are"),
    "person.reauthentication_refused": (Group.REFUSED, "Failed to show again who they are"),
    "person.recovery_codes_made": (Group.ACCOUNTS, "Made new recovery codes"),
    "person.refused": (Group.REFUSED, "Was refused: not open to them"),
    "person.renewed": (Group.ACCOUNTS, "Renewed an account"),
    "person.request_consented": (Group.ACCOUNTS, "Consented to a change of an account"),
    "person.request_stopped": (Group.ACCOUNTS, "Stopped a change of an account"),
    "person.role_ended": (Group.ACCOUNTS, "Took from a person the role on this country"),
    "person.role_given": (Group.ACCOUNTS, "Gave a person a role on this country"),
    "person.second_factor_added": (Group.ACCOUNTS, "Added a second step"),
    "person.second_factor_drop_asked": (Group.ACCOUNTS, "Asked to remove the second steps of an account"),
    "person.second_factor_dropped": (Group.ACCOUNTS, "Removed the second steps of an account"),
    "person.second_factor_refused": (Group.REFUSED, "Failed the second step of signing in"),
    "person.second_factor_removed": (Group.ACCOUNTS, "Removed a second step"),
    "person.session_ended": (Group.SIGN_IN, "Was signed out: time was up"),
    "person.sign_in_refused": (Group.REFUSED, "Failed to sign in"),
    "person.sign_ins_ended": (Group.SIGN_IN, "Ended sign-ins"),
    "person.signed_in": (Group.SIGN_IN, "Signed in"),
    "person.signed_out": (Group.SIGN_IN, "Signed out"),
    "readiness.computed": (Group.MACHINE, "Kept a readiness run"),
    "reading.recorded": (Group.RECORD, "Recorded a figure"),
    "recommendation.added": (Group.RECORD, "Added a recommendation"),
    "recommendation.changed": (Group.RECORD, "Changed a recommendation"),
    "recommendation.repeats": (Group.RECORD, "Said which one of the year before a recommendation repeats"),
    "redaction.confirmed": (Group.RECORD, "Confirmed a redaction"),
    "redaction.declined": (Group.RECORD, "Declined a redaction"),
    "redaction.finished": (Group.MACHINE, "Looked through the whole record for a redaction"),
    "redaction.proposed": (Group.RECORD, "Proposed a redaction"),
    "text.redacted": (Group.RECORD, "Took a text out of the record"),
    "token.made": (Group.ACCOUNTS, "Made an API token"),
    "token.refused": (Group.REFUSED, "Was refused: an API token that works no longer"),
    "token.revoked": (Group.ACCOUNTS, "Ended an API token"),
    "update.accepted": (Group.RECORD, "Accepted an update"),
    "update.returned": (Group.RECORD, "Returned an update"),
    "update.sent": (Group.RECORD, "Sent an update"),
    "update.viewed": (Group.READ, "Opened an update"),
    "user.added": (Group.ACCOUNTS, "Added a person"),
    "user.changed": (Group.ACCOUNTS, "Changed a person"),
    "user.loaded": (Group.ACCOUNTS, "Loaded a person of the public record"),
}
"""By verb: its group and its words. A verb that is no longer used stays, since older entries have it."""

CHANGES_NO_FACT = frozenset(
    verb
    for verb, (group, _) in VERBS.items()
    if group in {Group.READ, Group.SIGN_IN, Group.REFUSED}
    or verb.partition(".")[0] in {"briefing", "draft", "person", "token"}
    or verb in {"file.dropped", "housekeeping.done", "readiness.computed", "redaction.finished"}
)
"""What was only read or asked, or done to papers, drafts and accounts: of what is on record nothing is another by it.

Every other verb counts as a change, one that nobody thought of here too: looking once too often costs little.
"""

LOADED = ".loaded"
"""How the verbs of what the public record brings end, whatever kind of row it is."""


def words_of(verb: str) -> str:
    """What a verb says: "Verified evidence"."""
    if verb in VERBS:
        return VERBS[verb][1]
    noun, _, done = verb.partition(".")
    thing = noun.replace("_", " ")
    return (
        f"Loaded from the public record: {thing}"
        if verb.endswith(LOADED)
        else f"{done.replace('_', ' ').capitalize()}: {thing}"
    )


def verbs_in(group: Group) -> list[str]:
    """The verbs of a group, but for those that end in LOADED, all of which but people's are changes of the record."""
    return [verb for verb, (of, _) in VERBS.items() if of is group]
