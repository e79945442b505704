"""Pages say what a decision would add, and the decision then adds it."""

import re
from datetime import date
from fractions import Fraction

import pytest
from django.urls import reverse

from dialogues.choices import ClaimedProgress, Verdict
from recommendations.choices import Rule
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tests.factories import (
    AssessmentFactory,
    BenchmarkFactory,
    CountryFactory,
    EvidenceFactory,
    FocalPointFactory,
    IndicatorFactory,
    OfficerFactory,
    UpdateVersionFactory,
)

pytestmark = pytest.mark.django_db


def get_simulation(client, sent, **headers):
    return client.get(reverse("version_simulation", args=[sent.pk]), headers=headers)


@pytest.fixture
def waiting_version():
    """An update version with one piece of evidence on one of two benchmarks of the one recommendation."""
    benchmark = BenchmarkFactory()
    BenchmarkFactory(recommendation=benchmark.recommendation)
    sent = UpdateVersionFactory(claimed=ClaimedProgress.DONE, update__commitment__benchmarks=[benchmark])
    EvidenceFactory(update_version=sent, supports=[benchmark])
    return sent


def test_version_simulation_says_what_accepting_and_assessing_would_add(client, waiting_version):
    client.force_login(OfficerFactory())

    response = get_simulation(client, waiting_version)

    # A step of one of two benchmarks is a quarter of 30 points; prosecution is the first of three Ps.
    assert response.context["accepting"].exact == Fraction(30, 4) + Fraction(20, 3)
    assert [(assessment.verdict, rise.exact) for assessment, rise in response.context["assessing"]] == [
        (Verdict.STEP, 0),
        (Verdict.MET, Fraction(30, 4)),
    ]
    assert "+14.2" in response.text
    assert "It adds its points alone, without other decisions." in response.text
    assert "14.2 to 21.7" in response.text
    assert 'data-points="15/2"' in response.text


def test_version_simulation_comes_alone_where_htmx_asks(client, waiting_version):
    client.force_login(OfficerFactory())

    text = get_simulation(client, waiting_version, HX_Request="true").text

    assert "<html" not in text
    assert "Accept and verify every item" in text


def test_version_simulation_of_a_version_that_is_accepted_says_what_a_verdict_adds(client):
    benchmark = BenchmarkFactory()
    sent = UpdateVersionFactory(accepted=True, update__commitment__benchmarks=[benchmark])
    EvidenceFactory(update_version=sent, supports=[benchmark], verified=True)
    client.force_login(OfficerFactory())

    response = get_simulation(client, sent)

    assert [(assessment.verdict, rise.exact) for assessment, rise in response.context["assessing"]] == [
        (Verdict.STEP, 0),
        (Verdict.MET, 15),
    ]
    assert "Accept it" not in response.text
    assert "Assess 1a: Met" in response.text


def test_version_simulation_of_an_accepted_version_without_anything_to_assess_says_so(client):
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    assert "and readiness includes it" in get_simulation(client, UpdateVersionFactory(accepted=True)).text


def test_version_simulation_of_a_version_that_was_returned_promises_nothing(client):
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    assert "This was returned" in get_simulation(client, UpdateVersionFactory(returned=True)).text


def test_version_simulation_is_not_a_ministrys_to_read(client, waiting_version):
    client.force_login(waiting_version.recorded_by)
    assert get_simulation(client, waiting_version).status_code == 403

    client.force_login(FocalPointFactory())
    assert get_simulation(client, waiting_version).status_code == 404

    client.force_login(OfficerFactory(countries=[CountryFactory(elsewhere=True)]))
    assert get_simulation(client, waiting_version).status_code == 404


def simulated_points(response, what):
    found = re.search(f'data-simulated="{what}" data-points="([^"]+)"', response.text)
    return Fraction(found[1])


def current_score(edition):
    return evaluate_readiness(gather_facts(edition), as_of=date(2022, 1, 28)).score


def test_version_simulation_follows_the_decisions_and_is_what_happens(client):
    """Verified, rejected, with and without a start date: simulated with the fields of the form, then sent."""
    first, second, third = (BenchmarkFactory() for _ in range(3))
    sent = UpdateVersionFactory(update__commitment__benchmarks=[first, second, third])
    dated = EvidenceFactory(update_version=sent, supports=[first, second])
    undated = EvidenceFactory(update_version=sent, happened_from=None, supports=[third])
    one, other = dated.evidence_links.all()
    last = undated.evidence_links.get()
    client.force_login(OfficerFactory())
    form = {
        f"evidence_link-{one.pk}-decision": "verified",
        f"evidence_link-{other.pk}-decision": "rejected",
        f"evidence_link-{last.pk}-decision": "verified",
    }
    address = reverse("version_simulation", args=[sent.pk])

    every = simulated_points(client.get(address), "accepting")
    some = client.get(address, {f"evidence_link-{one.pk}-decision": "verified"})
    assert (simulated_points(some, "accepting"), "verify the other 2 items" in some.text) == (every, True)
    unstated = client.get(address, form)
    assert "counts only after a reviewer enters one" in unstated.text
    stated = client.get(address, form | {f"evidence_link-{last.pk}-first_on": "2022-01-03"})
    assert "Accept as chosen" in stated.text
    assert "counts only after" not in stated.text
    told = simulated_points(stated, "accepting")
    assert simulated_points(unstated, "accepting") < told < every
    assert (
        simulated_points(client.get(address, form | {f"evidence_link-{last.pk}-first_on": "never"}), "accepting") < told
    )
    assert (
        "You marked an item “Needs a change”"
        in client.get(address, {f"evidence_link-{one.pk}-decision": "change"}).text
    )

    before = current_score(first.recommendation.edition)
    typed = form | {f"evidence_link-{last.pk}-first_on": "2022-01-03", "accept-reason": "We saw it."}
    assert client.post(reverse("version_accept", args=[sent.pk]), typed).status_code == 302
    assert current_score(first.recommendation.edition) - before == told


