"""Who is told what, when: one run on a record, then another after the record or the day changed."""

from datetime import date, datetime, timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dialogues.choices import ChosenIndicatorEventKind, CommitmentEventKind, RequestEventKind, UpdateDecision
from reports.actions.notices import notify
from tests.factories import (
    MASERU,
    AmbassadorFactory,
    BriefingFactory,
    ChosenIndicatorEventFactory,
    ChosenIndicatorFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    DialogueFactory,
    DueDateProposalDecisionFactory,
    DueDateProposalFactory,
    FocalPointFactory,
    InformationRequestFactory,
    InternalNoteDoneFactory,
    InternalNoteFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    ParticipantFactory,
    RequestEventFactory,
    RequestLineFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
)
from tiptracker.accounts.models import User
from tiptracker.mail.models import Mail, MailKind
from tiptracker.notifications.choices import Frequency, NoticeKind
from tiptracker.notifications.models import DigestSchedule, Notice, NoticeFrequency
from tiptracker.notifications.sentences import describe_notice

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2021, 1, 4, 9, tzinfo=MASERU)


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=MASERU)


@pytest.fixture
def officer():
    return OfficerFactory(email="officer@post.example", created_at=LONG_AGO)


@pytest.fixture
def ambassador():
    return AmbassadorFactory(email="ambassador@post.example", created_at=LONG_AGO)


@pytest.fixture
def police(officer, ambassador):
    """A ministry with one focal point, who is told first of all."""
    ministry = MinistryFactory(name="Ministry of Police", short_name="Police")
    FocalPointFactory(ministry=ministry, email="police@gov.example", created_at=LONG_AGO)
    return ministry


def told(email: str) -> list[str]:
    return [notice.kind for notice in Notice.objects.filter(person__email=email, settled_at=None).order_by("pk")]


def mails_to(email: str) -> int:
    return Mail.objects.filter(person__email=email).count()


# --- Due dates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_left", "stage"), [(31, None), (30, 30), (29, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1)]
)
def test_a_ministry_is_reminded_30_7_and_1_days_before(police, days_left, stage):
    due_on = date(2022, 1, 20)
    CommitmentFactory(ministry=police, made__due_on=due_on)

    notify(now=at(due_on - timedelta(days=days_left)))

    notices = Notice.objects.filter(person__email="police@gov.example")
    assert [(notice.kind, notice.stage, notice.day) for notice in notices] == (
        [(NoticeKind.DUE_SOON, stage, due_on)] if stage else []
    )


def test_a_reminder_comes_once_the_date_is_nearer_than_the_last_talk_of_it(police):
    commitment = CommitmentFactory(ministry=police, made__due_on=date(2021, 11, 24))  # agreed on 8 November

    notify(now=at(date(2021, 11, 16)))
    assert NoticeKind.DUE_SOON not in told("police@gov.example")
    notify(now=at(date(2021, 11, 17)))
    assert NoticeKind.DUE_SOON in told("police@gov.example")

    sent_at = at(date(2021, 11, 18))
    version = UpdateVersionFactory(update__commitment=commitment, recorded_at=sent_at, happened_on=sent_at.date())
    UpdateVersionDecisionFactory(
        update_version=version, decision=UpdateDecision.RETURNED, recorded_at=at(date(2021, 11, 22))
    )
    notify(now=at(date(2021, 11, 22), 10))
    assert told("police@gov.example") == [NoticeKind.UPDATE_RETURNED]
    notify(now=at(date(2021, 11, 23)))
    assert set(told("police@gov.example")) == {NoticeKind.UPDATE_RETURNED, NoticeKind.DUE_SOON}


@pytest.mark.parametrize("answer", ["returned", "accepted", "reopened"])
def test_days_overdue_count_from_the_embassys_answer(police, answer):
    """The update lay with the embassy for a month after the due date, or the commitment was reopened after it."""
    commitment = CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 3))
    answer_on = date(2022, 2, 4)
    if answer == "reopened":
        for kind, day in ((CommitmentEventKind.VERIFIED_DONE, date(2022, 1, 3)), ("reopened", answer_on)):
            CommitmentEventFactory(commitment=commitment, kind=kind, happened_on=day)
    else:
        sent_on = date(2022, 1, 3)
        version = UpdateVersionFactory(update__commitment=commitment, happened_on=sent_on, recorded_at=at(sent_on))
        UpdateVersionDecisionFactory(
            update_version=version, decision=getattr(UpdateDecision, answer.upper()), recorded_at=at(answer_on)
        )
    overdue, long_overdue = NoticeKind.OVERDUE, NoticeKind.LONG_OVERDUE

    told_of_it = []
    for days in (0, 6, 7, 14):
        notify(now=at(answer_on + timedelta(days=days), 10))
        kinds = Notice.objects.filter(table="dialogues.commitment", settled_at=None).order_by("pk")
        told_of_it.append(set(kinds.values_list("kind", flat=True)) & {overdue, long_overdue, NoticeKind.FOR_AGENDA})

    assert told_of_it == [set(), set(), {overdue}, {overdue, long_overdue}]


