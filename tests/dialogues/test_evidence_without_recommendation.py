"""Evidence that supports an indicium or answers a yearly question without any benchmark, and names a partner."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from dialogues.actions.duplicates import DuplicateRecord
from dialogues.actions.evidence import log_evidence, review_evidence
from dialogues.actions.revisions import revise_evidence
from dialogues.choices import DoneBy, EvidenceDecision, EvidenceKind, SupportKind
from dialogues.models import Evidence, EvidenceReview
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tests.edition_urls import edition_url
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CountryFactory,
    EvidenceFactory,
    EvidenceIndiciumFactory,
    EvidenceQuestionFactory,
    OfficerFactory,
    PartnerFactory,
    QuestionFactory,
    RecommendationFactory,
    at_noon,
)
from tests.refusals import refuses
from tests.visibility import EMBASSY, create_readers, same_for_each, visible_names
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = date(2022, 1, 20)
NOW = at_noon(date(2022, 1, 28))
COOPERATION = [(4, SupportKind.ACTION)]


def log_joint_case(by, **values):
    """Log cooperation with South African police on 20 January; `values` replace values."""
    return log_evidence(
        **{
            "country": CountryFactory(),
            "title": "Police of both countries met about two cases",
            "kind": EvidenceKind.REPORT,
            "happened_from": DAY,
            "happened_to": DAY,
            "done_by": DoneBy.JOINT,
            "stated_by": "Police",
            "source": "Minutes",
            "indicia": COOPERATION,
            "by": by,
            "now": NOW,
            **values,
        }
    )


def revise(evidence, by, **values):
    fields = ("title", "kind", "happened_from", "happened_to", "done_by", "stated_by", "source")
    values = {name: getattr(evidence, name) for name in fields} | values
    return revise_evidence(evidence=evidence, reason="It was wrong.", by=by, now=NOW, **values)


def verify(evidence, by):
    return review_evidence(
        evidence=evidence, evidence_link=None, decision=EvidenceDecision.VERIFIED, reason="Seen.", by=by, now=NOW
    )


def readiness(edition):
    result = evaluate_readiness(gather_facts(edition), as_of=NOW.date())
    return result.score, result.waiting


def test_a_verified_action_on_an_indicium_adds_nothing_where_a_benchmark_link_would():
    benchmark = BenchmarkFactory(recommendation__indicia=[4])
    edition = benchmark.recommendation.edition
    EvidenceFactory(indicia=[4], verified=True, done_by=DoneBy.GOVERNMENT)
    EvidenceFactory(indicia=[4], done_by=DoneBy.GOVERNMENT)
    assert readiness(edition) == (0, 0)

    EvidenceFactory(supports=[benchmark], verified=True, done_by=DoneBy.GOVERNMENT)

    assert readiness(edition)[0] > 0


def test_it_waits_for_another_person_and_a_review_of_the_evidence_itself_ends_the_wait():
    officer, colleague = OfficerFactory(), OfficerFactory()
    evidence = log_joint_case(officer)

    assert list(Evidence.objects.unreviewed()) == [evidence]
    assert list(Evidence.objects.for_review_by(officer)) == []
    assert list(Evidence.objects.for_review_by(colleague)) == [evidence]
    with refuses("needs_second_person"):
        verify(evidence, officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceReview.objects.create(
            evidence=evidence, decision="verified", reason="Own.", recorded_at=NOW, recorded_by=officer
        )

    verify(evidence, colleague)

    assert not Evidence.objects.unreviewed().exists()


def test_a_verified_benchmark_leaves_the_indicium_waiting():
    EvidenceFactory(supports=[BenchmarkFactory()], verified=True)
    both = EvidenceFactory(supports=[BenchmarkFactory()], indicia=[9])
    link = both.evidence_links.get()
    review_evidence(
        evidence=both,
        evidence_link=link,
        decision=EvidenceDecision.VERIFIED,
        reason="Seen.",
        by=AmbassadorFactory(),
        now=NOW,
    )

    assert list(Evidence.objects.unreviewed()) == [both]


def test_an_answer_to_a_yearly_question_waits_for_review_too():
    evidence = EvidenceQuestionFactory().evidence

    assert list(Evidence.objects.for_review_by(OfficerFactory())) == [evidence]


def test_only_the_embassy_sees_what_evidence_supports_without_a_recommendation():
    rows = {"indicium": EvidenceIndiciumFactory()}

    assert visible_names(create_readers(), rows) == same_for_each(EMBASSY, ["indicium"])


@pytest.mark.parametrize("indicia", [[(13, SupportKind.ACTION)], [*COOPERATION, (4, SupportKind.PLAN)]])
def test_an_indicium_is_one_of_the_twelve_and_named_once(indicia):
    with refuses("invalid_indicium", field="indicia"):
        log_joint_case(OfficerFactory(), indicia=indicia)


def test_questions_and_partners_are_of_the_country():
    elsewhere = CountryFactory(elsewhere=True)
    with refuses("invalid_question", field="questions"):
        log_joint_case(OfficerFactory(), questions=[QuestionFactory(edition__country=elsewhere)])
    with refuses("another_country", field="partner"):
        log_joint_case(OfficerFactory(), partner=PartnerFactory(country=elsewhere))


def test_a_partner_of_what_the_government_did_alone_must_have_stated_it():
    partner = PartnerFactory(name="The House")
    with refuses("partner_without_part", field="partner"):
        log_joint_case(OfficerFactory(), partner=partner, done_by=DoneBy.GOVERNMENT)

    stated = log_joint_case(
        OfficerFactory(), partner=partner, done_by=DoneBy.GOVERNMENT, stated_by="Director of the House"
    )
    taken_part = log_joint_case(OfficerFactory(), partner=partner, title="They met again")

    assert stated.doer == "Government"
    assert taken_part.doer == "Joint, the government taking part (The House)"


def test_the_same_event_on_another_indicium_is_no_duplicate():
    officer = OfficerFactory()
    log_joint_case(officer)
    with pytest.raises(DuplicateRecord):
        log_joint_case(officer)

    log_joint_case(officer, indicia=[(5, SupportKind.ACTION)])

    assert Evidence.objects.count() == 2


def test_a_revision_changes_the_indicia_and_the_log_keeps_both():
    officer = OfficerFactory()
    evidence = log_joint_case(officer)
    with refuses("unchanged"):
        revise(evidence, officer, indicia=COOPERATION)

    revision = revise(evidence, officer, indicia=[(5, SupportKind.CONTEXT)], questions=[QuestionFactory(number="9")])

    assert [(row.indicium, row.shows) for row in revision.indicia.all()] == [(5, "context")]
    detail = AuditEntry.objects.get(verb="evidence.revised").detail
    assert '"indicia": [[4, "concrete_action"]]' in detail.before
    assert '"questions": ["9"]' in detail.after


def test_an_officer_logs_it_finds_it_and_a_colleague_verifies_it(client):
    edition = RecommendationFactory().edition
    partner = PartnerFactory(name="The House")
    question = QuestionFactory(edition=edition, number="9")
    client.force_login(OfficerFactory())
    sent = {
        "title": "Police met the House",
        "kind": "report",
        "happened_from": "2022-01-20",
        "done_by": "joint",
        "source": "Minutes",
        "stated_by": "Police",
        "partner": partner.pk,
        "indicia": ["4", "9"],
        "indicia_show": "concrete_action",
        "questions": [question.pk],
        "sensitivity": "internal",
        "evidence_links-TOTAL_FORMS": 0,
        "evidence_links-INITIAL_FORMS": 0,
    }

    page = client.post(edition_url("evidence_log"), sent, follow=True)

    evidence = Evidence.objects.get()
    assert page.request["PATH_INFO"] == reverse("evidence_detail", args=[evidence.pk])
    assert "Indicium 9, partnerships" in page.text
    assert "The House" in page.text
    again = client.get(reverse("evidence_revise", args=[evidence.pk])).context["form"]
    assert (again["indicia"].value(), again["questions"].value()) == ([4, 9], [str(question.pk)])
    for query, found in (({"indicium": 9}, 1), ({"indicium": 5}, 0), ({"partner": partner.pk}, 1), ({"q": "house"}, 1)):
        assert len(client.get(edition_url("evidence_list"), query).context["lines"]) == found, query
    listed = client.get(edition_url("partner_list")).context["rows"]
    assert [(row.evidence, row.verified) for row in listed] == [(1, 0)]

    client.force_login(OfficerFactory())
    assert [item.evidence for item in client.get(edition_url("my_tasks")).context["logged"]] == [evidence]
    review = {"evidence-decision": "verified", "evidence-reason": "I was there.", "evidence-seen": "0"}
    client.post(reverse("evidence_review", args=[evidence.pk]), review)

    assert not Evidence.objects.unreviewed().exists()
    assert [row.verified for row in client.get(edition_url("partner_list")).context["rows"]] == [1]
