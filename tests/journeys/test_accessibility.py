"""Every page, for everybody who can open it, at a desk's and a phone's width: nobody is shut out by how it is made.

Checked by axe to WCAG 2.2 AA and Section 508, with all that can be opened open; besides, that no page runs over a
narrow screen, complains in the console or asks anything of another host. Forms are looked at as they stand and refused.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, reverse
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect

import dialogues.urls
import recommendations.importing.urls
import recommendations.questions.urls
import recommendations.setup.urls
import recommendations.urls
import reports.urls
import tiptracker.accounts.urls
import tiptracker.audit.urls
import tiptracker.notifications.urls
from dialogues.choices import CommitmentStatus, MadeBy
from dialogues.models import (
    Commitment,
    Dialogue,
    Evidence,
    InformationRequest,
    NextStep,
    UpdateVersion,
    WorkbookDraft,
)
from dialogues.workbook.rows import RowState, WorkbookRow
from recommendations.importing.draft import read_draft_text, serialize_draft
from recommendations.importing.preview import get_expected_edition
from recommendations.importing.stored_sentences import StoredSentence
from recommendations.models import Benchmark, Edition, EditionImport, Indicator, QuestionSet, Recommendation
from recommendations.questions.draft_questions import serialize_questions
from recommendations.questions.reading import read_question_text
from reports.actions.runs import compute_readiness
from reports.models import Briefing
from tests.authentication import enrol_second_factor
from tests.conftest import TODAY
from tests.dialogues.workbook.filled_workbooks import UPDATE
from tests.factories import (
    MASERU,
    AgreedProofFactory,
    AnswerCitationFactory,
    AnswerSentenceFactory,
    AnswerVersionFactory,
    BriefingFactory,
    ChosenIndicatorFactory,
    ContributionFactory,
    DisposalCertificateFactory,
    DueDateProposalDecisionFactory,
    DueDateProposalFactory,
    EditionFactory,
    EditionImportFactory,
    EvidenceFactory,
    HandoverFactory,
    ImportedEntryFactory,
    IndicatorTargetFactory,
    InformationRequestFactory,
    InternalNoteDoneFactory,
    InternalNoteFactory,
    JobFactory,
    LawEntryFactory,
    NoticeFactory,
    PartnerFactory,
    QuestionFactory,
    QuestionSetFactory,
    ReadinessRunFactory,
    RedactionDecisionFactory,
    RedactionFactory,
    SavedFilterFactory,
    UpdateVersionFactory,
    WordTemplateFactory,
    WorkbookDraftFactory,
    at_noon,
)
from tests.journeys.axe_options import AXE_OPTIONS
from tests.recommendations.replacement_list import REPLACEMENT_LIST
from tests.running_server import RunningServer
from tiptracker.accounts import tokens
from tiptracker.accounts.mail_links import LinkPurpose, password_link
from tiptracker.accounts.models import AccountRequest, User
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import AccountRequestKind, TokenScope
from tiptracker.jobs.models import State
from tiptracker.notifications.digest import stop_path

pytestmark = pytest.mark.without_worker

DESK, PHONE, NARROWEST = 1280, 375, 320
ENLARGED = 640
"""A desk's width when the page is enlarged to 200 percent."""
WHOLE_PAGE_OPTIONS = AXE_OPTIONS | {
    "runOnly": {
        "type": "rule",
        "values": [
            *("bypass", "document-title", "html-has-lang", "html-lang-valid", "html-xml-lang-mismatch"),
            *("meta-refresh", "meta-viewport", "aria-hidden-body"),
            *("target-size", "scrollable-region-focusable"),
        ],
    }
}
"""What is asked of a page as a whole, and what depends on how much stands in an element besides its kind: where the
page has a layout that axe has not examined yet."""
CONTRAST_OPTIONS = AXE_OPTIONS | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
APPEARANCES: dict[str, dict[str, Any]] = {
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced colours": {"color_scheme": "dark", "forced_colors": "active"},
}
"""How else a page may look. Only its contrast depends on that, so nothing else is asked again."""
UNEXAMINED_CONTRAST_SCRIPT = """how => {
  // A part of the page that htmx loads may have taken the place of what was there.
  const include = window.uncontrasted.filter(each => each.isConnected);
  return include.length ? axe.run({include}, how).then(found => found.violations) : [];
}"""
INVISIBLE_ELEMENTS_SCRIPT = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "Canvas";
  const canvas = getComputedStyle(probe).color;
  probe.remove();
  const isText = node => node.nodeType === Node.TEXT_NODE && node.textContent.trim();
  return window.unexamined.flatMap(each => [each, ...each.querySelectorAll("*")])
    .filter(each => !each.closest("svg") && Array.from(each.childNodes).some(isText) && each.checkVisibility())
    .filter(each => getComputedStyle(each).color === canvas)
    .map(each => each.outerHTML.slice(0, 120));
}"""
"""Texts in the colour of the page. Where colours are forced, a browser puts that colour behind each text, and axe does
not see it."""
LIGHT_APPEARANCE: dict[str, Any] = {"color_scheme": "light", "forced_colors": "none"}
AXE_SCRIPT = Axe().axe_script
ELEMENT_KINDS_SCRIPT = (Path(__file__).parent / "kinds_of_elements.js").read_text()
CONTRAST_KINDS_SCRIPT = (Path(__file__).parent / "kinds_of_contrast.js").read_text()
PASSKEY = {"name": "My telephone", "credential": {}}
ADDRESSES_WITHOUT_PAGE = {
    "briefing_clear",
    "evidence_review",
    "version_fill",
    "calendar_file",
    "version_return",
    "version_accept",
    "evidence_file",
    "file_picture",
    "my_tasks_next",
    "briefing_file",
    "briefing_word",
    "certificate_pdf",
    "token_revoke",
    "log_export",
    "information_request_draft",
    "update_draft",
    "update_token",
    "dialogue_calendar",
    "dialogue_draft",
    "workbook_download",
}
"""Addresses that take a form, hand out a file or lead on; what is refused there is shown on a page that is walked."""

SETUP_PAGES = ("setup_detail", "setup_country", "setup_edition", "setup_ministries", "setup_benchmarks", "setup_people")

EXPLANATION_ARGUMENTS = [
    ["concrete_action"],
    ["concrete_action", "1"],
    ["concrete_action", "4b"],
    ["concrete_action", "6a"],
    ["increasing_efforts", "prosecutions"],
    ["three_ps", "protection"],
]
"""Lines of the score: a part, a recommendation, benchmarks with claims and with what doesn't count, a question, a P."""


