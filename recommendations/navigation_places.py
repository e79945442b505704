"""The places of the main navigation, by role: at most seven, each with its tabs and the pages that belong to it.

Every page belongs to at most one place, so the navigation, the tabs and the way back can name it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tiptracker.choices import Role
from tiptracker.localization import gettext_noop


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the lists or pages of a place.

    Attributes:
        view: name of its view, which takes no arguments.
        label: its name in English; `gettext` translates it.
        pages: names of the views that lead back here: the pages of its rows, and their forms.
        roles: who has it; empty means everyone who has the place.
        is_of_edition: whether its URL names an edition.
        keeps: parameters of the URL that go along to the other tabs that keep them, such as the day shown.
    """

    view: str
    label: str
    pages: Sequence[str] = ()
    roles: frozenset[Role] = frozenset()
    is_of_edition: bool = True
    keeps: frozenset[str] = frozenset()

    def is_for(self, role: Role) -> bool:
        return not self.roles or role in self.roles


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the main navigation; it opens its first tab. A place with one tab shows no tabs.

    `is_in_menu` is False for a place that stands in the footer instead.
    """

    label: str
    tabs: Sequence[Tab]
    roles: frozenset[Role] = frozenset()
    is_in_menu: bool = True


class PlaceOfPage(NamedTuple):
    """Where a page belongs. `is_tab` says whether the page is the tab itself, and not below it."""

    place: Place
    tab: Tab
    is_tab: bool


DAY_SHOWN = frozenset({"as_of", "known_by", "known_on"})
"""The parameters of a page of readiness: the day, and what was known by when."""
DECIDING_ROLES = frozenset({Role.OFFICER, Role.AMBASSADOR})
NOTIFIED_ROLES = DECIDING_ROLES | {Role.FOCAL_POINT}
COUNTRY_ROLES = NOTIFIED_ROLES | {Role.OBSERVER}
"""The roles that follow a country, and so have dates of their own."""

EMBASSY_PLACES = (
    Place(
        gettext_noop("Dashboard"),
        (
            Tab(
                "dashboard",
                gettext_noop("Dashboard"),
                ("ministry_detail", "ministry_note_add", "workbook", "workbook_download", "workbook_preview"),
            ),
        ),
    ),
    Place(
        gettext_noop("My tasks"),
        (
            Tab(
                "my_tasks",
                gettext_noop("My tasks"),
                (
                    "my_tasks_next",
                    "version_detail",
                    "version_fill",
                    "version_return",
                    "version_accept",
                    "version_simulation",
                    "due_date_answer",
                ),
            ),
        ),
        DECIDING_ROLES,
    ),
    Place(
        gettext_noop("Readiness"),
        (
            Tab(
                "readiness_detail",
                gettext_noop("Overview"),
                ("methodology", "run_list", "run_detail"),
                keeps=DAY_SHOWN,
            ),
            Tab("readiness_explanation", gettext_noop("Explanation"), ("readiness_why",), keeps=DAY_SHOWN),
            Tab("readiness_changes", gettext_noop("What changed")),
            Tab("readiness_trend", gettext_noop("Trend"), keeps=DAY_SHOWN),
            Tab("readiness_what_if", gettext_noop("What-if"), keeps=DAY_SHOWN),
            Tab("readiness_checks", gettext_noop("Problems"), keeps=DAY_SHOWN),
        ),
    ),
    Place(
        gettext_noop("Recommendations"),
        (
            Tab(
                "recommendation_list",
                gettext_noop("Recommendations"),
                (
                    "recommendation_detail",
                    "recommendation_note_add",
                    "recommendation_add",
                    "recommendation_edit",
                    "benchmark_add",
                    "benchmark_edit",
                    "benchmark_assess",
                    "benchmark_simulation",
                    "edition_terms",
                    "edition_roll_over",
                    "edition_repeats",
                    "setup_list",
                    "setup_detail",
                    "setup_benchmarks",
                    "setup_suggested",
                ),
            ),
        ),
    ),
    Place(
        gettext_noop("Commitments"),
        (
            Tab(
                "commitment_list",
                gettext_noop("Commitments"),
                (
                    "commitment_add",
                    "commitment_detail",
                    "commitment_note_add",
                    "commitment_correct",
                    "commitment_reschedule",
                    "commitment_withdraw",
                    "commitment_reopen",
                    "commitment_report_done",
                    "commitment_verify_done",
                    "agreed_proof_add",
                    "agreed_proof_end",
                    "agreed_proof_evidence",
                    "update_send",
                ),
            ),
            Tab(
                "information_request_list",
                gettext_noop("Requests for information"),
                (
                    "information_request_add",
                    "information_request_detail",
                    "information_request_correct",
                    "information_request_move",
                    "information_request_withdraw",
                    "information_request_answer",
                    "information_request_record_answer",
                ),
            ),
        ),
    ),
    Place(
        gettext_noop("Evidence and indicators"),
        (
            Tab(
                "evidence_list",
                gettext_noop("Evidence"),
                ("evidence_detail", "evidence_log", "evidence_review", "evidence_revise", "evidence_simulation"),
            ),
            Tab(
                "indicator_list",
                gettext_noop("Indicators"),
                (
                    "annual_target",
                    "indicator_detail",
                    "indicator_enter",
                    "indicator_includes",
                    "indicator_ministry",
                    "reading_add",
                    "standard_indicators",
                ),
            ),
            Tab("district_list", gettext_noop("Districts")),
            Tab("country_comparison", gettext_noop("Comparison")),
            Tab(
                "timeline",
                gettext_noop("Timeline"),
                ("department_year", "milestone_add", "milestone_date", "milestone_detail", "milestone_done"),
            ),
            Tab("law_list", gettext_noop("The law"), ("law_entry_add", "law_entry_correct", "law_entry_end")),
            Tab("partner_list", gettext_noop("Partners"), ("partner_add", "partner_detail", "partner_edit")),
        ),
    ),
    Place(
        gettext_noop("Dialogues and documents"),
        (
            Tab(
                "dialogue_list",
                gettext_noop("Dialogues"),
                (
                    "dialogue_add",
                    "dialogue_detail",
                    "dialogue_edit",
                    "dialogue_call_off",
                    "dialogue_agenda",
                    "dialogue_record",
                    "dialogue_attach",
                    "dialogue_numbers",
                    "dialogue_oversight",
                    "dialogue_indicators",
                    "dialogue_figures",
                    "chosen_indicator_agree",
                    "chosen_indicator_drop",
                    "contribution_add",
                    "contribution_detail",
                    "contribution_correct",
                    "sustainment_add",
                    "next_step_done",
                ),
            ),
            Tab(
                "briefing_list",
                gettext_noop("Briefings"),
                ("briefing_request", "briefing_detail", "briefing_clear", "briefing_compare", "briefing_check"),
            ),
            Tab(
                "question_list",
                gettext_noop("Yearly questions"),
                (
                    "question_detail",
                    "question_missing",
                    "question_mapping",
                    "question_mapping_list",
                    "question_sets",
                    "question_set_preview",
                ),
            ),
            Tab("calendar_month", gettext_noop("Calendar")),
        ),
    ),
    Place(
        gettext_noop("Log and handover note"),
        (
            Tab("log_list", gettext_noop("Activity log"), ("log_detail",), DECIDING_ROLES, is_of_edition=False),
            Tab(
                "redaction_list",
                gettext_noop("Removed personal data"),
                ("redaction_add", "redaction_detail"),
                DECIDING_ROLES,
                is_of_edition=False,
            ),
            Tab(
                "retention_list",
                gettext_noop("Retention"),
                ("retention_schedule", "edition_retention", "certificate_detail"),
                DECIDING_ROLES,
            ),
            Tab("handover", gettext_noop("Handover note"), ("note_detail",)),
        ),
        is_in_menu=False,
    ),
)
ACCOUNT = Place(
    gettext_noop("Your account"),
    (
        Tab(
            "mfa_index",
            gettext_noop("Sign-in security"),
            (
                "mfa_activate_totp",
                "mfa_add_webauthn",
                "mfa_deactivate_totp",
                "mfa_generate_recovery_codes",
                "mfa_remove_webauthn",
                "mfa_view_recovery_codes",
                "account_address",
                "account_language",
            ),
            is_of_edition=False,
        ),
        Tab("sign_in_list", gettext_noop("Sign-ins"), is_of_edition=False),
        Tab("token_list", gettext_noop("API tokens"), ("token_add", "token_revoke"), is_of_edition=False),
        Tab("notice_settings", gettext_noop("Notices and mails"), roles=NOTIFIED_ROLES, is_of_edition=False),
        Tab("calendar_feed", gettext_noop("Your own calendar"), roles=COUNTRY_ROLES, is_of_edition=False),
        Tab("handover_received", gettext_noop("Handover to you"), roles=COUNTRY_ROLES, is_of_edition=False),
    ),
    is_in_menu=False,
)
"""The pages about the user's own account. The name of the user in the head leads there."""
NOTICES = Place(
    gettext_noop("Notices"),
    (Tab("notice_list", gettext_noop("Notices"), ("notice_detail",), is_of_edition=False),),
    NOTIFIED_ROLES,
    is_in_menu=False,
)
"""What a person was told. The bell in the head leads there."""
MINISTRY_PLACES = (
    Place(
        gettext_noop("Home"),
        (
            Tab(
                "ministry_home",
                gettext_noop("Home"),
                (
                    "commitment_detail",
                    "dialogue_detail",
                    "information_request_detail",
                    "information_request_answer",
                    "update_send",
                    "version_withdraw",
                    "workbook",
                    "workbook_download",
                    "workbook_preview",
                    "due_date_propose",
                    "due_date_withdraw",
                    "evidence_detail",
                ),
            ),
        ),
    ),
    Place(
        gettext_noop("Recommendations"),
        (Tab("recommendation_list", gettext_noop("Recommendations"), ("recommendation_detail",)),),
    ),
    Place(
        gettext_noop("Calendar"),
        (Tab("calendar_month", gettext_noop("Calendar")),),
    ),
    Place(
        gettext_noop("Help"),
        (Tab("how_this_works", gettext_noop("How this works"), ("glossary",), is_of_edition=False),),
    ),
)
ADMINISTRATOR_PLACES = (
    Place(
        gettext_noop("Posts"),
        (
            Tab(
                "setup_list",
                gettext_noop("Posts"),
                (
                    "setup_add",
                    "setup_detail",
                    "setup_country",
                    "setup_edition",
                    "setup_edition_edit",
                    "setup_ministries",
                    "setup_benchmarks",
                    "setup_suggested",
                    "setup_people",
                    "edition_import",
                    "import_preview",
                    "edition_repeats",
                    "department_year",
                ),
                is_of_edition=False,
            ),
        ),
    ),
    Place(
        gettext_noop("People"),
        (
            Tab(
                "person_list",
                gettext_noop("People"),
                (
                    "person_add",
                    "person_detail",
                    "person_edit",
                    "person_handover",
                    "account_request_list",
                    "account_request_detail",
                ),
                is_of_edition=False,
            ),
            Tab("mail_list", gettext_noop("Mails"), is_of_edition=False),
        ),
    ),
    Place(
        gettext_noop("Ministries"),
        (Tab("ministry_list", gettext_noop("Ministries"), ("ministry_edit",), is_of_edition=False),),
    ),
    Place(
        gettext_noop("Countries"),
        (Tab("country_list", gettext_noop("Countries"), ("country_edit", "word_template"), is_of_edition=False),),
    ),
    Place(
        gettext_noop("Activity log"),
        (Tab("log_list", gettext_noop("Activity log"), ("log_detail",), is_of_edition=False),),
    ),
    Place(
        gettext_noop("Status"),
        (
            Tab("status", gettext_noop("Status"), is_of_edition=False),
            Tab("languages", gettext_noop("Languages"), ("language_review",), is_of_edition=False),
        ),
    ),
)
PLACES: Mapping[Role, Sequence[Place]] = {
    Role.OFFICER: EMBASSY_PLACES,
    Role.AMBASSADOR: EMBASSY_PLACES,
    Role.OBSERVER: EMBASSY_PLACES,
    Role.FOCAL_POINT: MINISTRY_PLACES,
    Role.ADMINISTRATOR: ADMINISTRATOR_PLACES,
}
"""Role → its places, in order."""


def places_of_role(role: Role) -> Iterator[Place]:
    """Yield the places of a role, in the order of the navigation."""
    return (place for place in (*PLACES[role], NOTICES, ACCOUNT) if not place.roles or role in place.roles)


def tabs_of_role(place: Place, role: Role) -> list[Tab]:
    """Return the tabs of a place that a role has."""
    return [tab for tab in place.tabs if tab.is_for(role)]


def find_place(view: str, role: Role) -> PlaceOfPage | None:
    """Return where the page of a view belongs for a role, or None if it belongs nowhere, such as one's own account."""
    for place in places_of_role(role):
        for tab in tabs_of_role(place, role):
            if view == tab.view or view in tab.pages:
                return PlaceOfPage(place, tab, is_tab=view == tab.view)
    return None
