"""How far a post is set up: five steps, each judged from what is there. Nothing of it is stored. Pure."""

from typing import NamedTuple

from tiptracker.choices import Word


class Step(Word):
    """What is put down, in the order in which it is asked for."""

    COUNTRY = "country", "Country"
    EDITION = "edition", "Edition and its days"
    MINISTRIES = "ministries", "Ministries and who holds office"
    BENCHMARKS = "benchmarks", "Benchmarks"
    PEOPLE = "people", "People"


class State(Word):
    """How far a step is."""

    TO_DO = "not_started", "To do"
    BEGUN = "under_way", "Begun"
    DONE = "done"


class Hand(Word):
    """Who does what is next."""

    ADMINISTRATOR = "administrator", "An administrator"
    OFFICER = "officer", "An officer of the post"


class Post(NamedTuple):
    """What is there of a post. `edition` is the key of the edition at hand, None where there is none. Of its
    recommendations `asked` is how many there are, `checked` how many have a benchmark; `is_brought` says that a list
    of them was brought, and waits to be looked over and loaded.

    The edition at hand is the newest that has a deadline or recommendations: others are known by their tier alone.
    `have_come` counts officers and the ambassador who have set a password.
    """

    districts: int = 0
    edition: int | None = None
    edition_year: int | None = None
    has_deadline: bool = False
    asked: int = 0
    checked: int = 0
    is_brought: bool = False
    ministries: int = 0
    without_holder: int = 0
    officers: int = 0
    ambassadors: int = 0
    officers_come: int = 0
    have_come: int = 0
    has_contact: bool = False
    without_focal_point: int = 0

    @property
    def wants_its_list(self) -> bool:
        """Whether what is next of the edition at hand is its list of recommendations."""
        return self.has_deadline and not self.asked


class Standing(NamedTuple):
    """A step, how far it is, what there is of it in a sentence, and who does what is next (None: nobody has to)."""

    step: Step
    state: State
    told: str
    next_hand: Hand | None

    @property
    def number(self) -> int:
        """Its place among the five, from 1."""
        return list(Step).index(self.step) + 1


def standings(post: Post | None) -> tuple[Standing, ...]:
    """Every step of a post, in order; None for one whose country isn't there yet."""
    known = post or Post()
    return (_country(post), _edition(known), _ministries(known), _benchmarks(known), _people(known))


def _country(post: Post | None) -> Standing:
    if post is None:
        return Standing(Step.COUNTRY, State.TO_DO, "Choose the country.", Hand.ADMINISTRATOR)
    if not post.districts:
        return Standing(Step.COUNTRY, State.BEGUN, "Its districts are not there yet.", Hand.ADMINISTRATOR)
    return Standing(Step.COUNTRY, State.DONE, f"With {_count(post.districts, 'district')}.", None)


def _edition(post: Post) -> Standing:
    if post.edition is None:
        told = "The edition that is to be followed is not there yet."
        return Standing(Step.EDITION, State.TO_DO, told, Hand.ADMINISTRATOR)
    edition = f"The {post.edition_year} edition"
    if not post.has_deadline:
        told = f"{edition} has no deadline yet: an officer sets it in the edition’s terms."
        return Standing(Step.EDITION, State.BEGUN, told, Hand.OFFICER)
    if post.wants_its_list:
        brought = "was brought, and waits to be looked over" if post.is_brought else "is not there yet"
        told = f"{edition} has its days; its list of recommendations {brought}."
        return Standing(Step.EDITION, State.BEGUN, told, Hand.ADMINISTRATOR)
    return Standing(Step.EDITION, State.DONE, f"{edition}, {_count(post.asked, 'recommendation')}.", None)


def _ministries(post: Post) -> Standing:
    if not post.ministries:
        return Standing(Step.MINISTRIES, State.TO_DO, "No ministry is there yet.", Hand.ADMINISTRATOR)
    if post.without_holder:
        verb = "has" if post.without_holder == 1 else "have"
        told = f"{post.without_holder} of {_count(post.ministries, 'ministry')} {verb} nobody in office here."
        return Standing(Step.MINISTRIES, State.BEGUN, told, Hand.ADMINISTRATOR)
    told = f"{_count(post.ministries, 'ministry')}, each with who holds office."
    return Standing(Step.MINISTRIES, State.DONE, told, None)


def _benchmarks(post: Post) -> Standing:
    if not post.asked:
        told = "They are suggested from the wording, once the recommendations are there."
        return Standing(Step.BENCHMARKS, State.TO_DO, told, None)
    left = post.asked - post.checked
    if left:
        verb = "has" if left == 1 else "have"
        told = f"{left} of {_count(post.asked, 'recommendation')} {verb} none."
        return Standing(Step.BENCHMARKS, State.BEGUN if post.checked else State.TO_DO, told, Hand.OFFICER)
    return Standing(Step.BENCHMARKS, State.DONE, "Every recommendation has one at least.", None)


def _people(post: Post) -> Standing:
    if not post.officers + post.ambassadors:
        return Standing(Step.PEOPLE, State.TO_DO, "Nobody of the embassy is invited yet.", Hand.ADMINISTRATOR)
    if lacking := _lacking(post):
        return Standing(Step.PEOPLE, State.BEGUN, " ".join(lacking), Hand.ADMINISTRATOR)
    told = f"{_count(post.have_come, 'person')} of the embassy can verify."
    if post.without_focal_point:
        verb = "has" if post.without_focal_point == 1 else "have"
        told += f" {_count(post.without_focal_point, 'ministry')} {verb} no focal point yet."
    return Standing(Step.PEOPLE, State.DONE, told, None)


def _lacking(post: Post) -> list[str]:
    lacking = []
    if not post.officers:
        lacking.append("No officer is invited yet, and officers alone log and judge.")
    elif not post.officers_come:
        lacking.append("No officer has set a password yet.")
    if post.officers + post.ambassadors < 2:
        lacking.append("Nobody verifies what they logged themselves: invite a second officer or the ambassador.")
    elif post.have_come < 2 and not lacking:
        lacking.append("Nobody else who can verify has set a password yet.")
    if not post.has_contact:
        lacking.append("Ministries have no contact person at the embassy.")
    return lacking


def _count(number: int, noun: str) -> str:
    """ "1 ministry", "3 ministries"."""
    many = {"person": "people"}.get(noun) or (f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s")
    return f"{number} {noun if number == 1 else many}"