EXAMINED: set[int] = set()
"""The kinds of elements and layouts that axe has examined on any page at any width: another one tells nothing new."""
EXAMINED_COLOURS: dict[str, set[str]] = {appearance: set() for appearance in APPEARANCES}
"""The colours of texts whose contrast axe has examined, by appearance."""


@dataclass
class PageWalk:
    """Somebody's way through the pages, and what was wrong on it, as sentences."""

    who: str
    live: RunningServer
    page: Page
    faults: list[str] = field(default_factory=list)
    met: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._blame(f"script: {error}"))
        self.page.on("request", self._follow)

    def visit(self, address: str) -> Response:
        """Open a page and look at it; of those that are refused (403, 404) one of a kind will do."""
        answer = self.page.goto(f"{self.live.url}{address}", wait_until="load")
        if answer.status == 200 or answer.status not in self.met:
            self.look()
        self.met.add(answer.status)
        return answer

    def visit_unless_refused(self, address: str) -> None:
        """Open a page, but only request it if the answer is a refusal of a kind that was looked at."""
        if self.met - {200}:
            status = self.page.request.get(f"{self.live.url}{address}").status
            if status != 200 and status in self.met:
                return
        self.visit(address)

    def send(self, address: str, button: str, typed: dict[str, str] | None = None) -> None:
        """Open a page, send a form that lacks something, and look at what comes back."""
        self.page.goto(f"{self.live.url}{address}")
        for label, value in (typed or {}).items():
            self.page.get_by_role("main").get_by_label(re.compile(f"^{label}")).fill(value)
        # What is loaded later moves the button, and a click while it moves is none.
        expect(self.page.locator(".htmx-request")).to_have_count(0)
        with self.page.expect_navigation() as navigation:
            self.page.get_by_role("main").get_by_role("button", name=button, exact=True).first.click()
        if not self.page.locator("[data-error-summary]").count():
            self._blame(f"“{button}” was not refused ({navigation.value.status})")
        self.look()

    def look(self) -> None:
        """At both widths: does it fit, and what does axe say?"""
        expect(self.page.locator(".htmx-request")).to_have_count(0)
        self.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        self._examine(f"at {DESK} px")
        self.page.set_viewport_size({"width": PHONE, "height": 800})
        self._examine(f"at {PHONE} px")
        for narrow in (ENLARGED, NARROWEST):
            self.page.set_viewport_size({"width": narrow, "height": 800})
            for width in self._too_wide():
                self._blame(f"runs over at {narrow} px: {width}")
        self.page.set_viewport_size({"width": DESK, "height": 800})

    def look_at_the_frame(self, foreign: str) -> None:
        """What is ours of a page that a package draws: all of it but the elements of the selector `foreign`."""
        for appearance, media in {"light": LIGHT_APPEARANCE, **APPEARANCES}.items():
            self.page.emulate_media(**media)
            faults = self.page.evaluate(
                "([what, how]) => axe.run({exclude: [what]}, how).then(found => found.violations)",
                [foreign, AXE_OPTIONS],
            )
            self._blame_each(faults, appearance)

    def open_menu(self) -> None:
        """The navigation as a phone shows it."""
        self.page.set_viewport_size({"width": PHONE, "height": 800})
        self.page.get_by_role("button", name="Menu").click()
        self.page.get_by_role("navigation", name="Main").wait_for()
        self._examine("with its menu open")

    def _examine(self, how: str) -> None:
        for width in self._too_wide():
            self._blame(f"runs over {how}: {width}")
        new = self.page.evaluate(ELEMENT_KINDS_SCRIPT, " ".join(map(str, EXAMINED)))
        EXAMINED.update(new["elements"], new["layouts"])
        if new["elements"]:
            faults = self.page.evaluate(
                "how => axe.run({include: window.unexamined}, how).then(found => found.violations)", AXE_OPTIONS
            )
            self._blame_each(faults, how)
            self._examine_contrast(how)
        if new["layouts"]:
            faults = self.page.evaluate(
                "how => axe.run(document, how).then(found => found.violations)", WHOLE_PAGE_OPTIONS
            )
            self._blame_each(faults, how)

    def _examine_contrast(self, how: str) -> None:
        """Look at the elements just examined in each other appearance, without loading the page again."""
        for appearance, media in APPEARANCES.items():
            self.page.emulate_media(**media)
            examined = EXAMINED_COLOURS[appearance]
            if new := self.page.evaluate(CONTRAST_KINDS_SCRIPT, " ".join(examined)):
                faults = self.page.evaluate(UNEXAMINED_CONTRAST_SCRIPT, CONTRAST_OPTIONS)
                self._blame_each(faults, f"{how}, {appearance}")
            examined.update(new)
        for element in self.page.evaluate(INVISIBLE_ELEMENTS_SCRIPT):
            self._blame(f"invisible {how}, {appearance}: {element}")
        self.page.emulate_media(**LIGHT_APPEARANCE)

    def _blame_each(self, faults: Iterable[dict[str, Any]], how: str) -> None:
        for fault in faults:
            places = ", ".join(" ".join(map(str, node["target"])) for node in fault["nodes"][:4])
            self._blame(f"{fault['id']} {how}: {fault['help']}: {places}")

    def _too_wide(self) -> list[int]:
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        return [wide] if wide > self.page.viewport_size["width"] else []

    def _blame(self, what: str) -> None:
        self.faults.append(f"{self.who}, {self.page.url.removeprefix(self.live.url)}: {what}")

    def _hear(self, message: ConsoleMessage) -> None:
        # The browser itself notes each answer that is no success; those are pages here.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self._blame(f"console: {message.text}")

    def _follow(self, request: Request) -> None:
        if not request.url.startswith((self.live.url, "data:")):
            self._blame(f"asks another host: {request.url}")


