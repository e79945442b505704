"""The public record of Lesotho, edition 2021, as facts without a database, with the days on which they were known."""

from datetime import date

from dialogues.choices import DoneBy, ReadingDirection, SupportKind, Verdict
from recommendations.choices import EffortQuestion, Pillar, Rule
from tests.reports.record_builder import RecordBuilder, period

TERMS_ON = date(2021, 7, 1)
DIALOGUE_ON = date(2021, 11, 8)
PRESS_ON = date(2021, 11, 11)
REPORT_OF_2022_ON = date(2022, 7, 21)
PERIOD = period("2021-04-01", "2022-03-31")
PERIOD_DATES = (PERIOD.starts_on, PERIOD.ends_on)

PROSECUTION, PROTECTION, PREVENTION = Pillar
RECOMMENDATIONS = {
    1: (PROSECUTION, "abcd"),
    2: (PROSECUTION, "ab"),
    3: (PROSECUTION, "abc"),
    4: (PROTECTION, "ab"),
    5: (PROTECTION, "ab"),
    6: (PROTECTION, "ab"),
    7: (PROSECUTION, "ab"),
    8: (PROSECUTION, "ab"),
    9: (PROSECUTION, "ab"),
    10: (PREVENTION, "abc"),
}


def lesotho_record():
    """Return the record as a `RecordBuilder`."""
    record = RecordBuilder(PERIOD)
    record.edition_terms(
        TERMS_ON, deadline_on=date(2022, 2, 28), readiness_target=45, readiness_target_reason="the post's own"
    )
    investigations = record.indicator("investigations begun", question=EffortQuestion.INVESTIGATIONS)
    prosecutions = record.indicator("prosecutions", question=EffortQuestion.PROSECUTIONS)
    convictions = record.indicator("convictions", question=EffortQuestion.CONVICTIONS)
    victims = record.indicator("victims identified", PROTECTION, EffortQuestion.VICTIMS)
    money = record.indicator("government money for victims", PROTECTION, EffortQuestion.MONEY, unit="LSL")
    trained = record.indicator("officials trained")
    districts = record.indicator("districts with a police focal point", unit="districts")
    focal_trained = record.indicator("districts whose focal point is trained", unit="districts")
    meetings = record.indicator("quarters in which the committee met", PREVENTION, unit="quarters")
    counted = {
        "1a": (Rule.MORE, {"indicator_id": investigations}),
        "1b": (Rule.MORE, {"indicator_id": prosecutions}),
        "3b": (Rule.TARGET, {"indicator_id": districts, "target": 10}),
        "3c": (Rule.TARGET, {"indicator_id": focal_trained, "target": 10}),
        "10b": (Rule.TARGET, {"indicator_id": meetings, "target": 4}),
    }
    for number, (pillar, letters) in RECOMMENDATIONS.items():
        recommendation = record.recommendation(number, pillar, known=TERMS_ON)
        for key in (f"{number}{letter}" for letter in letters):
            rule, fields = counted.get(key, (Rule.ASSESSED, {}))
            about_officials = key in {"1d", "8b"}
            record.benchmark(
                recommendation,
                key,
                record.benchmark_terms(rule, known=TERMS_ON, is_about_complicity=about_officials, **fields),
            )

    # The year before, from the report of 2021; the prosecutions from that of 2022.
    record.reading_year_before(investigations, 4, known=TERMS_ON)
    record.reading_year_before(convictions, 1, known=TERMS_ON)
    record.reading_year_before(money, None, known=TERMS_ON)
    record.reading_year_before(prosecutions, 4, known=REPORT_OF_2022_ON)

    # Reported by November 2021 and never reviewed.
    record.evidence(None, DIALOGUE_ON, known=DIALOGUE_ON, _6a=SupportKind.ACTION)
    record.evidence(None, DIALOGUE_ON, known=DIALOGUE_ON, _10c=SupportKind.ACTION)
    record.evidence(None, PRESS_ON, known=PRESS_ON, _5a=SupportKind.ACTION, _6a=SupportKind.ACTION)
    record.evidence(None, PRESS_ON, known=PRESS_ON, _10b=SupportKind.ACTION)
    record.evidence(None, PRESS_ON, known=PRESS_ON, _1b=SupportKind.ACTION)
    record.evidence(date(2021, 11, 12), date(2021, 11, 12), known=date(2021, 11, 12), _10c=SupportKind.ACTION)

    # The launch of the action plan: known in November, verified in July.
    launch = record.action("10a", date(2021, 4, 1), date(2021, 9, 30), known=PRESS_ON, verified=REPORT_OF_2022_ON)

    # The report of 2022.
    statistics = record.evidence(*PERIOD_DATES, known=REPORT_OF_2022_ON)
    record.review(statistics, known=REPORT_OF_2022_ON)
    for indicator, told in [
        (investigations, 10),
        (prosecutions, 16),
        (convictions, 1),
        (victims, ReadingDirection.UP),
        (money, None),
        (trained, ReadingDirection.UP),
        (districts, None),
    ]:
        record.reading(indicator, told, through=PERIOD.ends_on, known=REPORT_OF_2022_ON, evidence=statistics)
    acts = {
        key: record.action(key, *PERIOD_DATES, known=REPORT_OF_2022_ON, verified=REPORT_OF_2022_ON, by=by)
        for key, by in {
            "4a": DoneBy.JOINT,
            "4b": DoneBy.JOINT,
            "6a": DoneBy.GOVERNMENT,
            "7a": DoneBy.GOVERNMENT,
            "10a": DoneBy.GOVERNMENT,
            "10c": DoneBy.GOVERNMENT,
        }.items()
    }
    for key in ("1c", "1d", "2a", "2b", "6b"):
        found = record.evidence(*PERIOD_DATES, known=REPORT_OF_2022_ON, **{f"_{key}": SupportKind.NO_ACTION})
        record.review(found, known=REPORT_OF_2022_ON, key=key)
        record.assessment(key, Verdict.STALLED, known=REPORT_OF_2022_ON, on=[found])
    for key, verdict in {
        "4a": Verdict.MET,
        "4b": Verdict.MET,
        "6a": Verdict.STEP,
        "7a": Verdict.STEP,
        "10a": Verdict.MET,
        "10c": Verdict.MET,
    }.items():
        record.assessment(
            key, verdict, known=REPORT_OF_2022_ON, on=[acts[key], launch] if key == "10a" else [acts[key]]
        )
    return record