def test_overdue_climbs_from_the_ministry_to_the_embassy_and_the_agenda(police):
    due_on = date(2022, 1, 3)
    CommitmentFactory(ministry=police, made__due_on=due_on)
    everybody = ("police@gov.example", "officer@post.example", "ambassador@post.example")

    ladder = {}
    for days in (6, 7, 14, 21):
        notify(now=at(due_on + timedelta(days=days)))
        ladder[days] = [told(email) for email in everybody]

    overdue, long_overdue, agenda = NoticeKind.OVERDUE, NoticeKind.LONG_OVERDUE, NoticeKind.FOR_AGENDA
    assert ladder == {
        6: [[], [], []],
        7: [[overdue], [], []],
        14: [[overdue], [long_overdue], [long_overdue]],
        21: [[overdue], [long_overdue, agenda], [long_overdue]],
    }


def test_runs_that_were_missed_are_made_up_for(police):
    due_on = date(2022, 1, 3)
    CommitmentFactory(ministry=police, made__due_on=due_on)
    notify(now=at(due_on + timedelta(days=5)))

    notify(now=at(due_on + timedelta(days=15)))

    assert told("police@gov.example") == [NoticeKind.OVERDUE]
    assert told("ambassador@post.example") == [NoticeKind.LONG_OVERDUE]


@pytest.mark.parametrize("change", ["rescheduled", "withdrawn", "update_sent"])
def test_what_was_settled_or_moved_is_not_told(police, change):
    due_on = date(2022, 1, 3)
    commitment = CommitmentFactory(ministry=police, made__due_on=due_on)
    now = at(due_on + timedelta(days=7), 7)  # before the hour of the digest
    notify(now=now)
    assert told("police@gov.example") == [NoticeKind.OVERDUE]

    if change == "rescheduled":
        CommitmentEventFactory(
            commitment=commitment,
            kind=CommitmentEventKind.RESCHEDULED,
            happened_on=now.date(),
            due_on=date(2022, 3, 15),
            recorded_at=now,
        )
    elif change == "withdrawn":
        CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.WITHDRAWN, happened_on=now.date())
    else:
        UpdateVersionFactory(update__commitment=commitment, happened_on=now.date(), recorded_at=now)
    notify(now=now + timedelta(hours=3))

    assert NoticeKind.OVERDUE not in told("police@gov.example")
    assert not Notice.objects.filter(kind=NoticeKind.OVERDUE, mail__isnull=False).exists()


# --- Updates ----------------------------------------------------------------------------------------------------------


def test_the_officer_is_told_of_an_update_until_it_is_decided_on(police):
    version = UpdateVersionFactory(update__commitment__ministry=police)
    notify(now=at(date(2022, 1, 10), 13))
    assert told("officer@post.example") == [NoticeKind.UPDATE_RECEIVED]
    assert told("ambassador@post.example") == []

    UpdateVersionDecisionFactory(update_version=version, decision=UpdateDecision.ACCEPTED)
    notify(now=at(date(2022, 1, 10), 14))

    assert told("officer@post.example") == []
    assert told("police@gov.example") == [NoticeKind.UPDATE_ACCEPTED]


def test_a_returned_update_is_told_at_once_until_it_is_sent_again(police):
    version = UpdateVersionFactory(update__commitment__ministry=police, returned=True)
    decided_at = version.decision.recorded_at

    notify(now=decided_at + timedelta(minutes=4))
    assert mails_to("police@gov.example") == 0  # it may still be undone
    notify(now=decided_at + timedelta(minutes=5))
    assert mails_to("police@gov.example") == 1
    notify(now=decided_at + timedelta(minutes=6))
    assert mails_to("police@gov.example") == 1

    UpdateVersionFactory(update=version.update, recorded_at=decided_at + timedelta(hours=1))
    notify(now=decided_at + timedelta(hours=2))
    assert told("police@gov.example") == []