@contextmanager
def start_walk(browser: Browser, live: RunningServer, who: str, user: User | None = None) -> Iterator[PageWalk]:
    context = browser.new_context(
        locale="en-GB",
        timezone_id="Africa/Maseru",
        reduced_motion="reduce",
        viewport={"width": DESK, "height": 800},
    )
    context.add_init_script(AXE_SCRIPT)
    if user:
        live.force_sign_in(context, user)
    try:
        yield PageWalk(who, live, context.new_page())
    finally:
        context.close()


@pytest.fixture
def page_addresses(people: dict[str, User]) -> dict[str, list[str]]:
    """The addresses to walk by the name of the page: of each sort of thing enough to show its states."""
    edition = Edition.objects.get(year=2021)
    one = {"edition": edition, "requested_by": people["officer"]}
    BriefingFactory(**one, pdf=b"%PDF-1.7\n")
    withdrawal = {"withdrawn_at": edition.terms.first().recorded_at, "withdrawn_by": people["ambassador"]}
    BriefingFactory(**one, sha256="0" * 64, withdrawn_reason="It held a text that was taken out.", **withdrawal)
    failed, running = BriefingFactory(**one), BriefingFactory(**one)
    failed.job = JobFactory(kind="briefing", key=failed.pk, state=State.FAILED, reason="The printer has no paper.")
    running.job = JobFactory(kind="briefing", key=running.pk, state=State.RUNNING, progress=40, step="Drawing")
    for briefing in (failed, running):
        briefing.save()
    said = [{"evidence": [{"ref": "E1", "what": what}]} for what in ("A hotline was opened", "A shelter was opened")]
    compared = [BriefingFactory(**one, as_of=TODAY - timedelta(days=at), content=said[at]) for at in range(len(said))]
    commitments = Commitment.objects.with_status(TODAY).order_by("pk")
    ours = commitments.filter(made_by=MadeBy.UNITED_STATES)
    by_status = [commitments.filter(status=status).first() for status in CommitmentStatus]
    versions = UpdateVersion.objects.order_by("pk")
    waiting, returned = versions.filter(decision=None).first(), versions.filter(decision__decision="returned").first()
    accepted = versions.filter(decision__decision="accepted").first()
    logged = Evidence.objects.filter(update_version=None, evidence_links__isnull=False).order_by("pk").distinct()
    proposals = [
        DueDateProposalFactory(commitment=waiting.update.commitment),
        DueDateProposalDecisionFactory(proposal__commitment=waiting.update.commitment).proposal,
    ]
    proofs = [AgreedProofFactory(commitment=waiting.update.commitment) for _ in range(2)]
    requests = _create_requests(people["police"], edition)
    notes = [
        InternalNoteFactory(commitment=waiting.update.commitment, country=edition.country, named=people["officer"]),
        InternalNoteDoneFactory(note__ministry=people["police"].ministry, note__country=edition.country).note,
    ]
    held, ahead = Dialogue.objects.order_by("held_on").first(), Dialogue.objects.order_by("-held_on").first()
    chosen, discussed = (ChosenIndicatorFactory(dialogue=each) for each in (ahead, held))
    IndicatorTargetFactory(indicator=chosen.indicator, edition=edition)
    partner = PartnerFactory(country=edition.country)
    put_right = EvidenceFactory(revises=EvidenceFactory(country=edition.country), country=edition.country)
    benchmark = Benchmark.objects.filter(terms__rule="assessed").first()
    disposed = DisposalCertificateFactory(
        disposal__edition=EditionFactory(country=edition.country, year=2015), closed=True
    )
    things = {
        "recommendation_detail": Recommendation.objects.filter(edition=edition, number__in=(1, 3)),
        "edition_terms": [edition],
        "edition_retention": [edition, disposed.edition],
        "certificate_detail": [disposed],
        "indicator_detail": Indicator.objects.filter(readings__isnull=False).distinct()[:2],
        "reading_add": Indicator.objects.order_by("pk")[:1],
        "annual_target": Indicator.objects.order_by("pk")[:1],
        "indicator_includes": Indicator.objects.order_by("pk")[:1],
        "indicator_ministry": Indicator.objects.order_by("pk")[:1],
        "run_detail": [
            compute_readiness(edition=edition, as_of=TODAY, now=datetime.combine(TODAY, time(9), MASERU)),
            ReadinessRunFactory(edition=edition),
        ],
        **dict.fromkeys(("law_entry_correct", "law_entry_end"), [LawEntryFactory(country=edition.country)]),
        **dict.fromkeys(("partner_detail", "partner_edit"), [partner]),
        "recommendation_add": [edition],
        **{name: [edition.country] for name in (*SETUP_PAGES, "word_template")},
        "setup_edition_edit": [edition],
        "edition_repeats": [edition],
        "edition_roll_over": [edition],
        "question_detail": _create_answered_questions(edition),
        "question_mapping": [QuestionFactory(edition=edition, evidence_kinds=["court"], indicia=[1])],
        "question_set_preview": [_create_question_set(edition, people["officer"])],
        "edition_import": [edition],
        "import_preview": _create_imports(edition),
        "setup_suggested": Recommendation.objects.filter(edition=edition, number__in=(1, 3)),
        "ministry_detail": [people["police"].ministry],
        "workbook": [people["police"].ministry],
        "workbook_preview": _create_workbooks(people, commitments),
        "department_year": [edition],
        "milestone_add": [edition],
        "milestone_date": edition.milestones.order_by("pk")[:1],
        "milestone_detail": edition.milestones.order_by("pk"),
        "milestone_done": edition.milestones.order_by("pk")[:1],
        "recommendation_edit": Recommendation.objects.filter(edition=edition, number=1),
        "benchmark_add": Recommendation.objects.filter(edition=edition, number=1),
        "benchmark_edit": [benchmark],
        "benchmark_assess": [benchmark],
        "commitment_detail": [*filter(None, by_status), ours.first(), waiting.update.commitment],
        "update_send": [returned.update.commitment, waiting.update.commitment, *_find_open_commitments(commitments)],
        "commitment_correct": [
            *commitments.filter(status=CommitmentStatus.OPEN)[:1],
            *commitments.filter(status=CommitmentStatus.WITHDRAWN)[:1],
        ],
        "agreed_proof_add": commitments.filter(status=CommitmentStatus.OPEN)[:1],
        "agreed_proof_end": proofs[:1],
        "agreed_proof_evidence": proofs[:1],
        "commitment_reschedule": commitments.filter(status=CommitmentStatus.OPEN)[:1],
        "commitment_withdraw": commitments.filter(status=CommitmentStatus.OPEN)[:1],
        "commitment_reopen": commitments.filter(status=CommitmentStatus.WITHDRAWN)[:1],
        "commitment_report_done": ours[:1],
        **dict.fromkeys(("information_request_detail", "information_request_answer"), requests),
        **dict.fromkeys(
            (
                "information_request_correct",
                "information_request_move",
                "information_request_record_answer",
                "information_request_withdraw",
            ),
            requests[:1],
        ),
        "version_withdraw": [waiting, accepted],
        "due_date_propose": [waiting.update.commitment],
        "due_date_answer": proposals,
        "due_date_withdraw": proposals,
        "commitment_verify_done": commitments.filter(status=CommitmentStatus.REPORTED)[:1],
        "evidence_revise": logged[:1],
        "evidence_detail": [
            put_right,
            put_right.revises,
            *logged[:3],
            *waiting.evidence.all()[:1],
            *accepted.evidence.all()[:1],
        ],
        "version_detail": [waiting, returned, accepted, requests[1].updates.get().versions.get()],
        "version_simulation": [waiting, returned, accepted],
        "evidence_simulation": logged[:1],
        "benchmark_simulation": [benchmark],
        "dialogue_detail": Dialogue.objects.all(),
        "dialogue_edit": Dialogue.objects.order_by("pk")[:1],
        "dialogue_agenda": Dialogue.objects.order_by("-pk")[:1],
        "dialogue_attach": Dialogue.objects.order_by("pk")[:1],
        "dialogue_call_off": Dialogue.objects.order_by("-pk")[:1],
        **dict.fromkeys(
            ("dialogue_numbers", "dialogue_oversight", "dialogue_indicators", "contribution_add", "sustainment_add"),
            [chosen.dialogue],
        ),
        "dialogue_figures": [discussed.dialogue],
        **dict.fromkeys(("chosen_indicator_agree", "chosen_indicator_drop"), [chosen]),
        **dict.fromkeys(
            ("contribution_correct", "contribution_detail"),
            [ContributionFactory(country=edition.country, partner=partner)],
        ),
        "dialogue_record": Dialogue.objects.order_by("pk"),
        "next_step_done": NextStep.objects.all(),
        "person_handover": [people["officer"]],
        "commitment_note_add": [waiting.update.commitment],
        "recommendation_note_add": Recommendation.objects.filter(edition=edition, number=1),
        "ministry_note_add": [people["police"].ministry],
        "note_detail": notes,
        "notice_detail": [NoticeFactory(person=people["officer"], settled_at=at_noon(date(2022, 1, 20)))],
        "saved_filter_edit": [SavedFilterFactory(person=people["officer"])],
        "briefing_detail": Briefing.objects.all(),
        "briefing_compare": compared,
        "redaction_detail": [
            RedactionFactory(country=edition.country, words="police", recorded_by=people["ambassador"]),
            RedactionFactory(country=edition.country, words="police", recorded_by=people["officer"]),
            RedactionDecisionFactory(redaction__country=edition.country, redaction__words="[redacted]").redaction,
        ],
        "mfa_remove_webauthn": [Authenticator.objects.create(user=people["observer"], type="webauthn", data=PASSKEY)],
    }
    HandoverFactory(successor=people["officer"], last_day=TODAY)
    enrol_second_factor(people["officer"])
    for name, scope in (
        ("Weekly import", TokenScope.READ),
        ("A spreadsheet", TokenScope.SUBMIT),
        ("An old one", TokenScope.READ),
    ):
        token, _ = tokens.create_token(
            person=people["officer"], name=name, scope=scope, expires_on=tokens.latest_expiry(people["officer"])
        )
        tokens.note_use(token, "196.1.1.1")
    tokens.revoke(token, by=people["officer"])
    by_mail = {
        purpose: [urlsplit(password_link(people["officer"], purpose)).path, reverse(purpose, args=["used"])]
        for purpose in LinkPurpose
    }
    why = [reverse("readiness_why", args=key) for key in EXPLANATION_ARGUMENTS]
    changes = AuditEntry.objects.filter(verb__in=("commitment.rescheduled", "update.accepted", "edition.loaded"))
    imported = [ImportedEntryFactory(log__country=edition.country).get_absolute_url()]
    entries = [reverse("log_detail", args=[entry.number]) for entry in changes]
    alone = sorted(
        _url_names()
        - set(things)
        - set(by_mail)
        - {
            "readiness_why",
            "log_detail",
            "imported_entry_detail",
            "briefing_request",
            "saved_filter_add",
            "notices_stop",
        }
        - ADDRESSES_WITHOUT_PAGE
    )
    return (
        {name: [reverse(name)] for name in (*alone, "glossary")}
        | {name: [reverse(name, args=[each.pk]) for each in rows] for name, rows in things.items()}
        | {"readiness_why": why, "log_detail": entries[:4], "imported_entry_detail": imported}
        | {"notices_stop": [stop_path(people["officer"])]}
        | {"saved_filter_add": [reverse("saved_filter_add", query={"address": f"{reverse('log_list')}?text=law"})]}
        | {
            "briefing_request": [
                reverse("briefing_request", query={"what": what}) for what in ("ambassador", "washington")
            ]
        }
        | by_mail
    )


