"""How far a post is set up: five steps, each derived from the counts of its records. Nothing is stored."""

from typing import NamedTuple

from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop


class SetupStep(ChoiceEnum):
    """The setup steps, in order."""

    COUNTRY = "country", gettext_noop("Country")
    EDITION = "edition", gettext_noop("Edition and its days")
    MINISTRIES = "ministries", gettext_noop("Ministries and office holders")
    BENCHMARKS = "benchmarks", gettext_noop("Benchmarks")
    PEOPLE = "people", gettext_noop("People")


class StepState(ChoiceEnum):
    """How far a step is."""

    TO_DO = "not_started", gettext_noop("To do")
    BEGUN = "under_way", gettext_noop("Begun")
    DONE = "done", gettext_noop("Done")


class StepOwner(ChoiceEnum):
    """Who does the next part of a step."""

    ADMINISTRATOR = "administrator", gettext_noop("An administrator")
    OFFICER = "officer", gettext_noop("An officer of the post")


class PostCounts(NamedTuple):
    """What a post has.

    `edition` is the key of the newest edition with a deadline or recommendations; None if there is no edition. Editions
    without either are known only by their tier. `with_benchmark` is how many of its recommendations have a benchmark.
    `has_draft_import` means that a draft import of its list waits for review. `active_people` counts officers and
    ambassadors who have set a password, `active_officers` only the officers.
    """

    districts: int = 0
    edition: int | None = None
    edition_year: int | None = None
    has_deadline: bool = False
    recommendation_count: int = 0
    with_benchmark: int = 0
    has_draft_import: bool = False
    ministries: int = 0
    without_holder: int = 0
    officers: int = 0
    ambassadors: int = 0
    active_officers: int = 0
    active_people: int = 0
    has_contact: bool = False
    without_focal_point: int = 0

    @property
    def needs_recommendations(self) -> bool:
        """Return whether the edition's list of recommendations comes next."""
        return self.has_deadline and not self.recommendation_count


class StepStatus(NamedTuple):
    """A step, its state, a sentence about it, and who acts next (None: no action needed)."""

    step: SetupStep
    state: StepState
    sentence: str
    owner: StepOwner | None

    @property
    def number(self) -> int:
        """Return the number of the step, from 1 to 5."""
        return list(SetupStep).index(self.step) + 1


type _Status = tuple[StepState, str, StepOwner | None]


def list_step_statuses(post: PostCounts) -> tuple[StepStatus, ...]:
    """Return every step of a post, in order."""
    statuses = {
        SetupStep.COUNTRY: _country_status(post),
        SetupStep.EDITION: _edition_status(post),
        SetupStep.MINISTRIES: _ministries_status(post),
        SetupStep.BENCHMARKS: _benchmarks_status(post),
        SetupStep.PEOPLE: _people_status(post),
    }
    return tuple(StepStatus(step, *status) for step, status in statuses.items())


def _country_status(post: PostCounts) -> _Status:
    if not post.districts:
        return StepState.BEGUN, "No districts have been added.", StepOwner.ADMINISTRATOR
    return StepState.DONE, f"With {_format_count(post.districts, 'district')}.", None


def _edition_status(post: PostCounts) -> _Status:
    if post.edition is None:
        return StepState.TO_DO, "No report edition has been added.", StepOwner.ADMINISTRATOR
    edition = f"The {post.edition_year} edition"
    if not post.has_deadline:
        sentence = f"{edition} has no deadline yet: an officer sets it in the edition’s terms."
        return StepState.BEGUN, sentence, StepOwner.OFFICER
    if post.needs_recommendations:
        list_status = "was brought, and waits to be looked over" if post.has_draft_import else "is not there yet"
        sentence = f"{edition} has its days; its list of recommendations {list_status}."
        return StepState.BEGUN, sentence, StepOwner.ADMINISTRATOR
    return StepState.DONE, f"{edition}, {_format_count(post.recommendation_count, 'recommendation')}.", None


def _ministries_status(post: PostCounts) -> _Status:
    if not post.ministries:
        return StepState.TO_DO, "No ministries have been added.", StepOwner.ADMINISTRATOR
    if post.without_holder:
        sentence = f"{_ministries_have(post.without_holder)} no office holder yet."
        return StepState.BEGUN, sentence, StepOwner.ADMINISTRATOR
    holders = "with its office holder" if post.ministries == 1 else "each with its office holder"
    return StepState.DONE, f"{_format_count(post.ministries, 'ministry')}, {holders}.", None


def _benchmarks_status(post: PostCounts) -> _Status:
    if not post.recommendation_count:
        sentence = "Suggested from the recommendations’ text once those are added. An officer does this."
        return StepState.TO_DO, sentence, None
    if unchecked := post.recommendation_count - post.with_benchmark:
        verb = "has" if unchecked == 1 else "have"
        sentence = f"{unchecked} of {_format_count(post.recommendation_count, 'recommendation')} {verb} none."
        return StepState.BEGUN if post.with_benchmark else StepState.TO_DO, sentence, StepOwner.OFFICER
    return StepState.DONE, "Every recommendation has at least one.", None


def _people_status(post: PostCounts) -> _Status:
    if not post.officers + post.ambassadors:
        sentence = " ".join(["No officer or ambassador has an open account.", *_lacking_contact(post)])
        return StepState.TO_DO, sentence, StepOwner.ADMINISTRATOR
    if problems := _describe_missing_people(post):
        return StepState.BEGUN, " ".join(problems), StepOwner.ADMINISTRATOR
    sentence = f"{post.active_people} embassy staff can verify."
    if post.without_focal_point:
        sentence += f" {_ministries_have(post.without_focal_point)} no focal point yet."
    return StepState.DONE, sentence, None


def _describe_missing_people(post: PostCounts) -> list[str]:
    problems = []
    if not post.officers:
        problems.append("No officer is invited yet, and officers alone log and judge.")
    elif not post.active_officers:
        problems.append("No officer has set a password yet.")
    if post.officers + post.ambassadors < 2:
        problems.append("No one can verify their own entries: invite a second officer or the ambassador.")
    elif post.active_people < 2 and not problems:
        problems.append("Nobody else who can verify has set a password yet.")
    return problems + _lacking_contact(post)


def _lacking_contact(post: PostCounts) -> list[str]:
    return [] if post.has_contact else ["Ministries have no contact person at the embassy."]


def _format_count(number: int, noun: str) -> str:
    """Return a count with its noun, such as "1 ministry" or "3 ministries"."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else many}"


def _ministries_have(number: int) -> str:
    return f"{_format_count(number, 'ministry')} {'has' if number == 1 else 'have'}"