def test_another_ministry_and_another_country_are_told_nothing(police):
    elsewhere = MinistryFactory(country__elsewhere=True)
    FocalPointFactory(ministry=MinistryFactory(), email="justice@gov.example", created_at=LONG_AGO)
    FocalPointFactory(ministry=elsewhere, email="there@gov.example", created_at=LONG_AGO)
    OfficerFactory(email="there@post.example", countries=[elsewhere.country], created_at=LONG_AGO)
    ObserverFactory(email="observer@post.example", created_at=LONG_AGO)
    UpdateVersionFactory(update__commitment__ministry=police, returned=True)
    CommitmentFactory(ministry=police, made__due_on=date(2021, 12, 1))

    notify(now=at(date(2022, 1, 10), 13))

    people = Notice.objects.values_list("person__email", flat=True).distinct()
    assert set(people) - {"recorder@post.example", "reviewer@post.example"} == {
        "police@gov.example",
        "officer@post.example",
        "ambassador@post.example",
    }


# --- Other events -----------------------------------------------------------------------------------------------------


def test_the_ministry_is_told_of_new_and_changed_commitments(police):
    old = CommitmentFactory(ministry=police)
    CommitmentFactory(ministry=police, recorded_at=at(date(2022, 1, 10), 8))
    CommitmentEventFactory(
        commitment=old, kind=CommitmentEventKind.RESCHEDULED, happened_on=date(2022, 1, 10), due_on=date(2022, 3, 30)
    )

    notify(now=at(date(2022, 1, 11)))

    assert sorted(told("police@gov.example")) == [NoticeKind.COMMITMENT_CHANGED, NoticeKind.COMMITMENT_RECORDED]


def test_a_proposed_due_date_goes_to_the_officers_and_its_refusal_to_the_ministry(police):
    proposal = DueDateProposalFactory(commitment__ministry=police)
    notify(now=at(date(2022, 1, 10), 13))
    assert told("officer@post.example") == [NoticeKind.DUE_DATE_PROPOSED]

    DueDateProposalDecisionFactory(proposal=proposal)
    notify(now=at(date(2022, 1, 10), 14))

    assert told("officer@post.example") == []
    assert told("police@gov.example") == [NoticeKind.DUE_DATE_DECLINED]


def test_a_request_for_information_is_told_at_once_until_it_is_answered(police):
    asked_at = at(date(2022, 1, 10))
    asked = InformationRequestFactory(ministry=police, recorded_at=asked_at, asked__happened_on=asked_at.date())
    notify(now=asked_at + timedelta(hours=1))
    assert (told("police@gov.example"), mails_to("police@gov.example")) == ([NoticeKind.REQUEST_MADE], 1)

    version = UpdateVersionFactory(update__information_request=asked, answers=asked.lines.all())
    notify(now=at(date(2022, 1, 11)))
    assert told("police@gov.example") == []
    assert NoticeKind.UPDATE_RECEIVED in told("officer@post.example")

    UpdateVersionDecisionFactory(
        update_version=version, decision=UpdateDecision.RETURNED, recorded_at=at(date(2022, 1, 11), 10)
    )
    notify(now=at(date(2022, 1, 11), 11))
    assert set(told("police@gov.example")) == {NoticeKind.UPDATE_RETURNED, NoticeKind.REQUEST_MADE}
    returned = Notice.objects.get(kind=NoticeKind.UPDATE_RETURNED)
    assert describe_notice(returned, returned.person) == (
        f"The embassy returned an answer to request for information {asked.pk} on 11 January 2022. Open it to see what "
        "to change."
    )


