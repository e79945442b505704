"""How far a post is set up: five steps, each derived from the counts of its records. Nothing is stored."""

from typing import NamedTuple

from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext, gettext_noop, ngettext, pgettext_noop


class SetupStep(ChoiceEnum):
    """The setup steps, in order."""

    COUNTRY = "country", gettext_noop("Country")
    EDITION = "edition", gettext_noop("Report editions")
    MINISTRIES = "ministries", gettext_noop("Ministries and office holders")
    BENCHMARKS = "benchmarks", gettext_noop("Benchmarks")
    PEOPLE = "people", gettext_noop("People")


class StepState(ChoiceEnum):
    """How far a step is."""

    TO_DO = "not_started", gettext_noop("To do")
    BEGUN = "under_way", pgettext_noop("step", "Started")
    DONE = "done", pgettext_noop("step", "Done")


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
        return StepState.DONE, gettext("The country has no districts. You can add some at any time."), None
    sentence = ngettext(
        "The country has %(number)d district.", "The country has %(number)d districts.", post.districts
    ) % {"number": post.districts}
    return StepState.DONE, sentence, None


def _edition_status(post: PostCounts) -> _Status:
    if post.edition is None:
        return StepState.TO_DO, gettext("No report edition has been added yet."), StepOwner.ADMINISTRATOR
    values = {"year": post.edition_year, "number": post.recommendation_count}
    if not post.has_deadline:
        sentence = gettext("The %(year)d edition has no deadline yet. An officer sets it in the edition’s terms.")
        return StepState.BEGUN, sentence % values, StepOwner.OFFICER
    if post.needs_recommendations:
        if post.has_draft_import:
            sentence = gettext("The list of the %(year)d edition is a draft import. Check it and import it.")
        else:
            sentence = gettext("The %(year)d edition has no recommendations yet. Import its list.")
        return StepState.BEGUN, sentence % values, StepOwner.ADMINISTRATOR
    sentence = ngettext(
        "The %(year)d edition has %(number)d recommendation.",
        "The %(year)d edition has %(number)d recommendations.",
        post.recommendation_count,
    )
    return StepState.DONE, sentence % values, None


def _ministries_status(post: PostCounts) -> _Status:
    if not post.ministries:
        return StepState.TO_DO, gettext("No ministries have been added yet."), StepOwner.ADMINISTRATOR
    if post.without_holder:
        sentence = ngettext(
            "%(number)d ministry has no office holder yet.",
            "%(number)d ministries have no office holder yet.",
            post.without_holder,
        ) % {"number": post.without_holder}
        return StepState.BEGUN, sentence, StepOwner.ADMINISTRATOR
    sentence = ngettext(
        "%(number)d ministry, with its office holder.",
        "%(number)d ministries, each with its office holder.",
        post.ministries,
    ) % {"number": post.ministries}
    return StepState.DONE, sentence, None


def _benchmarks_status(post: PostCounts) -> _Status:
    if not post.recommendation_count:
        return StepState.TO_DO, gettext("An officer adds benchmarks once the recommendations are imported."), None
    if unchecked := post.recommendation_count - post.with_benchmark:
        sentence = ngettext(
            "%(number)d of %(total)d recommendations has no benchmark yet.",
            "%(number)d of %(total)d recommendations have no benchmark yet.",
            unchecked,
        ) % {"number": unchecked, "total": post.recommendation_count}
        return StepState.BEGUN if post.with_benchmark else StepState.TO_DO, sentence, StepOwner.OFFICER
    return StepState.DONE, gettext("Every recommendation has at least one benchmark."), None


def _people_status(post: PostCounts) -> _Status:
    if not post.officers + post.ambassadors:
        sentences = [gettext("No officer or ambassador has an open account."), *_lacking_contact(post)]
        return StepState.TO_DO, " ".join(sentences), StepOwner.ADMINISTRATOR
    if problems := _describe_missing_people(post):
        return StepState.BEGUN, " ".join(problems), StepOwner.ADMINISTRATOR
    sentences = [gettext("%(number)d people at the embassy can verify entries.") % {"number": post.active_people}]
    if post.without_focal_point:
        sentences.append(
            ngettext(
                "%(number)d ministry has no focal point yet.",
                "%(number)d ministries have no focal point yet.",
                post.without_focal_point,
            )
            % {"number": post.without_focal_point}
        )
    return StepState.DONE, " ".join(sentences), None


def _describe_missing_people(post: PostCounts) -> list[str]:
    problems = []
    if not post.officers:
        problems.append(gettext("No officer is invited yet. Only officers log progress and review updates."))
    elif not post.active_officers:
        problems.append(gettext("No officer has set a password yet."))
    if post.officers + post.ambassadors < 2:
        problems.append(gettext("Nobody can verify their own entries. Invite a second officer or the ambassador."))
    elif post.active_people < 2 and not problems:
        problems.append(gettext("Only one person who can verify entries has set a password."))
    return problems + _lacking_contact(post)


def _lacking_contact(post: PostCounts) -> list[str]:
    return [] if post.has_contact else [gettext("Ministries have no contact person at the embassy.")]