def _create_imports(edition: Edition) -> list[EditionImport]:
    """A table with a row that is wrong, a narrative that would take the place of what stands, a list that is loaded."""
    narrative = "\n".join(["PRIORITIZED RECOMMENDATIONS:", "", *(f"• {text}\n" for text in REPLACEMENT_LIST.values())])
    table = "Number\tRecommendation\tLead ministry\n1\tFund the shelters.\tNobody’s\nx\tTrain.\t\n"
    brought = [serialize_draft(read_draft_text(text, get_expected_edition(edition))) for text in (table, narrative)]
    waiting = [EditionImportFactory(edition=edition, draft=draft) for draft in brought]
    return [*waiting, EditionImportFactory(edition=edition, loaded=True)]


def _create_answered_questions(edition):
    """Create a question that is answered, with a sentence with a source and one without, and one that is not."""
    version = AnswerVersionFactory(question__edition=edition)
    AnswerCitationFactory(sentence__version=version)
    AnswerSentenceFactory(version=version)
    return [version.question, QuestionFactory(edition=edition, indicia=[12])]


def _create_question_set(edition: Edition, officer: User) -> QuestionSet:
    """A draft set of another year from a table: numbers that occur twice or lack their question, and lines left out.

    It may repeat last year's question.
    """
    QuestionFactory(
        edition=EditionFactory(country=edition.country, year=edition.year - 1), text="How many cases ended?"
    )
    lines = ["For the 2023 TIP Report.", "Answer all.", "1.\tHow many cases?", "1.\tWhich courts?", "4.b\tWhich laws?"]
    text = "\n".join(["No.\tQuestion", *(line if "\t" in line else f"\t{line}" for line in lines)])
    draft = serialize_questions(read_question_text(text))
    return QuestionSetFactory(edition=edition, begun_by=officer, draft=draft)