def test_the_mail_of_a_request_says_for_which_dialogue_the_figures_are_and_no_second_mail_follows(police):
    asked_at = at(date(2022, 1, 11))
    dialogue = DialogueFactory(planned=True, held_on=date(2022, 2, 24))
    ParticipantFactory(dialogue=dialogue, ministry=police)
    chosen, others, dropped = (ChosenIndicatorFactory(dialogue=dialogue) for _ in range(3))
    agreement = {"kind": ChosenIndicatorEventKind.AGREED, "text": "", "recorded_at": asked_at}
    ChosenIndicatorEventFactory(chosen=chosen, ministry=police, **agreement)
    ChosenIndicatorEventFactory(chosen=others, ministry=MinistryFactory(), **agreement)
    ChosenIndicatorEventFactory(chosen=dropped, ministry=police, **agreement)
    ChosenIndicatorEventFactory(chosen=dropped)
    earlier, asked, about_others, about_dropped = (
        InformationRequestFactory(ministry=police, recorded_at=moment, asked__happened_on=moment.date(), lines=[])
        for moment in (at(date(2022, 1, 9)), asked_at, asked_at, asked_at)
    )
    for request, row in ((earlier, chosen), (asked, chosen), (about_others, others), (about_dropped, dropped)):
        RequestLineFactory(information_request=request, indicator=row.indicator)

    notify(now=asked_at + timedelta(hours=1))

    person = User.objects.get(email="police@gov.example")
    notices = Notice.objects.filter(person=person, kind=NoticeKind.REQUEST_MADE)
    sentences = {int(row.row): describe_notice(row, person) for row in notices}
    assert sentences.pop(asked.pk) == (
        f"The embassy asks your ministry for figures for the dialogue of 24 February 2022 (request {asked.pk}). Open "
        "it to see which, and by when."
    )
    assert sentences == {
        row.pk: f"The embassy asks your ministry for information (request {row.pk}). Open it to see by when."
        for row in (earlier, about_others, about_dropped)
    }
    assert Mail.objects.filter(person=person, kind=MailKind.NOTICES).count() == 1


def test_a_ministry_that_does_not_see_the_dialogue_reads_nothing_of_it(police):
    asked_at = at(date(2022, 1, 11))
    chosen = ChosenIndicatorFactory(ministry=police)
    asked = InformationRequestFactory(
        ministry=police, recorded_at=asked_at, asked__happened_on=asked_at.date(), lines=[]
    )
    RequestLineFactory(information_request=asked, indicator=chosen.indicator)

    notify(now=asked_at + timedelta(hours=1))

    [notice] = Notice.objects.filter(person__email="police@gov.example")
    assert "dialogue" not in describe_notice(notice, notice.person)


def test_a_ministry_is_reminded_of_the_open_line_while_another_waits_and_told_of_each_that_came_back(police):
    asked = InformationRequestFactory(
        ministry=police, asked__due_on=date(2022, 1, 15), lines=["List", "Plan", "Budget"]
    )
    *sent, budget = asked.lines.all()
    first, second = (
        UpdateVersionFactory(update__information_request=asked, answers=[line], happened_on=date(2022, 1, 12))
        for line in sent
    )

    notify(now=at(date(2022, 1, 22)))

    assert set(told("police@gov.example")) == {NoticeKind.REQUEST_MADE, NoticeKind.REQUEST_OVERDUE}
    assert told("officer@post.example") == [NoticeKind.UPDATE_RECEIVED] * 2
    for version, decision in ((first, UpdateDecision.ACCEPTED), (second, UpdateDecision.RETURNED)):
        UpdateVersionDecisionFactory(
            update_version=version, decision=decision, recorded_at=at(date(2022, 1, 23), version.pk % 5)
        )
    notify(now=at(date(2022, 1, 24)))
    back = Notice.objects.filter(kind=NoticeKind.UPDATE_RETURNED, settled_at=None)
    assert [(notice.table, notice.row, notice.stage) for notice in back] == [
        ("dialogues.informationrequest", str(asked.pk), second.pk)
    ]
    # That the embassy accepted the first line is no talk about the others: the next step comes when it was due.
    UpdateVersionFactory(update__information_request=asked, answers=[sent[1]], happened_on=date(2022, 1, 25))
    notify(now=at(date(2022, 1, 29)))
    assert NoticeKind.REQUEST_LONG_OVERDUE in told("ambassador@post.example")

    UpdateVersionFactory(update__information_request=asked, answers=[budget], happened_on=date(2022, 1, 29))
    notify(now=at(date(2022, 1, 30)))
    assert NoticeKind.REQUEST_LONG_OVERDUE not in told("ambassador@post.example")
    assert NoticeKind.REQUEST_OVERDUE not in told("police@gov.example")


