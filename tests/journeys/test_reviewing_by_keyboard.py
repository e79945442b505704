"""Five submissions reviewed with the keyboard alone, from My tasks to the last of them, on Lesotho’s public record.

Three are accepted, one of them with a line rejected; two go back, line by line. The score rises by exactly what the
page gave before, and no mouse is touched.
"""

import re
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from playwright.sync_api import Page, expect

from dialogues.actions.commitments import record_commitment
from dialogues.actions.evidence import review_evidence
from dialogues.actions.updates import return_update, send_update
from dialogues.choices import (
    ClaimedProgress,
    CommitmentReach,
    DoneBy,
    EvidenceDecision,
    Horizon,
    MadeBy,
    UpdateDecision,
)
from dialogues.models import Evidence, EvidenceReview, UpdateVersion, UpdateVersionDecision
from recommendations.models import Benchmark, Edition
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tests.conftest import MASERU, TODAY
from tests.running_server import RunningServer
from tiptracker.accounts.models import User

NOW = datetime.combine(TODAY, datetime.min.time(), MASERU)
BENCHMARKS_BY_COMMITMENT = {"7b": ["7b"], "5a": ["5a", "9b"], "2b": ["2b"], "6b": ["6b"], "8a": ["8a"]}


def get_benchmark(key: str) -> Benchmark:
    return Benchmark.objects.get(recommendation__edition__year=2021, recommendation__number=key[:-1], letter=key[-1])


@pytest.fixture
def waiting_versions(people: dict[str, User]) -> dict[str, UpdateVersion]:
    """Five updates of the police that wait, by benchmark; nothing else does."""
    police, officer = people["police"], people["officer"]
    everything = [{"evidence": piece, "by": officer, "now": NOW} for piece in Evidence.objects.for_review_by(officer)]
    for review in everything:
        for evidence_link in [*review["evidence"].evidence_links.all(), None]:
            review_evidence(
                **review,
                evidence_link=evidence_link,
                decision=EvidenceDecision.REJECTED,
                reason="Out of the way (exercise).",
            )
    for waiting in UpdateVersion.objects.undecided():
        return_update(update_version=waiting, reason="Out of the way (exercise).", by=officer, now=NOW)
    return {key: send_version(key, keys, police, officer) for key, keys in BENCHMARKS_BY_COMMITMENT.items()}


def send_version(key: str, keys: list[str], police: User, officer: User) -> UpdateVersion:
    commitment = record_commitment(
        country=police.ministry.country,
        made_by=MadeBy.MINISTRY,
        ministry=police.ministry,
        text=f"Do what {key} asks (exercise)",
        made_on=TODAY - timedelta(days=60),
        due_on=None,
        dialogue=None,
        letter="Letter of 29 November 2021 (exercise)",
        horizon=Horizon.SHORT_TERM,
        links=[(get_benchmark(key), CommitmentReach.CONTRIBUTES) for key in keys],
        by=officer,
        now=NOW,
    )
    return send_update(
        commitment=commitment,
        title=f"Done what {key} asks (exercise)",
        narrative="It was done in January (exercise).",
        claimed=ClaimedProgress.UNDER_WAY,
        happened_from=TODAY - timedelta(days=10),
        happened_to=TODAY - timedelta(days=5),
        done_by=DoneBy.GOVERNMENT,
        files=[],
        figures=[],
        by=police,
        now=NOW,
    )


def current_score() -> Fraction:
    edition = Edition.objects.select_related("country").get(year=2021)
    return evaluate_readiness(gather_facts(edition), as_of=TODAY).score


def simulated_points(page: Page, said: str) -> Fraction:
    row = page.locator('tr[data-simulated="accepting"]', has_text=said)
    row.wait_for()
    return Fraction(row.get_attribute("data-points"))


def current_version_id(page: Page) -> int:
    return int(re.search(r"/update-versions/(\d+)/", page.url)[1])