def test_evidence_simulation_is_what_reviewing_it_brings(client):
    first, second = BenchmarkFactory(), BenchmarkFactory()
    evidence = EvidenceFactory(supports=[first, second])
    one, other = evidence.evidence_links.all()
    client.force_login(OfficerFactory())
    address = reverse("evidence_simulation", args=[evidence.pk])
    edition = first.recommendation.edition

    every, form = simulated_points(client.get(address), "reviewing"), {f"evidence_link-{one.pk}-decision": "verified"}
    told = simulated_points(client.get(address, form), "reviewing")
    before = current_score(edition)
    client.post(reverse("evidence_review", args=[evidence.pk]), form | {f"evidence_link-{one.pk}-because": "seen"})
    after = current_score(edition)
    assert after - before == told > 0
    rest = simulated_points(client.get(address), "reviewing")
    assert told + rest == every
    client.post(
        reverse("evidence_review", args=[evidence.pk]),
        {f"evidence_link-{other.pk}-decision": "verified", f"evidence_link-{other.pk}-because": "seen"},
    )
    assert current_score(edition) - after == rest
    assert "Nothing here is waiting for a review" in client.get(address).text


@pytest.mark.parametrize("verdict", Verdict)
def test_benchmark_simulation_is_what_each_verdict_brings_on_what_is_ticked(client, verdict):
    benchmark = BenchmarkFactory()
    BenchmarkFactory(recommendation=benchmark.recommendation)
    old, new = (EvidenceFactory(supports=[benchmark], verified=True) for _ in range(2))
    AssessmentFactory(benchmark=benchmark, verdict=Verdict.STALLED, grounds=[old])
    client.force_login(OfficerFactory())
    address = reverse("benchmark_simulation", args=[benchmark.pk])
    edition = benchmark.recommendation.edition

    ticked = {"seen": benchmark.assessments.get().pk, "evidence": [old.pk, new.pk]}
    told = simulated_points(client.get(address, ticked), verdict.value)
    assert simulated_points(client.get(address), verdict.value) == told  # of the same day
    before = current_score(edition)
    sent = client.post(
        reverse("benchmark_assess", args=[benchmark.pk]),
        ticked
        | {"verdict": verdict.value, "rationale": "As it is.", "law": "22 U.S.C. 7106(b)(1)"}
        | ({} if verdict is Verdict.STALLED else {"change_reason": "It went on."}),
    )

    assert sent.status_code == 302
    assert current_score(edition) - before == told


def test_benchmark_simulation_says_where_a_verdict_adds_nothing(client):
    counted = BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=10, terms__indicator=IndicatorFactory())
    client.force_login(OfficerFactory())

    assert "Figures decide this benchmark" in client.get(reverse("benchmark_simulation", args=[counted.pk])).text


# --- After the decision -----------------------------------------------------------------------------------------------


def accept(client, sent):
    """Accept an update version on its page, verifying all of it; return the page that follows."""
    lines = [f"evidence_link-{link.pk}" for piece in sent.evidence.all() for link in piece.evidence_links.all()]
    posted = {f"{line}-decision": "verified" for line in lines} | {"accept-reason": "We saw it."}
    return client.post(reverse("version_accept", args=[sent.pk]), posted, follow=True)


def changed(client, page):
    """Follow what the confirmation loads, as htmx does."""
    [address] = re.findall(r'hx-get="([^"]*changed[^"]*)"', page.text)
    return " ".join(client.get(address, headers={"HX-Request": "true"}).text.split())


def test_the_confirmation_says_readiness_before_and_after_the_review(client):
    EvidenceFactory(supports=[BenchmarkFactory()], verified=True)
    benchmark = BenchmarkFactory()
    sent = UpdateVersionFactory(update__commitment__benchmarks=[benchmark])
    EvidenceFactory(update_version=sent, supports=[benchmark])
    client.force_login(OfficerFactory())

    text = changed(client, page := accept(client, sent))

    assert re.search(r"Readiness rose from [0-9.]+ to [0-9.]+ of 100\.", text)
    assert "did not change" not in text
    assert "Decision saved:" in page.text


def test_the_confirmation_says_why_a_review_changed_nothing(client):
    prosecutions = IndicatorFactory(name="Prosecutions")
    counted = BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=10, terms__indicator=prosecutions)
    sent = UpdateVersionFactory(update__commitment__benchmarks=[counted])
    EvidenceFactory(update_version=sent, supports=[counted])
    client.force_login(OfficerFactory())

    before = client.get(reverse("version_detail", args=[sent.pk])).text
    text = changed(client, accept(client, sent))

    assert "Your decision does not change this benchmark: only figures count for it." in before
    assert "Readiness did not change: 0 of 100." in text
    assert f"Benchmark {counted.key}: only figures count for this benchmark." in text
