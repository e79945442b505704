"""The five steps, judged from what is there."""

import pytest

from recommendations.setup.steps import Hand, Post, State, Step, standings

WHOLE = Post(
    districts=10,
    edition=1,
    edition_year=2021,
    has_deadline=True,
    asked=15,
    checked=15,
    ministries=3,
    officers=1,
    ambassadors=1,
    officers_come=1,
    have_come=2,
    has_contact=True,
)
NOBODY_ELSE = "Nobody verifies what they logged themselves: invite a second officer or the ambassador."
ADMINISTRATOR, OFFICER = Hand.ADMINISTRATOR, Hand.OFFICER


def state(step, post):
    (found,) = (one for one in standings(post) if one.step is step)
    return found.state, found.told, found.next_hand


def test_a_post_with_everything_waits_for_nobody():
    assert {one.state for one in standings(WHOLE)} == {State.DONE}
    assert [one.told for one in standings(WHOLE)] == [
        "With 10 districts.",
        "The 2021 edition, 15 recommendations.",
        "3 ministries, each with who holds office.",
        "Every recommendation has one at least.",
        "2 people of the embassy can verify.",
    ]
    assert [one.number for one in standings(WHOLE)] == [1, 2, 3, 4, 5]
    assert {one.next_hand for one in standings(WHOLE)} == {None}


@pytest.mark.parametrize(
    ("step", "post", "expected"),
    [
        (Step.COUNTRY, None, (State.TO_DO, "Choose the country.", ADMINISTRATOR)),
        (Step.COUNTRY, Post(), (State.BEGUN, "Its districts are not there yet.", ADMINISTRATOR)),
        (Step.EDITION, Post(), (State.TO_DO, "The edition that is to be followed is not there yet.", ADMINISTRATOR)),
        (
            Step.EDITION,
            Post(edition=1, edition_year=2021, asked=3),
            (State.BEGUN, "The 2021 edition has no deadline yet: an officer sets it in the edition’s terms.", OFFICER),
        ),
        (
            Step.EDITION,
            Post(edition=1, edition_year=2021, has_deadline=True, is_brought=True),
            (
                State.BEGUN,
                "The 2021 edition has its days; its list of recommendations was brought, and waits to be looked over.",
                ADMINISTRATOR,
            ),
        ),
        (
            Step.EDITION,
            Post(edition=1, edition_year=2021, has_deadline=True),
            (
                State.BEGUN,
                "The 2021 edition has its days; its list of recommendations is not there yet.",
                ADMINISTRATOR,
            ),
        ),
        (Step.MINISTRIES, Post(), (State.TO_DO, "No ministry is there yet.", ADMINISTRATOR)),
        (
            Step.MINISTRIES,
            Post(ministries=3, without_holder=1),
            (State.BEGUN, "1 of 3 ministries has nobody in office here.", ADMINISTRATOR),
        ),
        (
            Step.BENCHMARKS,
            Post(),
            (State.TO_DO, "They are suggested from the wording, once the recommendations are there.", None),
        ),
        (
            Step.BENCHMARKS,
            Post(asked=15),
            (State.TO_DO, "15 of 15 recommendations have none.", OFFICER),
        ),
        (
            Step.BENCHMARKS,
            Post(asked=15, checked=14),
            (State.BEGUN, "1 of 15 recommendations has none.", OFFICER),
        ),
        (Step.PEOPLE, Post(), (State.TO_DO, "Nobody of the embassy is invited yet.", ADMINISTRATOR)),
        (
            Step.PEOPLE,
            WHOLE._replace(officers_come=0),
            (State.BEGUN, "No officer has set a password yet.", ADMINISTRATOR),
        ),
        (
            Step.PEOPLE,
            WHOLE._replace(have_come=1),
            (State.BEGUN, "Nobody else who can verify has set a password yet.", ADMINISTRATOR),
        ),
        (
            Step.PEOPLE,
            WHOLE._replace(officers=0, officers_come=0, ambassadors=2),
            (State.BEGUN, "No officer is invited yet, and officers alone log and judge.", ADMINISTRATOR),
        ),
        (
            Step.PEOPLE,
            WHOLE._replace(ambassadors=0, has_contact=False),
            (
                State.BEGUN,
                f"{NOBODY_ELSE} Ministries have no contact person at the embassy.",
                ADMINISTRATOR,
            ),
        ),
        (
            Step.PEOPLE,
            WHOLE._replace(without_focal_point=1),
            (State.DONE, "2 people of the embassy can verify. 1 ministry has no focal point yet.", None),
        ),
    ],
)
def test_a_step_says_how_far_it_is_what_there_is_and_who_goes_on(step, post, expected):
    assert state(step, post) == expected
