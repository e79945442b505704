"""The labels of texts that can be redacted, and who gets a link to them."""

import pytest
from django.urls import reverse

from dialogues.models import CommitmentEvent
from dialogues.models.free_texts import FREE_TEXTS
from dialogues.views.redaction_fields import FIELD_LABELS
from dialogues.views.redaction_places import label_places
from recommendations.models import BenchmarkTerms, Edition, EditionTerms, QuestionTerms, RecommendationTerms
from tests import factories
from tests.factories import AmbassadorFactory, EditionFactory, EvidenceFactory, EvidenceFileFactory, OfficerFactory

pytestmark = pytest.mark.django_db

FACTORIES = {
    each._meta.model: each for each in vars(factories).values() if hasattr(each, "_meta") and hasattr(each, "create")
}
PARENT_FACTORIES = {
    CommitmentEvent: factories.CommitmentFactory,
    EditionTerms: EditionFactory,
    QuestionTerms: factories.QuestionFactory,
    RecommendationTerms: factories.RecommendationFactory,
    BenchmarkTerms: factories.BenchmarkFactory,
}
"""Models whose first row is made together with a row of another model."""


def create_row(model):
    if model in PARENT_FACTORIES:
        PARENT_FACTORIES[model]()
        return model.objects.first()
    return FACTORIES[model]()


@pytest.mark.parametrize("model", FREE_TEXTS, ids=lambda model: model.__name__)
def test_every_redactable_text_has_a_label_in_words(model):
    row = create_row(model)
    fields = FREE_TEXTS[model].fields

    places = label_places(OfficerFactory(), [(model, row.pk, field) for field in fields])

    for place, field in zip(places, fields, strict=True):
        name, _, field_label = place.label.rpartition(": ")
        assert field_label == FIELD_LABELS[field]
        assert name[0].isupper()
        assert "_" not in place.label
        assert not getattr(row, field) or getattr(row, field) not in name


def test_a_file_links_to_its_evidence():
    file = EvidenceFileFactory(name="list.pdf")
    evidence = EvidenceFactory(file=file)

    [place] = label_places(OfficerFactory(), [(type(file), file.pk, "name")])

    assert place.label.startswith("File uploaded on ")
    assert place.url == reverse("evidence_detail", args=[evidence.pk])


def test_the_ambassador_gets_no_link_to_a_page_that_only_officers_open():
    edition = EditionFactory()
    place = (Edition, edition.pk, "note")

    [of_officer], [of_ambassador] = label_places(OfficerFactory(), [place]), label_places(AmbassadorFactory(), [place])

    assert of_officer.url == reverse("edition_terms", args=[edition.pk])
    assert of_ambassador.url == ""
    assert of_ambassador.label == f"Edition of {edition.year}: note"