def test_an_overdue_request_climbs_like_an_overdue_commitment(police):
    asked = InformationRequestFactory(ministry=police, asked__due_on=date(2022, 1, 15))
    reached = []
    for days in (-7, 7, 14, 21):
        notify(now=at(date(2022, 1, 15) + timedelta(days=days)))
        reached.append((set(told("police@gov.example")), set(told("officer@post.example"))))
    made, overdue = NoticeKind.REQUEST_MADE, NoticeKind.REQUEST_OVERDUE
    climbed = {NoticeKind.REQUEST_LONG_OVERDUE, NoticeKind.REQUEST_FOR_AGENDA}
    assert reached == [
        ({made, NoticeKind.REQUEST_DUE_SOON}, set()),
        ({made, overdue}, set()),
        ({made, overdue}, {NoticeKind.REQUEST_LONG_OVERDUE}),
        ({made, overdue}, climbed),
    ]
    assert told("ambassador@post.example") == [NoticeKind.REQUEST_LONG_OVERDUE]

    withdrawn_at = at(date(2022, 2, 6))
    RequestEventFactory(
        information_request=asked, kind=RequestEventKind.WITHDRAWN, happened_on=withdrawn_at.date(),
        recorded_at=withdrawn_at,
    )  # fmt: skip
    notify(now=withdrawn_at + timedelta(minutes=1))

    assert told("police@gov.example") == [NoticeKind.REQUEST_CHANGED]
    assert told("officer@post.example") == []


def test_a_request_to_a_ministry_without_a_focal_point_is_told_to_the_officers(officer):
    asked_at = at(date(2022, 1, 10))
    InformationRequestFactory(ministry=MinistryFactory(), recorded_at=asked_at, asked__happened_on=asked_at.date())

    notify(now=asked_at + timedelta(hours=1))

    assert told("officer@post.example") == [NoticeKind.NO_FOCAL_POINT]
    assert mails_to("officer@post.example") == 1


def test_the_embassy_is_reminded_of_a_planned_dialogue(police):
    dialogue = DialogueFactory(planned=True)  # on 10 February, entered on 20 January

    notify(now=at(dialogue.held_on - timedelta(days=7)))
    notify(now=at(dialogue.held_on - timedelta(days=1)))

    stages = Notice.objects.filter(person__email="ambassador@post.example").order_by("pk")
    reminders = stages.filter(kind=NoticeKind.DIALOGUE_SOON, settled_at=None)
    assert [notice.stage for notice in reminders] == [1]


def test_a_draft_to_clear_goes_to_all_but_whoever_requested_it(officer, ambassador):
    BriefingFactory(requested_by=officer, requested_at=at(date(2022, 1, 28)), pdf=b"%PDF-1.7\n")

    notify(now=at(date(2022, 1, 28), 10))

    assert told("ambassador@post.example") == [NoticeKind.BRIEFING_TO_CLEAR]
    assert told("officer@post.example") == []


def test_the_officers_are_told_of_a_ministry_without_a_focal_point(officer):
    ministry = MinistryFactory()
    CommitmentFactory(ministry=ministry, made__due_on=date(2022, 1, 3))
    now = at(date(2022, 1, 10))

    notify(now=now)
    notify(now=now + timedelta(days=1))
    assert told("officer@post.example") == [NoticeKind.NO_FOCAL_POINT]
    assert mails_to("officer@post.example") == 1

    FocalPointFactory(ministry=ministry)
    notify(now=now + timedelta(days=2))
    assert told("officer@post.example") == []


def test_a_note_is_told_to_the_person_named_alone_until_it_is_dealt_with(officer, ambassador):
    FocalPointFactory(email="police@gov.example", created_at=LONG_AGO)
    note = InternalNoteFactory(named=ambassador, recorded_at=at(date(2022, 1, 10), 8))
    InternalNoteFactory(recorded_at=at(date(2022, 1, 10), 8))
    everybody = ("officer@post.example", "recorder@post.example", "ambassador@post.example", "police@gov.example")

    notify(now=at(date(2022, 1, 10), 9))
    assert [told(email) for email in everybody] == [[], [], [NoticeKind.NOTE_FOR_YOU], []]
    assert mails_to("ambassador@post.example") == 1

    InternalNoteDoneFactory(note=note)
    notify(now=at(date(2022, 1, 10), 10))
    assert told("ambassador@post.example") == []