def _create_requests(police: User, edition: Edition) -> list[InformationRequest]:
    """Requests to a ministry: one whose answer was returned, and one whose answer waits for the embassy."""
    indicator = Indicator.objects.order_by("pk").first()
    requests = [
        InformationRequestFactory(
            ministry=police.ministry, edition=edition, lines=[indicator, "The list of shelters"], asked__due_on=TODAY
        )
        for _ in range(2)
    ]
    for request, returned in zip(requests, (True, False), strict=True):
        UpdateVersionFactory(
            update__information_request=request, recorded_by=police, answers=request.lines.all(), returned=returned
        )
    return requests


def _create_workbooks(people: Mapping[str, User], commitments: Iterable[Commitment]) -> list[WorkbookDraft]:
    """A workbook that a ministry uploaded, with a row to send, a wrong one and one without a key; and an officer's."""
    rows = [
        WorkbookRow(number, values=values, commitment=each.pk, state=RowState(0, "", "", ""))
        for each in _find_open_commitments(commitments)[:1]
        for number, values in enumerate(({**UPDATE, "files": "letter.pdf"}, {"title": "It"}), start=3)
    ]
    rows.append(WorkbookRow(5, problem=StoredSentence("This row has no key.")))
    row_data = [row.to_json() for row in rows]
    police = people["police"]
    common = {"ministry": police.ministry, "rows": row_data}
    return [
        WorkbookDraftFactory(uploaded_by=police, **common),
        WorkbookDraftFactory(uploaded_by=people["officer"], received_on=date(2022, 1, 20), **common),
    ]


