"""The wording of each verb of the activity log, and the group in which a user can find it."""

import tomllib
from pathlib import Path

from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext, gettext_noop, join_with_colon


class VerbGroup(ChoiceEnum):
    """The groups of verbs that a user can filter the log by."""

    RECORD = "record", gettext_noop("Changes to the record")
    READ = "read", gettext_noop("Opened, downloaded, exported")
    SIGN_IN = "sign_in", gettext_noop("Sign-ins")
    REFUSED = "refused", gettext_noop("Refusals")
    ACCOUNTS = "accounts", gettext_noop("Accounts, countries and ministries")
    DAMAGED_FILES = "found", gettext_noop("Damaged or infected files")
    MACHINE = "machine", gettext_noop("Automatic")


VERBS: dict[str, tuple[VerbGroup, str]] = {
    verb: (VerbGroup(group), words)
    for group, verbs in tomllib.loads(Path(__file__).with_suffix(".toml").read_text()).items()
    for verb, words in verbs.items()
}
"""By verb: its group and its wording, with {country} for the country of the entry, as in `verbs.toml`.

The wording is English; `describe_verb` translates it. `makemessages` reads the file too.
"""

VERBS_NAMING_COUNTRY = [verb for verb, (_, words) in VERBS.items() if "{country}" in words]
"""Verbs whose wording names the country of the entry."""

VERBS_CHANGING_NO_FACT = frozenset(
    verb
    for verb, (group, _) in VERBS.items()
    if group in {VerbGroup.READ, VerbGroup.SIGN_IN, VerbGroup.REFUSED}
    or verb.partition(".")[0] in {"briefing", "draft", "internal_note", "person", "token"}
    or verb in {"file.dropped", "housekeeping.done", "readiness.computed", "redaction.finished"}
)
"""Verbs that change no fact: reading, signing in, refusals, and changes to documents, drafts, notes and accounts.

Every other verb counts as a change, also a verb that is not listed here: one check too many costs little.
"""

VERBS_CHANGING_NO_PAGE = frozenset(
    verb
    for verb, (group, _) in VERBS.items()
    if group in {VerbGroup.READ, VerbGroup.SIGN_IN, VerbGroup.REFUSED} or verb == "readiness.computed"
)
"""Verbs that change nothing that a kept page shows: reading, signing in, refusals, and stored runs of readiness."""

EMBASSY_VERBS = frozenset(
    verb
    for verb in VERBS
    if verb.partition(".")[0] in {"briefing", "internal_note", "law_entry", "milestone", "next_step", "question"}
)
"""Verbs that change nothing that a ministry may read.

Reviews and assessments are none of them: they may reverse or restore what a ministry reads as done.
"""


def describe_verb(verb: str, country: str = "") -> str:
    """Return the wording of a verb, for an entry of this country: "Verified evidence".

    A verb that is not listed is put together in English from its parts. No code writes one.
    """
    if verb in VERBS:
        return gettext(VERBS[verb][1]).format(country=country or gettext("a country"))
    noun, _, done = verb.replace("_", " ").partition(".")
    return join_with_colon(done.capitalize(), noun)


def list_verbs(group: VerbGroup) -> list[str]:
    """Return the verbs of a group, as listed in VERBS."""
    return [verb for verb, (verb_group, _) in VERBS.items() if verb_group is group]