def test_a_note_for_a_person_who_left_is_told_to_the_officers(officer, ambassador):
    person = OfficerFactory(email="left@post.example", created_at=LONG_AGO)
    note = InternalNoteFactory(named=person, recorded_at=at(date(2022, 1, 10), 8))
    notify(now=at(date(2022, 1, 10), 9))

    person.valid_until_on = date(2022, 1, 10)
    person.save()
    notify(now=at(date(2022, 1, 11), 9))

    writer = note.recorded_by.email
    assert [told(email) for email in ("left@post.example", "officer@post.example", writer)] == [
        [],
        [NoticeKind.NOTE_FOR_YOU],
        [NoticeKind.NOTE_FOR_YOU],
    ]
    assert told("ambassador@post.example") == []


# --- Mails ------------------------------------------------------------------------------------------------------------


def test_a_digest_comes_once_at_the_persons_hour(police):
    due_on = date(2022, 1, 20)
    for _ in range(3):
        CommitmentFactory(ministry=police, made__due_on=due_on)
    day = due_on - timedelta(days=7)

    sent = {hour: notify(now=at(day, hour)).sent for hour in (0, 7, 8, 9, 23)}

    assert sent == {0: 0, 7: 0, 8: 1, 9: 0, 23: 0}
    assert Mail.objects.get().notices.count() == 3


def test_no_digest_on_days_off(police):
    due_on = date(2022, 1, 15)  # a Saturday; one day before is Friday, seven days before a Saturday
    CommitmentFactory(ministry=police, made__due_on=due_on)

    assert notify(now=at(date(2022, 1, 8))).sent == 0  # Saturday
    assert notify(now=at(date(2022, 1, 9))).sent == 0
    assert notify(now=at(date(2022, 1, 10))).sent == 1


def test_public_holidays_are_days_off_unless_chosen_otherwise(police):
    CommitmentFactory(ministry=police, made__due_on=date(2022, 3, 12))
    friday = date(2022, 3, 11)  # Moshoeshoe's Day
    notify(now=at(friday, 0))
    assert notify(now=at(friday)).sent == 0

    DigestSchedule.objects.create(person=police.users.get(), on_holidays=True)

    assert notify(now=at(friday)).sent == 1


def test_each_person_chooses_how_often(police):
    CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 26))
    person = police.users.get()
    wednesday = date(2022, 1, 19)
    NoticeFrequency.objects.create(person=person, kind=NoticeKind.DUE_SOON, frequency=Frequency.NEVER)
    assert notify(now=at(wednesday)).sent == 0
    assert told("police@gov.example") == [NoticeKind.DUE_SOON]

    Notice.objects.all().delete()
    NoticeFrequency.objects.update(frequency=Frequency.WEEKLY)
    assert [notify(now=at(wednesday + timedelta(days=days))).sent for days in range(6)] == [0, 0, 0, 0, 0, 1]


def test_the_last_recipient_of_a_ministry_is_told_of_what_is_overdue(police):
    CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 3))
    first = police.users.get()
    NoticeFrequency.objects.create(person=first, kind=NoticeKind.OVERDUE, frequency=Frequency.NEVER)

    notify(now=at(date(2022, 1, 10)))

    assert mails_to(first.email) == 1


def test_what_was_read_in_the_application_is_not_mailed(police):
    CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 20))
    notify(now=at(date(2022, 1, 13), 7))
    Notice.objects.update(read_at=at(date(2022, 1, 13), 7, 30))

    assert notify(now=at(date(2022, 1, 13))).sent == 0


def test_a_run_repeated_or_with_the_clock_put_back_changes_nothing(police):
    CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 3))
    UpdateVersionFactory(update__commitment__ministry=police, returned=True)
    now = at(date(2022, 1, 17))
    first = notify(now=now)
    rows = list(Notice.objects.order_by("pk").values())

    again = [notify(now=now), notify(now=now - timedelta(hours=1)), notify(now=now)]

    assert first.written == len(rows) > 0
    assert [result.sent for result in again] == [0, 0, 0]
    assert Notice.objects.count() == len(rows)


def test_the_number_of_queries_does_not_grow_with_people_and_commitments(police, officer):
    numbers = count(1)

    def add(number: int) -> None:
        for _ in range(number):
            FocalPointFactory(ministry=police, email=f"focal{next(numbers)}@gov.example", created_at=LONG_AGO)
            CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 3))

    def count_queries() -> int:
        Notice.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            notify(now=at(date(2022, 1, 17)))
        return len(queries)

    add(2)
    few = count_queries()
    add(8)

    assert count_queries() == few <= 40
