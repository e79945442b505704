"""`manage.py backtest [--country LSO] [--json]`: test the method on 147 country-years with known outcomes."""

import json
from argparse import ArgumentParser
from typing import Any

from reports.management.arguments import RefusingCommand
from reports.readiness import backtest
from reports.readiness.backtest import BackTest, report
from reports.readiness.backtest.scoring import ScoredCountryYear
from tiptracker.errors import Refused
from tiptracker.localization import join_with_and


class Command(RefusingCommand):
    help = (
        "Test the method on 147 country-years whose outcome is known, and state the limits of the test. It describes "
        "the past and predicts no tier. It reads nothing of the record. Exits with 2 if the country is unknown. "
        "Example: manage.py backtest --country LSO"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--country", help="only the rows of this country: its code of three letters, such as LSO, or its name"
        )
        parser.add_argument(
            "--json", action="store_true", dest="is_json", help="print the result as JSON instead of text"
        )

    def handle(self, *, country: str | None, is_json: bool, **options: Any) -> None:
        test = backtest.packaged_backtest()
        if country is None:
            lines, data = report.report_lines(test), report.backtest_document(test)
        else:
            rows = _rows_of_country(test, country)
            lines, data = report.country_report_lines(test, rows), report.country_document(test, rows)
        self.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) if is_json else "\n".join(lines))


def _rows_of_country(test: BackTest, country: str) -> tuple[ScoredCountryYear, ...]:
    if rows := test.rows_of_country(country):
        return rows
    codes = join_with_and(sorted({row.row.code for row in test.rows}))
    raise Refused(
        "unknown_country",
        f"The back-test has no country “{country}”. Give a name such as Lesotho, or one of these: {codes}.",
    )
