"""Record figures."""

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
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import Job

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))


def record_sample(by=None, *, evidence=None, **values):
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
    record_sample(by, evidence=evidence)

    reading = Reading.objects.get()
    assert (reading.display_value, reading.note, reading.source, reading.evidence) == (
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
        ({"figure": None, "source": ""}, "not reported"),
        ({"source": "", "evidence": True}, "16"),
        ({"through_on": date(2021, 3, 31), "starts_on": date(2020, 4, 1)}, "16"),
    ],
    ids=["zero", "direction", "no data", "evidence instead of a source", "last period"],
)
def test_record_reading_accepts(values, text):
    if "evidence" in values:
        values = {**values, "evidence": EvidenceFactory()}

    assert Reading.objects.get(pk=record_sample(**values).pk).display_value == text


@pytest.mark.parametrize(
    ("values", "field", "code", "sentence"),
    [
        (
            {"direction": ReadingDirection.UP},
            "direction",
            "figure_and_direction",
            "Enter the figure or a direction, not both.",
        ),
        ({"figure": Decimal(-1)}, "figure", "out_of_range", "A figure cannot be less than zero."),
        ({"figure": Decimal("1.234")}, "figure", "max_decimal_places", ""),
        ({"through_on": date(2022, 1, 29)}, "through_on", "future_day", ""),
        ({"through_on": date(2021, 3, 31)}, "through_on", "reversed_dates", ""),
        ({"source": " "}, "source", "required", "Enter the source, or choose the evidence that states the figure."),
        ({"figure": None, "direction": ReadingDirection.UP, "source": ""}, "source", "required", ""),
    ],
)
def test_record_reading_refuses(values, field, code, sentence):
    with refuses(code, field=field, sentence=sentence):
        record_sample(**values)
    assert not Reading.objects.exists()


def test_record_reading_refuses_evidence_of_another_country():
    with refuses("another_country", field="evidence", sentence="This evidence belongs to another country."):
        record_sample(evidence=EvidenceFactory(country=CountryFactory(elsewhere=True)))


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_record_readings(factory):
    with pytest.raises(PermissionDenied):
        record_sample(factory())


def test_officers_record_readings_of_their_own_country_alone():
    with pytest.raises(PermissionDenied):
        record_sample(indicator=IndicatorFactory(country=CountryFactory(elsewhere=True)))