def _find_open_commitments(commitments: Iterable[Commitment]) -> list[Commitment]:
    """One open commitment of each of two ministries, on which an update may be sent."""
    still = [each for each in commitments if each.status == CommitmentStatus.OPEN and each.ministry]
    return [next(each for each in still if each.ministry.short_name.startswith(name)) for name in ("Police", "Home")]


def _url_names() -> set[str]:
    """The names of all our own addresses; one that a page of the walk forgets has no arguments and fails to reverse."""
    modules = (
        dialogues.urls,
        recommendations.urls,
        recommendations.importing.urls,
        recommendations.questions.urls,
        recommendations.setup.urls,
        reports.urls,
        tiptracker.accounts.urls,
        tiptracker.audit.urls,
        tiptracker.notifications.urls,
    )
    return {pattern.name for module in modules for pattern in module.urlpatterns if isinstance(pattern, URLPattern)}


def test_everybody_at_the_embassy_can_use_each_page(
    live: RunningServer, people, page_addresses, browser: Browser
) -> None:
    with start_walk(browser, live, "officer", people["officer"]) as officer:
        for address in (address for addresses in page_addresses.values() for address in addresses):
            officer.visit(address)
        for name, button, typed in INCOMPLETE_FORMS:
            officer.send(page_addresses[name][0], button, typed)
        officer.page.goto(f"{live.url}{reverse('token_add')}")
        officer.page.get_by_label("Name", exact=True).fill("A new import")
        officer.page.get_by_role("button", name="Make the token").click()
        expect(officer.page.get_by_role("heading", name="Copy your new token now")).to_be_visible()
        officer.look()
        officer.page.goto(f"{live.url}{reverse('dashboard')}")
        officer.open_menu()
    faults = officer.faults
    for who in ("ambassador", "observer"):
        with start_walk(browser, live, who, people[who]) as reader:
            for name in ("dashboard", "recommendation_list", "briefing_list", "commitment_detail", "evidence_detail"):
                reader.visit(page_addresses[name][0])
            assert reader.visit(page_addresses["evidence_log"][0]).status == 403
            if who == "observer":
                assert reader.visit(page_addresses["mfa_remove_webauthn"][0]).status == 200
        faults += reader.faults
    assert not faults, "\n".join(faults)


