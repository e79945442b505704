"""The five steps, judged from what is there."""

import pytest

from recommendations.setup.steps import PostCounts, SetupStep, StepOwner, StepState, list_step_statuses

WHOLE = PostCounts(
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
NOBODY_ELSE = "No one can verify their own entries: invite a second officer or the ambassador."
ADMINISTRATOR, OFFICER = StepOwner.ADMINISTRATOR, StepOwner.OFFICER


def state(step, post):
    (found,) = (one for one in list_step_statuses(post) if one.step is step)
    return found.state, found.sentence, found.owner


def test_a_post_with_everything_waits_for_nobody():
    assert {one.state for one in list_step_statuses(WHOLE)} == {StepState.DONE}
    assert [one.sentence for one in list_step_statuses(WHOLE)] == [
        "With 10 districts.",
        "The 2021 edition, 15 recommendations.",
        "3 ministries, each with its office holder.",
        "Every recommendation has at least one.",
        "2 embassy staff can verify.",
    ]
    assert [one.number for one in list_step_statuses(WHOLE)] == [1, 2, 3, 4, 5]
    assert {one.owner for one in list_step_statuses(WHOLE)} == {None}


@pytest.mark.parametrize(
    ("step", "post", "expected"),
    [
        (SetupStep.COUNTRY, PostCounts(), (StepState.BEGUN, "No districts have been added.", ADMINISTRATOR)),
        (SetupStep.EDITION, PostCounts(), (StepState.TO_DO, "No report edition has been added.", ADMINISTRATOR)),
        (
            SetupStep.EDITION,
            PostCounts(edition=1, edition_year=2021, recommendation_count=3),
            (
                StepState.BEGUN,
                "The 2021 edition has no deadline yet: an officer sets it in the edition’s terms.",
                OFFICER,
            ),
        ),
        (
            SetupStep.EDITION,
            PostCounts(edition=1, edition_year=2021, has_deadline=True, has_draft_import=True),
            (
                StepState.BEGUN,
                "The 2021 edition has its days; its list of recommendations was brought, and waits to be looked over.",
                ADMINISTRATOR,
            ),
        ),
        (
            SetupStep.EDITION,
            PostCounts(edition=1, edition_year=2021, has_deadline=True),
            (
                StepState.BEGUN,
                "The 2021 edition has its days; its list of recommendations is not there yet.",
                ADMINISTRATOR,
            ),
        ),
        (SetupStep.MINISTRIES, PostCounts(), (StepState.TO_DO, "No ministries have been added.", ADMINISTRATOR)),
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
                "Suggested from the recommendations’ text once those are added. An officer does this.",
                None,
            ),
        ),
        (
            SetupStep.BENCHMARKS,
            PostCounts(recommendation_count=15),
            (StepState.TO_DO, "15 of 15 recommendations have none.", OFFICER),
        ),
        (
            SetupStep.BENCHMARKS,
            PostCounts(recommendation_count=15, with_benchmark=14),
            (StepState.BEGUN, "1 of 15 recommendations has none.", OFFICER),
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
            WHOLE._replace(active_officers=0),
            (StepState.BEGUN, "No officer has set a password yet.", ADMINISTRATOR),
        ),
        (
            SetupStep.PEOPLE,
            WHOLE._replace(active_people=1),
            (StepState.BEGUN, "Nobody else who can verify has set a password yet.", ADMINISTRATOR),
        ),
        (
            SetupStep.PEOPLE,
            WHOLE._replace(officers=0, active_officers=0, ambassadors=2),
            (StepState.BEGUN, "No officer is invited yet, and officers alone log and judge.", ADMINISTRATOR),
        ),
        (
            SetupStep.PEOPLE,
            WHOLE._replace(ambassadors=0, has_contact=False),
            (
                StepState.BEGUN,
                f"{NOBODY_ELSE} Ministries have no contact person at the embassy.",
                ADMINISTRATOR,
            ),
        ),
        (
            SetupStep.PEOPLE,
            WHOLE._replace(without_focal_point=1),
            (StepState.DONE, "2 embassy staff can verify. 1 ministry has no focal point yet.", None),
        ),
    ],
)
def test_a_step_says_how_far_it_is_what_there_is_and_who_goes_on(step, post, expected):
    assert state(step, post) == expected
