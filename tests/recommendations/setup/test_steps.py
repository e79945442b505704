"""The state of the five steps, from existing rows."""

import pytest

from recommendations.setup.steps import PostCounts, SetupStep, StepOwner, StepState, list_step_statuses

COMPLETE_POST = PostCounts(
    districts=10,
    edition=1,
    edition_year=2021,
    has_deadline=True,
    recommendation_count=15,
    with_benchmark=15,
    ministries=3,
    officers=1,
    ambassadors=1,
    active_officers=1,
    active_people=2,
    has_contact=True,
)
NO_SECOND_REVIEWER = "Nobody can verify their own entries. Invite a second officer or the ambassador."
ADMINISTRATOR, OFFICER = StepOwner.ADMINISTRATOR, StepOwner.OFFICER


def step_state(step, post):
    (found,) = (status for status in list_step_statuses(post) if status.step is step)
    return found.state, found.sentence, found.owner


def test_a_post_with_everything_waits_for_nobody():
    assert {status.state for status in list_step_statuses(COMPLETE_POST)} == {StepState.DONE}
    assert [status.sentence for status in list_step_statuses(COMPLETE_POST)] == [
        "The country has 10 districts.",
        "The 2021 edition has 15 recommendations.",
        "3 ministries, each with its office holder.",
        "Every recommendation has at least one benchmark.",
        "2 people at the embassy can verify entries.",
    ]
    assert [status.number for status in list_step_statuses(COMPLETE_POST)] == [1, 2, 3, 4, 5]
    assert {status.owner for status in list_step_statuses(COMPLETE_POST)} == {None}


@pytest.mark.parametrize(
    ("step", "post", "expected"),
    [
        (
            SetupStep.COUNTRY,
            PostCounts(),
            (StepState.DONE, "The country has no districts. You can add some at any time.", None),
        ),
        (SetupStep.EDITION, PostCounts(), (StepState.TO_DO, "No report edition has been added yet.", ADMINISTRATOR)),
        (
            SetupStep.EDITION,
            PostCounts(edition=1, edition_year=2021, recommendation_count=3),
            (
                StepState.BEGUN,
                "The 2021 edition has no deadline yet. An officer sets it in the edition’s terms.",
                OFFICER,
            ),
        ),
        (
            SetupStep.EDITION,
            PostCounts(edition=1, edition_year=2021, has_deadline=True, has_draft_import=True),
            (
                StepState.BEGUN,
                "The list of the 2021 edition is a draft import. Check it and import it.",
                ADMINISTRATOR,
            ),
        ),
        (
            SetupStep.EDITION,
            PostCounts(edition=1, edition_year=2021, has_deadline=True),
            (
                StepState.BEGUN,
                "The 2021 edition has no recommendations yet. Import its list.",
                ADMINISTRATOR,
            ),
        ),
        (SetupStep.MINISTRIES, PostCounts(), (StepState.TO_DO, "No ministries have been added yet.", ADMINISTRATOR)),
        (
            SetupStep.MINISTRIES,
            PostCounts(ministries=3, without_holder=1),
            (StepState.BEGUN, "1 ministry has no office holder yet.", ADMINISTRATOR),
        ),
        (
            SetupStep.BENCHMARKS,
            PostCounts(),
            (
                StepState.TO_DO,
                "An officer adds benchmarks once the recommendations are imported.",
                None,
            ),
        ),
        (
            SetupStep.BENCHMARKS,
            PostCounts(recommendation_count=15),
            (StepState.TO_DO, "15 of 15 recommendations have no benchmark yet.", OFFICER),
        ),
        (
            SetupStep.BENCHMARKS,
            PostCounts(recommendation_count=15, with_benchmark=14),
            (StepState.BEGUN, "1 of 15 recommendations has no benchmark yet.", OFFICER),
        ),
        (
            SetupStep.PEOPLE,
            PostCounts(),
            (
                StepState.TO_DO,
                "No officer or ambassador has an open account. Ministries have no contact person at the embassy.",
                ADMINISTRATOR,
            ),
        ),
        (
            SetupStep.PEOPLE,
            COMPLETE_POST._replace(active_officers=0),
            (StepState.BEGUN, "No officer has set a password yet.", ADMINISTRATOR),
        ),
        (
            SetupStep.PEOPLE,
            COMPLETE_POST._replace(active_people=1),
            (StepState.BEGUN, "Only one person who can verify entries has set a password.", ADMINISTRATOR),
        ),
        (
            SetupStep.PEOPLE,
            COMPLETE_POST._replace(officers=0, active_officers=0, ambassadors=2),
            (
                StepState.BEGUN,
                "No officer is invited yet. Only officers log progress and review updates.",
                ADMINISTRATOR,
            ),
        ),
        (
            SetupStep.PEOPLE,
            COMPLETE_POST._replace(ambassadors=0, has_contact=False),
            (
                StepState.BEGUN,
                f"{NO_SECOND_REVIEWER} Ministries have no contact person at the embassy.",
                ADMINISTRATOR,
            ),
        ),
        (
            SetupStep.PEOPLE,
            COMPLETE_POST._replace(without_focal_point=1),
            (StepState.DONE, "2 people at the embassy can verify entries. 1 ministry has no focal point yet.", None),
        ),
    ],
)
def test_a_step_says_how_far_it_is_what_there_is_and_who_goes_on(step, post, expected):
    assert step_state(step, post) == expected
