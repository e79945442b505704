"""Every factory gives a valid row by itself, so that a test that fails has a reason of its own."""

import inspect

import pytest
from factory.django import DjangoModelFactory

from tests import factories

FACTORIES_WITH_PARENT = {
    "BenchmarkTermsFactory": lambda: {"benchmark": factories.BenchmarkFactory()},
    "CommitmentEventFactory": lambda: {"commitment": factories.CommitmentFactory(made=False)},
    "EditionTermsFactory": lambda: {"edition": factories.EditionFactory()},
    "QuestionTermsFactory": lambda: {"question": factories.QuestionFactory()},
    "RecommendationTermsFactory": lambda: {"recommendation": factories.RecommendationFactory()},
    "RecommendationWeightFactory": lambda: {
        "recommendation": (recommendation := factories.RecommendationFactory()),
        "terms": recommendation.edition.terms.get(),
    },
    "DraftFactory": lambda: {"commitment": factories.CommitmentFactory(), "saved_by": factories.FocalPointFactory()},
}
FACTORIES = [
    made
    for _, made in inspect.getmembers(factories, inspect.isclass)
    if issubclass(made, DjangoModelFactory) and made is not DjangoModelFactory
]


@pytest.mark.django_db
@pytest.mark.parametrize("made", FACTORIES, ids=lambda made: made.__name__)
def test_factory_gives_a_valid_row(made):
    row = made(**FACTORIES_WITH_PARENT.get(made.__name__, dict)())

    row.clean_fields(exclude={field.name for field in row._meta.fields if getattr(row, field.attname) is None})
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.django_db
def test_verified_evidence_is_verified_by_somebody_else():
    evidence = factories.EvidenceFactory(supports=[factories.BenchmarkFactory()], verified=True)

    assert [review.evidence_link for review in evidence.reviews.all()] == [None, evidence.evidence_links.get()]
    assert {review.recorded_by for review in evidence.reviews.all()} == {factories.ReviewerFactory()}


@pytest.mark.django_db
def test_evidence_of_a_version_is_its_senders_and_shared():
    sent = factories.UpdateVersionFactory()
    evidence = factories.EvidenceFactory(update_version=sent)

    assert (evidence.commitment, evidence.recorded_by) == (sent.update.commitment, sent.recorded_by)
    assert evidence.sensitivity == "shared"