def test_ministries_and_strangers_can_use_each_page(
    live: RunningServer, people, page_addresses, browser: Browser
) -> None:
    with start_walk(browser, live, "police", people["police"]) as police:
        for address in (address for addresses in page_addresses.values() for address in addresses):
            police.visit_unless_refused(address)
        police.send(reverse("mfa_activate_totp"), "Set up the app")
    assert police.met >= {200, 403, 404}
    # Another ministry, whose update came back.
    with start_walk(browser, live, "home.affairs", people["home.affairs"]) as home_affairs:
        home_affairs.visit(reverse("ministry_home"))
        for address in (*page_addresses["commitment_detail"], *page_addresses["update_send"]):
            home_affairs.visit(address)
        home_affairs.send(page_addresses["update_send"][-1], "Send to the embassy")
        home_affairs.visit(page_addresses["update_send"][-1])  # what was refused is a draft now
    with start_walk(browser, live, "nobody") as stranger:
        stranger.visit(reverse("account_login"))
        stranger.visit("/nowhere/")
        stranger.send(reverse("account_login"), "Sign in", {"E-mail address": "x@example.org", "Password": "wrong"})
        stranger.send(reverse("password_forgotten"), "Send me a link")
        stranger.send(page_addresses[LinkPurpose.INVITATION][0], "Set password", {"New password": "short"})
        live.type_password(stranger.page, people["officer"])
        stranger.page.wait_for_url("**/second-step/show/")
        stranger.look()
        stranger.send(reverse("mfa_authenticate"), "Sign in")
    faults = police.faults + home_affairs.faults + stranger.faults
    assert not faults, "\n".join(faults)


