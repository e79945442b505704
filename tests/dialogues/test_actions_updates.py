"""Send, return, send again and accept an update."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from dialogues.actions.commitments import reschedule, withdraw
from dialogues.actions.updates import (
    FigureInput,
    ReviewInput,
    accept_update,
    list_parts_to_review,
    return_update,
    send_update,
)
from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    CommitmentStatus,
    DoneBy,
    EvidenceDecision,
    ReadingDirection,
    SupportKind,
)
from dialogues.models import (
    CommitmentEvent,
    Evidence,
    EvidenceReview,
    Reading,
    RedactionFile,
    UpdateVersion,
    UpdateVersionDecision,
)
from recommendations.choices import Rule
from recommendations.models import Edition
from reports.readiness.explanation.counting_reasons import find_counting_statuses
from reports.readiness.forecast.review_simulation import ReviewSimulation
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tests.concurrent_writes import run_simultaneously
from tests.dialogues.commitment_histories import january
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    RedactionDecisionFactory,
    RedactionFactory,
    at_noon,
)
from tests.pseudo_languages import LEFT_TO_RIGHT, OPEN, pseudo_languages
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import Job

TODAY = date(2022, 1, 28)
NOW = at_noon(TODAY)


@pytest.fixture
def police(db):
    return FocalPointFactory(name="Lepota Sekola", ministry=MinistryFactory(short_name="Police"))


@pytest.fixture
def officer(db):
    return OfficerFactory(name="Palesa Nkosi")


@pytest.fixture
def benchmark(db):
    """An indicator: districts with a focal point, of 10."""
    return BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=10)


@pytest.fixture
def commitment(police, benchmark):
    """A commitment of the police, due on 14 February, on a counted and an assessed benchmark."""
    return CommitmentFactory(
        ministry=police.ministry, made__due_on=date(2022, 2, 14), benchmarks=[benchmark, BenchmarkFactory()]
    )


def send(commitment, by, **values):
    """Send an update on work under way from 10 to 20 January; `values` replace values."""
    return send_update(
        **{
            "commitment": commitment,
            "title": "Six focal points placed",
            "narrative": "Six districts have one now.",
            "claimed": ClaimedProgress.UNDER_WAY,
            "happened_from": january(10),
            "happened_to": january(20),
            "done_by": DoneBy.GOVERNMENT,
            "files": [],
            "figures": [],
            "by": by,
            "now": NOW,
            **values,
        }
    )


def review_inputs(sent, decision=EvidenceDecision.VERIFIED, **values):
    """Return the same decision for every item of a version."""
    return [
        ReviewInput(piece, evidence_link, decision, "Seen.", **values)
        for piece, evidence_link in list_parts_to_review(sent)
    ]


def accept(sent, by, reviews=None, **values):
    return accept_update(
        **{"update_version": sent, "reviews": reviews or review_inputs(sent), "by": by, "now": NOW, **values}
    )


def return_version(sent, by, **values):
    return return_update(**{"update_version": sent, "reason": "Please add the dates.", "by": by, "now": NOW, **values})


def commitment_status(commitment, day=TODAY):
    return commitment.standing_on(day).status


# --- Send -------------------------------------------------------------------------------------------------------------


def test_send_update_keeps_what_was_sent(commitment, police):
    sent = UpdateVersion.objects.get(pk=send(commitment, police).pk)

    assert (sent.update.commitment, sent.update.number, sent.number) == (commitment, 1, 1)
    assert (sent.narrative, sent.claimed, sent.happened_on) == (
        "Six districts have one now.",
        "under_way",
        january(20),
    )
    assert (sent.recorded_by, sent.recorded_at) == (police, NOW)
    assert list(UpdateVersion.objects.undecided()) == [sent]


def test_send_update_without_files_makes_the_update_itself_evidence(commitment, police):
    sent = send(commitment, police, done_by=DoneBy.JOINT)

    piece = Evidence.objects.get()
    assert (piece.title, piece.kind, piece.file, piece.update_version) == (
        "Six focal points placed",
        "statement",
        None,
        sent,
    )
    assert (piece.happened_from, piece.happened_to, piece.done_by) == (january(10), january(20), "joint")
    assert (piece.commitment, piece.sensitivity, piece.stated_by) == (commitment, "shared", "Ministry of Police")
    assert piece.source == "Update of the Ministry of Police, 28 January 2022"
    assert (piece.recorded_by, piece.recorded_at) == (police, NOW)


def test_send_update_makes_each_file_a_piece_of_evidence(commitment, police):
    files = [EvidenceFileFactory(name=name, uploaded_by=police) for name in ("list.pdf", "photo.jpg")]
    send(commitment, police, files=files)

    pieces = Evidence.objects.order_by("pk")
    assert [(piece.title, piece.kind, piece.file) for piece in pieces] == [
        ("Six focal points placed (list.pdf)", "report", files[0]),
        ("Six focal points placed (photo.jpg)", "report", files[1]),
    ]


def test_send_update_with_one_file_keeps_the_title(commitment, police):
    send(commitment, police, files=[EvidenceFileFactory(uploaded_by=police)])

    assert Evidence.objects.get().title == "Six focal points placed"


@pytest.mark.parametrize(
    ("claimed", "shows"),
    [
        (ClaimedProgress.NOT_STARTED, SupportKind.PLAN),
        (ClaimedProgress.UNDER_WAY, SupportKind.ACTION),
        (ClaimedProgress.DONE, SupportKind.ACTION),
    ],
)
def test_send_update_supports_every_benchmark_of_the_commitment(commitment, police, claimed, shows):
    send(commitment, police, claimed=claimed)

    evidence_links = Evidence.objects.get().evidence_links.all()
    assert [(b.benchmark, b.shows, b.recorded_by) for b in evidence_links] == [
        (link.benchmark, shows, police) for link in commitment.links.all()
    ]


def test_send_update_with_figures_makes_readings_from_the_start_of_the_period(commitment, police, benchmark):
    indicator = benchmark.current_terms.indicator
    files = [EvidenceFileFactory(uploaded_by=police) for _ in range(2)]
    sent = send(commitment, police, files=files, figures=[FigureInput(indicator, Decimal(6), "", january(20))])

    reading = Reading.objects.get()
    assert (reading.indicator, reading.display_value, reading.starts_on, reading.through_on) == (
        indicator,
        "6",
        date(2021, 4, 1),
        january(20),
    )
    assert (reading.evidence, reading.update_version) == (Evidence.objects.get(kind="statistic"), sent)
    assert reading.source == "Update of the Ministry of Police, 28 January 2022"


def test_the_texts_composed_for_an_update_are_in_the_language_of_the_record(commitment, police, benchmark):
    figures = [FigureInput(benchmark.current_terms.indicator, Decimal(6), "", january(20))]
    with pseudo_languages(), override(LEFT_TO_RIGHT):
        send(commitment, police, files=[EvidenceFileFactory(uploaded_by=police)], figures=figures)

    texts = {text for piece in Evidence.objects.all() for text in (piece.title, piece.source, piece.stated_by)}
    assert [text for text in texts if OPEN in text] == []
    assert "Update of the Ministry of Police, 28 January 2022" in texts


def test_each_figure_of_an_update_becomes_a_piece_of_evidence(police):
    cases, convictions = (IndicatorFactory(name=name) for name in ("Cases", "Convictions"))
    counted = [
        BenchmarkFactory(terms__rule=Rule.MORE, terms__indicator=indicator) for indicator in (cases, convictions)
    ]
    commitment = CommitmentFactory(ministry=police.ministry, benchmarks=counted)
    figures = [
        FigureInput(cases, Decimal(6), "", january(20)),
        FigureInput(convictions, None, ReadingDirection.UP, date(2021, 12, 31)),
    ]
    sent = send(
        commitment, police, files=[EvidenceFileFactory(uploaded_by=police)], figures=figures, done_by=DoneBy.JOINT
    )

    file, *pieces = sent.evidence.order_by("pk")
    assert (file.kind, file.readings.count(), file.evidence_links.count()) == ("report", 0, 2)
    assert [(piece.title, piece.happened_from, piece.happened_to) for piece in pieces] == [
        (
            "Six focal points placed (Cases: 6, from 1 April 2021 to 20 January 2022)",
            date(2021, 4, 1),
            january(20),
        ),
        (
            "Six focal points placed (Convictions: More, no figure, from 1 April 2021 to 31 December 2021)",
            date(2021, 4, 1),
            date(2021, 12, 31),
        ),
    ]
    for piece, indicator in zip(pieces, (cases, convictions), strict=True):
        assert [reading.indicator for reading in piece.readings.all()] == [indicator]
        assert (piece.kind, piece.done_by, piece.stated_by, piece.commitment, piece.sensitivity) == (
            "statistic",
            "government",
            "Ministry of Police",
            commitment,
            "shared",
        )
        assert not piece.evidence_links.exists()


def test_send_update_whose_figures_answer_everything_needs_no_statement(police, benchmark):
    commitment = CommitmentFactory(ministry=police.ministry, benchmarks=[benchmark])
    figures = [FigureInput(benchmark.current_terms.indicator, Decimal(6), "", january(20))]

    assert [piece.kind for piece in send(commitment, police, figures=figures).evidence.all()] == ["statistic"]


@pytest.mark.parametrize("rule", [Rule.ASSESSED, Rule.MORE])
def test_send_update_whose_words_claim_more_than_its_figures_keeps_them_as_a_statement(police, benchmark, rule):
    commitment = CommitmentFactory(ministry=police.ministry, benchmarks=[benchmark, BenchmarkFactory(terms__rule=rule)])
    figures = [FigureInput(benchmark.current_terms.indicator, Decimal(6), "", january(20))]
    sent = send(commitment, police, figures=figures)

    statement, figure = sent.evidence.order_by("pk")
    assert (statement.kind, statement.evidence_links.count(), statement.readings.count()) == ("statement", 2, 0)
    assert (figure.kind, figure.evidence_links.count(), figure.readings.count()) == ("statistic", 0, 1)


def test_send_update_cuts_a_long_line_rather_than_refuse_its_figure(commitment, police, benchmark):
    figures = [FigureInput(benchmark.current_terms.indicator, Decimal(6), "", january(20))]
    sent = send(commitment, police, title="x" * 400, figures=figures)

    assert {len(piece.title) for piece in sent.evidence.all()} == {400}


def test_send_update_with_a_figure_outside_the_window_is_kept(commitment, police, benchmark):
    edition = EditionFactory()
    indicator = benchmark.current_terms.indicator
    late = at_noon(date(2022, 5, 2))
    send(commitment, police, figures=[FigureInput(indicator, None, ReadingDirection.UP, date(2022, 4, 30))], now=late)

    reading = Reading.objects.get()
    assert (reading.starts_on, reading.through_on) == (edition.starts_on, date(2022, 4, 30))
    assert not edition.covers(reading.starts_on, reading.through_on)


def test_send_update_claiming_done_reports_the_commitment_done(commitment, police):
    sent = send(commitment, police, claimed=ClaimedProgress.DONE)

    event = commitment.events.last()
    assert (event.kind, event.happened_on, event.update_version, event.recorded_by) == (
        "reported_done",
        january(20),
        sent,
        police,
    )
    assert commitment_status(commitment) is CommitmentStatus.WITH_EMBASSY
    assert commitment_status(commitment, january(19)) is CommitmentStatus.OPEN


@pytest.mark.parametrize("claimed", [ClaimedProgress.NOT_STARTED, ClaimedProgress.UNDER_WAY])
def test_send_update_claiming_less_is_with_the_embassy_and_no_event(commitment, police, claimed):
    send(commitment, police, claimed=claimed)

    assert commitment_status(commitment) is CommitmentStatus.WITH_EMBASSY
    assert commitment.events.count() == 1


def test_a_report_of_an_earlier_day_than_the_newest_event_is_dated_with_that_event(commitment, police, officer):
    reschedule(
        commitment=commitment, due_on=date(2022, 2, 20), reason="They asked.", on=january(25), by=officer, now=NOW
    )
    send(commitment, police, claimed=ClaimedProgress.DONE, happened_to=january(20))

    assert commitment_status(commitment) is CommitmentStatus.WITH_EMBASSY
    assert commitment.events.last().happened_on == january(25)


def test_send_update_is_entered_in_the_log_and_asks_for_readiness(commitment, police):
    sent = send(commitment, police)

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.row, entry.by, entry.country) == ("update.sent", str(sent.pk), police, commitment.country)
    assert [job.key for job in Job.objects.filter(kind="readiness")] == [str(EditionFactory().pk)]


def test_day_outside_the_window_is_kept(commitment, police):
    send(commitment, police, happened_from=None, happened_to=date(2021, 3, 15))

    assert Evidence.objects.get().happened_to == date(2021, 3, 15)


@pytest.mark.parametrize(
    ("values", "field", "code", "sentence"),
    [
        ({"title": " "}, "title", "required", "Write in one line what was done."),
        ({"narrative": ""}, "narrative", "required", "Write in a few sentences what was done."),
        ({"happened_to": date(2022, 1, 29)}, "happened_to", "future_day", ""),
        ({"happened_from": january(21)}, "happened_to", "reversed_dates", ""),
        (
            {"done_by": DoneBy.CIVIL_SOCIETY},
            "done_by",
            "no_choice",
            "Choose whether the government did it alone or together",
        ),
        ({"claimed": "nearly"}, "claimed", "invalid_choice", ""),
        ({"title": "x" * 401}, "title", "max_length", ""),
    ],
)
def test_send_update_refuses(commitment, police, values, *, field, code, sentence):
    with refuses(code, field=field, sentence=sentence):
        send(commitment, police, **values)
    assert not UpdateVersion.objects.exists()
    assert not commitment.updates.exists()


@pytest.mark.parametrize(
    ("figure_values", "code", "sentence"),
    [
        ((Decimal(-1), "", january(20)), "out_of_range", ""),
        ((Decimal(1), ReadingDirection.UP, january(20)), "figure_and_direction", ""),
        ((Decimal(1), "", date(2022, 1, 29)), "future_day", ""),
        (
            (Decimal(1), "", date(2021, 3, 31)),
            "before_tracking_period",
            "No tracking period had begun by 31 March 2021.",
        ),
    ],
)
def test_send_update_refuses_figures(commitment, police, benchmark, figure_values, *, code, sentence):
    figures = [FigureInput(benchmark.current_terms.indicator, *figure_values)]

    with refuses(code, field="figures", sentence=sentence):
        send(commitment, police, claimed=ClaimedProgress.DONE, figures=figures)
    assert not UpdateVersion.objects.exists()
    assert commitment_status(commitment) is CommitmentStatus.OPEN


def test_send_update_refuses_figures_not_asked_of_the_ministry(commitment, police):
    of_another = IndicatorFactory(name="Shelters")

    with refuses("not_asked", field="figures", sentence="We do not ask your ministry for “Shelters”."):
        send(commitment, police, figures=[FigureInput(of_another, Decimal(1), "", january(20))])


def test_send_update_accepts_files_of_the_returned_version_again(commitment, police, officer):
    def attached(**more):
        return EvidenceFileFactory(uploaded_by=police, **more)

    older, last = attached(), [attached(), attached()]
    of_another = attached()
    EvidenceFactory(file=of_another, commitment=CommitmentFactory(ministry=police.ministry))
    for files in ([older], last):
        return_update(update_version=send(commitment, police, files=files), reason="Add more.", by=officer, now=NOW)
    destroyed = last[1]
    redaction = RedactionFactory(country=commitment.country)
    RedactionFile.objects.create(redaction=redaction, file=destroyed)
    RedactionDecisionFactory(redaction=redaction)
    colleague = FocalPointFactory(ministry=police.ministry)

    for file in (older, of_another, destroyed):
        with refuses("already_sent", field="files"):
            send(commitment, colleague, files=[last[0], file])

    sent = send(commitment, colleague, files=[last[0]])
    assert [piece.file for piece in sent.evidence.all()] == [last[0]]


def test_send_update_refuses_files_of_an_accepted_update(commitment, police, officer):
    file = EvidenceFileFactory(uploaded_by=police)
    sent = send(commitment, police, files=[file])
    accept(sent, officer, review_inputs(sent))

    with refuses("already_sent", field="files"):
        send(commitment, police, files=[file])


def test_send_update_refuses_files_of_others_and_files_sent_before(commitment, police):
    colleague = FocalPointFactory(ministry=police.ministry)
    sent = EvidenceFileFactory(uploaded_by=police)
    EvidenceFactory(file=sent)

    for file in (sent, EvidenceFileFactory(uploaded_by=colleague)):
        with refuses("already_sent", field="files"):
            send(commitment, police, files=[file])


def test_send_update_refuses_too_many_files(commitment, police, settings):
    settings.UPLOAD_MAX_FILES = 1

    with refuses("too_many", field="files", sentence="You can attach at most 1 file to one update."):
        send(commitment, police, files=[EvidenceFileFactory(uploaded_by=police) for _ in range(2)])


@pytest.mark.parametrize(
    ("kind", "label"),
    [(CommitmentEventKind.WITHDRAWN, "Withdrawn"), (CommitmentEventKind.VERIFIED_DONE, "Verified done")],
)
def test_send_update_refuses_a_settled_commitment(commitment, police, kind, label):
    CommitmentEventFactory(
        commitment=commitment,
        kind=kind,
        happened_on=january(12),
        reason="The embassy's own reason, which a ministry does not read.",
        recorded_by=OfficerFactory(name="Thabo Mokoena"),
    )

    with refuses(
        "closed",
        sentence=f"{label} on 12 January 2022. You need not do anything more. If the work continues, ask the embassy "
        "to reopen the commitment.",
    ):
        send(commitment, police)


def test_send_update_refuses_while_one_waits_and_says_whose(commitment, police):
    send(commitment, police, now=at_noon(january(27)))
    colleague = FocalPointFactory(ministry=police.ministry)

    with refuses(
        "update_waits",
        sentence="The embassy already has the update that Lepota Sekola sent on 27 January 2022 at 12:00.",
    ):
        send(commitment, colleague)
    assert UpdateVersion.objects.count() == 1


@pytest.mark.parametrize("factory", [OfficerFactory, AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_the_ministrys_own_focal_points_send(commitment, factory):
    with pytest.raises(PermissionDenied):
        send(commitment, factory())


def test_a_supporting_ministry_cannot_send_an_update(commitment, benchmark):
    supporting = FocalPointFactory()
    benchmark.recommendation.supporting.add(supporting.ministry)

    with pytest.raises(PermissionDenied):
        send(commitment, supporting)


def test_nobody_sends_updates_on_commitments_of_the_united_states(police):
    with pytest.raises(PermissionDenied):
        send(CommitmentFactory(united_states=True), police)


# --- Return -----------------------------------------------------------------------------------------------------------


def test_return_update_gives_the_reason(commitment, police, officer):
    sent = send(commitment, police)
    decision = return_version(sent, officer, reason=" Please add the dates. ")

    assert UpdateVersionDecision.objects.get() == decision
    assert (decision.decision, decision.reason, decision.recorded_by) == ("returned", "Please add the dates.", officer)
    assert AuditEntry.objects.last().verb == "update.returned"
    assert commitment.events.count() == 1


def test_returning_an_update_reopens_a_commitment_claimed_done(commitment, police, officer):
    sent = send(commitment, police, claimed=ClaimedProgress.DONE)
    return_version(sent, officer)

    event = commitment.events.last()
    assert (event.kind, event.happened_on, event.update_version) == ("report_returned", TODAY, sent)
    assert commitment_status(commitment) is CommitmentStatus.OPEN
    assert commitment_status(commitment, date(2022, 2, 15)) is CommitmentStatus.OVERDUE


def test_return_update_needs_a_reason(commitment, police, officer):
    with refuses("required", field="reason", sentence="Write what the ministry has to change."):
        return_version(send(commitment, police), officer, reason=" ")


def test_a_corrected_version_belongs_to_the_returned_update(commitment, police, officer):
    first = send(commitment, police, claimed=ClaimedProgress.DONE)
    return_version(first, officer)
    mended = send(commitment, police, claimed=ClaimedProgress.DONE)

    assert (mended.update, mended.number) == (first.update, 2)
    assert commitment_status(commitment) is CommitmentStatus.WITH_EMBASSY, (
        "though what it tells of was done before the return"
    )


def test_version_after_an_accepted_one_begins_a_new_update(commitment, police, officer):
    accept(send(commitment, police), officer)
    another = send(commitment, police)

    assert (another.update.number, another.number) == (2, 1)


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_decide_on_updates(commitment, police, factory):
    sent = send(commitment, police)

    with pytest.raises(PermissionDenied):
        return_version(sent, factory())
    with pytest.raises(PermissionDenied):
        accept(sent, factory())
    with pytest.raises(PermissionDenied):
        accept(sent, police)


def test_an_officer_of_another_country_cannot_decide(commitment, police):
    sent = send(commitment, police)
    stranger = OfficerFactory(countries=[CountryFactory(elsewhere=True)])

    with pytest.raises(PermissionDenied):
        return_version(sent, stranger)
    with pytest.raises(PermissionDenied):
        accept(sent, stranger)


# --- Accept -----------------------------------------------------------------------------------------------------------


def test_accept_update_reviews_each_link(commitment, police, officer):
    sent = send(commitment, police)
    piece = sent.evidence.get()
    first, second = piece.evidence_links.all()
    decision = accept(
        sent,
        officer,
        [
            ReviewInput(piece, first, EvidenceDecision.VERIFIED, "Seen on a visit."),
            ReviewInput(piece, second, EvidenceDecision.REJECTED, "It says nothing of that."),
        ],
    )

    assert (decision.decision, decision.recorded_by, decision.update_version) == ("accepted", officer, sent)
    assert [(r.evidence_link, r.decision, r.reason, r.recorded_by) for r in EvidenceReview.objects.all()] == [
        (first, "verified", "Seen on a visit.", officer),
        (second, "rejected", "It says nothing of that.", officer),
    ]
    entry = AuditEntry.objects.last()
    assert (entry.verb, entry.row) == ("update.accepted", str(sent.pk))
    assert "Seen on a visit." in entry.detail.after
    assert not UpdateVersion.objects.undecided().exists()


def test_accept_update_never_assesses_nor_settles_what_is_under_way(commitment, police, officer, benchmark):
    accept(send(commitment, police), officer)

    assert commitment_status(commitment) is CommitmentStatus.OPEN
    assert not benchmark.assessments.exists()


def test_accept_update_verifies_done_what_was_claimed_done(commitment, police, officer):
    sent = send(commitment, police, claimed=ClaimedProgress.DONE)
    accept(sent, officer, reason="Seen in all ten districts.")

    event = commitment.events.last()
    assert (event.kind, event.reason, event.update_version, event.happened_on) == (
        "verified_done",
        "Seen in all ten districts.",
        sent,
        TODAY,
    )
    assert commitment_status(commitment) is CommitmentStatus.VERIFIED


def test_accept_update_reviews_each_figure(police, officer):
    counted = [BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=10) for _ in range(2)]
    commitment = CommitmentFactory(ministry=police.ministry, benchmarks=counted)
    figures = [FigureInput(benchmark.current_terms.indicator, Decimal(6), "", january(20)) for benchmark in counted]
    sent = send(commitment, police, files=[EvidenceFileFactory(uploaded_by=police)], figures=figures)
    file, first, second = sent.evidence.order_by("pk")
    parts = list_parts_to_review(sent)
    assert parts == [
        *[(file, evidence_link) for evidence_link in file.evidence_links.all()],
        (first, None),
        (second, None),
    ]

    words = dict.fromkeys((file, first), EvidenceDecision.VERIFIED) | {second: EvidenceDecision.REJECTED}
    accept(sent, officer, [ReviewInput(piece, evidence_link, words[piece], "Seen.") for piece, evidence_link in parts])

    weights = find_counting_statuses(gather_facts(Edition.objects.get()), TODAY).readings
    assert [(weights[reading.pk].counts, weights[reading.pk].reason) for reading in sent.readings.order_by("pk")] == [
        (True, ""),
        (False, "rejected by the embassy on 28 January 2022"),
    ]


@pytest.mark.parametrize("files", [0, 1])
def test_accept_update_gives_the_points_simulated(commitment, police, officer, benchmark, files):
    papers = [EvidenceFileFactory(uploaded_by=police) for _ in range(files)]
    figures = [FigureInput(benchmark.current_terms.indicator, Decimal(6), "", january(20))]
    sent = send(commitment, police, files=papers, figures=figures)
    edition = Edition.objects.get()
    simulation = ReviewSimulation(gather_facts(edition), as_of=TODAY, now=NOW).update_gain(sent.pk)

    accept(sent, officer)

    assert evaluate_readiness(gather_facts(edition), as_of=TODAY).score - simulation.score == simulation.accepting > 0


def test_accept_update_reviews_a_file_that_a_figure_rests_on(commitment, police):
    sent = send(commitment, police, files=[EvidenceFileFactory(uploaded_by=police)])
    piece = sent.evidence.get()
    ReadingFactory(update_version=sent, evidence=piece)

    assert list_parts_to_review(sent) == [
        *[(piece, evidence_link) for evidence_link in piece.evidence_links.all()],
        (piece, None),
    ]


def test_accept_update_reviews_evidence_without_links(police, officer):
    sent = send(CommitmentFactory(ministry=police.ministry), police)
    piece = sent.evidence.get()

    assert list_parts_to_review(sent) == [(piece, None)]
    accept(sent, officer)
    assert EvidenceReview.objects.get().evidence_link is None


def test_accept_update_may_review_the_evidence_itself_as_well(commitment, police, officer):
    sent = send(commitment, police)
    accept(
        sent,
        officer,
        [*review_inputs(sent), ReviewInput(sent.evidence.get(), None, EvidenceDecision.VERIFIED, "Seen.")],
    )

    assert EvidenceReview.objects.count() == 3


def test_accept_update_names_what_is_not_reviewed(commitment, police, officer, benchmark):
    sent = send(commitment, police)
    _, second = list_parts_to_review(sent)

    with refuses(
        "missing_reviews",
        sentence="Verify or reject each item. Not decided yet: “Six focal points placed” for "
        f"{second[1].benchmark.key}.",
    ):
        accept(sent, officer, review_inputs(sent)[:1])
    assert not EvidenceReview.objects.exists()
    assert list(UpdateVersion.objects.undecided()) == [sent]


def test_accept_update_refuses_duplicate_reviews_and_parts_of_another_update(commitment, police, officer):
    sent = send(commitment, police)
    stray = EvidenceFactory(supports=[BenchmarkFactory()])

    for extra in (
        review_inputs(sent)[0],
        ReviewInput(stray, None, EvidenceDecision.VERIFIED, "Seen."),
        ReviewInput(stray, stray.evidence_links.get(), EvidenceDecision.VERIFIED, "Seen."),
        ReviewInput(sent.evidence.get(), stray.evidence_links.get(), EvidenceDecision.VERIFIED, "Seen."),
    ):
        with refuses("mismatched_reviews", sentence="One item is reviewed twice, or was not sent with this."):
            accept(sent, officer, [*review_inputs(sent), extra])


def test_accept_update_needs_a_reason_for_each_review(commitment, police, officer):
    sent = send(commitment, police)

    with refuses("required", field="reason"):
        accept(sent, officer, [each._replace(reason=" ") for each in review_inputs(sent)])


def test_accept_update_claimed_done_needs_a_reason(commitment, police, officer):
    sent = send(commitment, police, claimed=ClaimedProgress.DONE)

    with refuses("unproven", field="reason"):
        accept(sent, officer, reason=" ")
    assert not EvidenceReview.objects.exists(), "nothing of it is written"
    assert list(UpdateVersion.objects.undecided()) == [sent]


def test_accept_update_claimed_done_needs_something_verified(commitment, police, officer):
    EvidenceFactory(commitment=commitment, verified=True)  # of earlier, and not of this update
    sent = send(commitment, police, claimed=ClaimedProgress.DONE)

    with refuses("nothing_verified", sentence="The update says that the commitment is done, but you verified nothing"):
        accept(sent, officer, review_inputs(sent, EvidenceDecision.REJECTED), reason="Seen.")
    assert commitment_status(commitment) is CommitmentStatus.WITH_EMBASSY


def test_accept_update_claimed_done_needs_its_first_day(commitment, police, officer):
    sent = send(commitment, police, claimed=ClaimedProgress.DONE, happened_from=None)

    with refuses("unproven"):
        accept(sent, officer, reason="Seen.")
    accept(sent, officer, review_inputs(sent, first_on=january(3)), reason="Seen.")
    assert commitment_status(commitment) is CommitmentStatus.VERIFIED


def test_accept_update_under_way_may_reject_all(commitment, police, officer):
    sent = send(commitment, police)
    accept(sent, officer, review_inputs(sent, EvidenceDecision.REJECTED))

    assert sent.decision.decision == "accepted"


def test_accept_update_on_a_commitment_withdrawn_since_settles_nothing(commitment, police, officer):
    sent = send(commitment, police, claimed=ClaimedProgress.DONE)
    CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.WITHDRAWN, happened_on=january(27))
    accept(sent, officer)

    assert commitment_status(commitment) is CommitmentStatus.WITHDRAWN


def test_waiting_version_keeps_a_commitment_from_being_withdrawn(commitment, police, officer):
    send(commitment, police)

    with refuses("update_waits"):
        withdraw(commitment=commitment, reason="They asked.", on=TODAY, by=officer, now=NOW)


@pytest.mark.parametrize("first", [return_version, accept])
@pytest.mark.parametrize("second", [return_version, accept])
def test_a_second_decision_is_refused_and_names_the_first(commitment, police, officer, first, second):
    sent = send(commitment, police)
    decision = first(sent, officer).decision

    with refuses("edit_conflict", sentence=f"Palesa Nkosi {decision} this update on 28 January 2022 at 12:00"):
        second(UpdateVersion.objects.get(pk=sent.pk), OfficerFactory())
    assert UpdateVersionDecision.objects.count() == 1


# --- Two at once, for real --------------------------------------------------------------------------------------------


def test_two_decisions_at_once_are_one_decision_and_one_refusal(fresh_database):
    police = FocalPointFactory()
    sent = send(CommitmentFactory(ministry=police.ministry), police, claimed=ClaimedProgress.DONE)
    one, other = OfficerFactory(), OfficerFactory()

    done, refused = run_simultaneously(
        lambda: accept(sent, one, reason="Seen."),
        lambda: return_version(UpdateVersion.objects.get(pk=sent.pk), other),
    )

    assert (done, refused) == ("done", "edit_conflict")
    assert UpdateVersionDecision.objects.count() == 1
    assert CommitmentEvent.objects.count() == 3


def test_two_updates_at_once_are_one_update_and_one_refusal(fresh_database):
    police = FocalPointFactory()
    colleague = FocalPointFactory(ministry=police.ministry)
    commitment = CommitmentFactory(ministry=police.ministry)

    done, refused = run_simultaneously(lambda: send(commitment, police), lambda: send(commitment, colleague))

    assert (done, refused) == ("done", "update_waits")
    assert UpdateVersion.objects.count() == Evidence.objects.count() == 1
