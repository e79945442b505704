from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from dialogues.choices import CommitmentStatus
from dialogues.commitment_status import CommitmentStanding
from recommendations.choices import MilestoneKind
from reports import sentences

DAY = date(2022, 1, 28)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2021, 11, 12), date(2021, 11, 12), "12 Nov 2021"),
        (date(2021, 4, 1), date(2021, 9, 30), "between 1 Apr and 30 Sep 2021"),
        (date(2021, 4, 1), date(2022, 3, 31), "between 1 Apr 2021 and 31 Mar 2022"),
        (None, date(2021, 11, 8), "by 8 Nov 2021, start date unknown"),
    ],
)
def test_a_span_shows_the_days_that_are_known(first, last, told):
    assert sentences.describe_date_span(first, last) == told


@pytest.mark.parametrize(
    ("status", "due_on", "days_overdue", "told"),
    [
        (CommitmentStatus.OVERDUE, date(2022, 1, 16), 12, "overdue by 12 days"),
        (CommitmentStatus.OVERDUE, date(2022, 1, 27), 1, "overdue by 1 day"),
        (CommitmentStatus.OPEN, date(2022, 2, 28), 0, "due in 31 days"),
        (CommitmentStatus.OPEN, date(2022, 1, 29), 0, "due in 1 day"),
        (CommitmentStatus.OPEN, date(2023, 3, 31), 0, "due 31 Mar 2023"),
        (CommitmentStatus.OPEN, DAY, 0, "due today"),
        (CommitmentStatus.OPEN, None, 0, "no date agreed"),
        (CommitmentStatus.REPORTED, None, 0, "reported done 14 Jan 2022; to be verified"),
        (CommitmentStatus.VERIFIED, None, 0, "verified done 14 Jan 2022"),
        (CommitmentStatus.WITHDRAWN, None, 0, "withdrawn 14 Jan 2022"),
    ],
)
def test_the_status_of_a_commitment_is_described_in_days(status, due_on, days_overdue, told):
    assert (
        sentences.describe_commitment_status(
            CommitmentStanding(status, due_on, 0, days_overdue), date(2022, 1, 14), DAY
        )
        == told
    )


@pytest.mark.parametrize(
    ("stands", "told"),
    [
        (
            CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DAY, sent_on=date(2022, 1, 12)),
            "with the embassy since 12 January 2022",
        ),
        (
            CommitmentStanding(CommitmentStatus.OVERDUE, DAY, 0, 14, is_overdue_without_update=True),
            "overdue by 14 days, no update received",
        ),
        (
            CommitmentStanding(
                CommitmentStatus.OVERDUE, DAY, 1, 3, sent_on=date(2022, 1, 12), is_overdue_without_update=True
            ),
            "overdue by 3 days, no update received since 12 January 2022",
        ),
        (
            CommitmentStanding(CommitmentStatus.OVERDUE, DAY, 0, 14, date(2022, 1, 12), date(2022, 1, 13)),
            "overdue by 14 days, returned on 13 January 2022",
        ),
        (
            CommitmentStanding(CommitmentStatus.OPEN, DAY, sent_on=date(2022, 1, 12), returned_on=date(2022, 1, 13)),
            "returned on 13 January 2022; due today",
        ),
    ],
)
def test_standing_says_what_became_of_the_newest_update(stands, told):
    assert sentences.describe_commitment_status(stands, date(2022, 1, 14), DAY) == told


def test_no_update_is_expected_on_our_own_commitments():
    ours = CommitmentStanding(CommitmentStatus.OVERDUE, DAY, 0, 14, is_overdue_without_update=True)

    assert (
        sentences.describe_commitment_status(ours, date(2022, 1, 14), DAY, is_ministrys=False) == "overdue by 14 days"
    )


@pytest.mark.parametrize(
    ("kind", "due_on", "done_on", "told"),
    [
        (MilestoneKind.ACTION_PLAN, date(2021, 12, 28), date(2021, 12, 20), "done 20 Dec 2021"),
        (MilestoneKind.ACTION_PLAN, date(2021, 12, 28), date(2022, 2, 1), "overdue by 31 days"),
        (MilestoneKind.INTERIM, date(2022, 2, 1), None, "in 4 days"),
        (MilestoneKind.DEADLINE, DAY, None, "today"),
        (MilestoneKind.DEADLINE, date(2022, 1, 27), None, "1 day ago"),
    ],
)
def test_a_milestone_is_described_as_of_the_day(kind, due_on, done_on, told):
    assert sentences.describe_milestone(kind, due_on, done_on, DAY) == told


def test_tally_begins_with_what_is_overdue():
    statuses = ["open", "verified_done", "overdue", "with_embassy", "open", "reported_done"]

    assert sentences.describe_status_counts(statuses) == (
        "1 overdue, 2 open, 1 with the embassy, 1 reported done, 1 verified done."
    )
    assert sentences.describe_status_counts([]) == ""


def test_tally_does_not_count_what_was_reversed_as_done():
    done = ["verified_done", "verified_done", "open"]

    assert sentences.describe_status_counts(done, reversed_since=1) == (
        "1 open, 1 verified done, 1 verified done but reversed since."
    )
    assert sentences.describe_status_counts(done, reversed_since=2) == "1 open, 2 verified done but reversed since."


def test_share_without_a_figure_is_a_word():
    assert [
        sentences.describe_benchmark_share(share) for share in (None, Fraction(0), Fraction(1, 2), Fraction(1))
    ] == [
        "no data",
        "not shown",
        "a concrete step",
        "met",
    ]


def test_a_figure_is_described_with_its_target():
    assert sentences.format_against_target(Decimal("6.00"), Decimal(10), "districts") == "6 of 10 districts"


def test_indicia_are_named_by_number():
    assert [sentences.format_indicia(numbers) for numbers in ([], [7], [1, 7])] == ["", "indicium 7", "indicia 1, 7"]


def test_unknown_kind_of_file_is_named_as_it_is():
    assert [sentences.file_kind(kind) for kind in ("application/pdf", "video/mp4")] == ["PDF", "video/mp4"]


@pytest.mark.parametrize(
    ("newest", "told"),
    [
        (None, "the record has no facts yet"),
        (datetime(2022, 1, 28, 8, 32, tzinfo=UTC), "facts up to 08:32"),
        (datetime(2022, 1, 27, 23, 59, tzinfo=UTC), "facts up to 27 January 2022, 1 day old"),
        (datetime(2021, 12, 28, 8, tzinfo=UTC), "facts up to 28 December 2021, 31 days old"),
        (datetime(2022, 7, 31, 12, tzinfo=UTC), "facts up to 31 July 2022, 12:00"),
    ],
)
def test_facts_say_how_old_they_are(newest, told):
    assert sentences.describe_newest_fact(newest, DAY) == told