def test_administrators_can_use_each_page_of_people_ministries_and_countries(
    live: RunningServer, people, browser: Browser
) -> None:
    officer, ministry = people["officer"], people["police"].ministry
    request = AccountRequest.objects.create(
        person=officer,
        kind=AccountRequestKind.SECOND_STEP,
        old_email=officer.email,
        asked_by=people["admin"],
        asked_at=Edition.objects.get(year=2021).terms.get().recorded_at,
    )
    User.objects.create_user("left@demo.example", name="Left", role="administrator", is_active=False)
    of_person = {pk: reverse("person_edit", args=[pk]) for pk in (officer.pk, people["police"].pk, people["admin"].pk)}
    with start_walk(browser, live, "administrator", people["admin"]) as administrator:
        for name in ("person_list", "person_add", "mail_list", "ministry_list", "country_list", "account_request_list"):
            administrator.visit(reverse(name))
        for name in ("status", "languages"):
            administrator.visit(reverse(name))
        for person in User.objects.filter(email__endswith="@demo.example"):
            administrator.visit(reverse("person_detail", args=[person.pk]))
        for address in (
            *of_person.values(),
            *(reverse("person_handover", args=[pk]) for pk in of_person),
            reverse("ministry_edit", args=[ministry.pk]),
            reverse("country_edit", args=[ministry.country_id]),
            reverse("word_template", args=[ministry.country_id]),
            reverse("account_address"),
            reverse("account_request_detail", args=[request.pk]),
            reverse("how_this_works"),
            reverse("search", query={"q": "police"}),
        ):
            administrator.visit(address)
        administrator.send(reverse("person_add"), "Add and invite")
        administrator.send(of_person[officer.pk], "Save the account", {"Name": ""})
        administrator.send(reverse("person_handover", args=[officer.pk]), "Show what will happen")
        administrator.send(reverse("word_template", args=[ministry.country_id]), "Upload the template")
        WordTemplateFactory(country=ministry.country)
        administrator.visit(reverse("word_template", args=[ministry.country_id]))
        administrator.send(reverse("ministry_edit", args=[ministry.pk]), "Save the ministry", {"Short name": ""})
    with start_walk(browser, live, "officer", officer) as reader:
        reader.visit(reverse("account_address"))
        reader.page.goto(f"{live.url}{reverse('api_docs')}")
        expect(reader.page.get_by_role("heading", name="API documentation")).to_be_visible()
        reader.look_at_the_frame("#swagger-ui")
    assert administrator.met == {200}
    faults = administrator.faults + reader.faults
    assert not faults, "\n".join(faults)


def test_administrators_can_use_each_page_of_setting_up_a_post(
    live: RunningServer, people, page_addresses, browser: Browser
) -> None:
    invited = User.objects.create_user("new@demo.example", name="New", role="officer")
    invited.countries.add(Edition.objects.get(year=2021).country)
    with start_walk(browser, live, "administrator", people["admin"]) as administrator:
        for name in ("setup_list", "setup_add", *SETUP_PAGES, "setup_edition_edit", "setup_suggested"):
            administrator.visit(page_addresses[name][0])
        for address in (*page_addresses["edition_import"], *page_addresses["import_preview"]):
            administrator.visit(address)
        administrator.visit(f"{reverse('setup_add')}?country=MWI")
        for name, button in INCOMPLETE_ADMINISTRATOR_FORMS:
            administrator.send(page_addresses[name][0], button)
    assert administrator.met == {200, 403}  # benchmarks are an officer's
    assert not administrator.faults, "\n".join(administrator.faults)


INCOMPLETE_ADMINISTRATOR_FORMS = [
    ("setup_add", "Continue"),
    ("setup_country", "Save the country"),
    ("setup_edition", "Add this edition"),
    ("setup_edition_edit", "Save the edition"),
    ("setup_ministries", "Save ministries"),
    ("setup_people", "Send invitations"),
    ("edition_import", "Show the preview"),
    ("import_preview", "Import this list"),
]
INCOMPLETE_FORMS = [
    ("setup_suggested", "Add the ticked benchmarks", {}),
    ("evidence_log", "Log progress", {}),
    ("evidence_detail", "Save review", {}),
    ("version_detail", "Accept", {}),
    ("version_detail", "Return to ministry", {}),
    ("benchmark_assess", "Assess 1c", {}),
    ("commitment_add", "Record the commitment", {}),
    ("commitment_reschedule", "Move the due date", {}),
    ("information_request_add", "Send the request", {}),
    ("information_request_move", "Move the due date", {}),
    ("due_date_answer", "Send the answer", {}),
    ("commitment_note_add", "Save the note", {}),
    ("dialogue_add", "Save and continue", {}),
    ("dialogue_call_off", "Call off the dialogue", {}),
    ("recommendation_add", "Add the recommendation", {}),
    ("recommendation_edit", "Save the recommendation", {"Number": ""}),
    ("benchmark_add", "Add the benchmark", {}),
    ("benchmark_edit", "Save the new terms", {}),
    ("edition_terms", "Save the new terms", {}),
    ("question_sets", "Show the preview", {}),
    ("redaction_add", "Find the texts", {"Words to remove": "police"}),
    ("redaction_detail", "Decline the proposal", {}),
    ("token_add", "Make the token", {}),
    ("log_list", "Find entries", {"From": "2022-01-29", "Until": "2022-01-28"}),
    ("readiness_detail", "Show this day", {"As of": "2030-01-01"}),
    ("briefing_list", "Request a briefing", {"As of": "2030-01-01"}),
    ("briefing_request", "Request a briefing", {"As of": "2030-01-01"}),
]