def press_keys(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_five_updates_are_reviewed_by_keyboard_alone(live: RunningServer, people, waiting_versions, page: Page) -> None:
    live.force_sign_in(page.context, people["officer"])
    keys = {sent.pk: key for key, sent in waiting_versions.items()}
    before, promised, decided = current_score(), Fraction(0), []
    page.goto(f"{live.url}/tasks/")
    press_keys(page, "n")
    for _ in waiting_versions:
        page.wait_for_url(re.compile(r"/update-versions/\d+/"))
        page.locator('tr[data-simulated="accepting"]').wait_for()
        key = keys[current_version_id(page)]
        decided.append(key)
        if key in {"7b", "2b"}:
            press_keys(page, "j", "v", "w")
            page.keyboard.type("The office")  # the list goes to what begins so
            promised += simulated_points(page, "Accept as chosen")
            press_keys(page, "Escape", "a")
        elif key == "5a":
            press_keys(page, "t")  # both of its items are filled in, and the second is changed
            page.wait_for_url(re.compile(r"/fill/"))
            page.get_by_text("Keyboard shortcuts", exact=True).wait_for()
            expect(page.get_by_text("“Verify” is filled in for 2 items.")).to_be_visible()
            with page.expect_response(re.compile(r"simulation.*=rejected")):
                press_keys(page, "j", "j", "x")
            press_keys(page, "w", "Tab")
            page.keyboard.type("x and v are letters here")  # and no keys
            promised += simulated_points(page, "Accept as chosen")
            press_keys(page, "Escape", "g")
            page.keyboard.type("The embassy")
            press_keys(page, "Escape", "a")
        else:
            press_keys(page, "j", "m", "w")
            page.keyboard.type("The proof is ")
            expect(page.get_by_text("You marked an item “Needs a change”")).to_be_visible()
            press_keys(page, "Escape", "r")
        page.wait_for_url(re.compile(r"after=version-"))
    expect(page.get_by_role("heading", name="My tasks", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Updates and answers to review"))).to_have_count(0)

    assert sorted(decided) == sorted(BENCHMARKS_BY_COMMITMENT)
    assert current_score() - before == promised > 0
    answers = {key: UpdateVersionDecision.objects.get(update_version=sent) for key, sent in waiting_versions.items()}
    assert {key: answer.decision for key, answer in answers.items()} == {
        "7b": UpdateDecision.ACCEPTED, "5a": UpdateDecision.ACCEPTED, "2b": UpdateDecision.ACCEPTED,
        "6b": UpdateDecision.RETURNED, "8a": UpdateDecision.RETURNED,
    }  # fmt: skip
    assert "“Done what 6b asks (exercise)”" in answers["6b"].reason
    assert "The proof is missing. Attach a document" in answers["6b"].reason
    rejected = EvidenceReview.objects.get(
        evidence__update_version=waiting_versions["5a"], decision=EvidenceDecision.REJECTED
    )
    assert rejected.reason == "x and v are letters here"
    assert (
        "The embassy saw it."
        in EvidenceReview.objects.get(
            evidence__update_version=waiting_versions["5a"], decision=EvidenceDecision.VERIFIED
        ).reason
    )

    # Turned off, and it stays so in this browser.
    piece = f"{live.url}/evidence/{waiting_versions['7b'].evidence.get().pk}/"
    page.goto(piece)
    page.locator("summary", has_text="Keyboard shortcuts").focus()
    press_keys(page, "Enter", "Tab", "Space")
    expect(page.get_by_label("Use keyboard shortcuts in this browser")).not_to_be_checked()
    for _ in range(2):
        press_keys(page, "n", "/")
        page.wait_for_timeout(200)
        assert page.url == piece
        expect(page.locator("#search")).not_to_be_focused()
        page.reload()
    # And on again, on a page that everybody has.
    page.goto(f"{live.url}/help/")
    page.get_by_label("Use keyboard shortcuts in this browser").focus()
    press_keys(page, "Space", "Tab", "/")
    expect(page.locator("#search")).to_be_focused()
