"""Recording what was counted."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from dialogues.actions.readings import ReadingInput, record_reading
from dialogues.choices import ReadingDirection
from dialogues.models import Reading
from tests.factories import (
    AmbassadorFactory,
    CountryFactory,
    EvidenceFactory,
    FocalPointFactory,
    IndicatorFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.refusing import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import Job

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))


def record_one(by=None, *, evidence=None, **values):
    reading = ReadingInput(
        **{
            "indicator": IndicatorFactory(),
            "starts_on": date(2021, 4, 1),
            "through_on": date(2021, 12, 31),
            "figure": Decimal(16),
            "direction": "",
            "note": " ten of them of last year ",
            "source": "Police statistics",
            **values,
        }
    )
    return record_reading(reading=reading, evidence=evidence, by=by or OfficerFactory(), now=NOW)


def test_record_reading_writes_a_figure():
    edition = RecommendationFactory().edition
    by, evidence = OfficerFactory(), EvidenceFactory()
    record_one(by, evidence=evidence)

    reading = Reading.objects.get()
    assert (reading.told, reading.note, reading.source, reading.evidence) == (
        "16",
        "ten of them of last year",
        "Police statistics",
        evidence,
    )
    assert (reading.recorded_by, reading.recorded_at, reading.update_version) == (by, NOW, None)
    assert AuditEntry.objects.get().verb == "reading.recorded"
    assert Job.objects.get().key == str(edition.pk)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"figure": Decimal(0)}, "0"),
        ({"figure": None, "direction": ReadingDirection.UP}, "More, no figure"),
        ({"figure": None, "source": ""}, "no data"),
        ({"source": "", "evidence": True}, "16"),
        ({"through_on": date(2021, 3, 31), "starts_on": date(2020, 4, 1)}, "16"),
    ],
    ids=["zero", "direction", "no data", "evidence instead of a source", "last period"],
)
def test_record_reading_accepts(values, text):
    if "evidence" in values:
        values = {**values, "evidence": EvidenceFactory()}

    assert Reading.objects.get(pk=record_one(**values).pk).told == text


@pytest.mark.parametrize(
    ("values", "sentence", "field"),
    [
        ({"direction": ReadingDirection.UP}, "Give the figure, or only the direction", "direction"),
        ({"figure": Decimal(-1)}, "A figure can't be less than zero.", "figure"),
        ({"figure": Decimal("1.234")}, "no more than 2 decimal places", "figure"),
        ({"through_on": date(2022, 1, 29)}, "That day has not come yet.", "through_on"),
        ({"through_on": date(2021, 3, 31)}, "The last day lies before the first.", "through_on"),
        ({"source": " "}, "Name the source, or the evidence it stands in.", "source"),
        ({"figure": None, "direction": ReadingDirection.UP, "source": ""}, "Name the source", "source"),
    ],
)
def test_record_reading_refuses(values, sentence, field):
    with refuses(sentence, field=field):
        record_one(**values)
    assert not Reading.objects.exists()


def test_record_reading_refuses_evidence_of_another_country():
    with refuses("That evidence is another country's.", field="evidence"):
        record_one(evidence=EvidenceFactory(country=CountryFactory(elsewhere=True)))


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_record_readings(factory):
    with pytest.raises(PermissionDenied):
        record_one(factory())


def test_officers_record_readings_of_their_own_country_alone():
    with pytest.raises(PermissionDenied):
        record_one(indicator=IndicatorFactory(country=CountryFactory(elsewhere=True)))
