"""Two countries with several editions. On 28 January 2022 the second of Lesotho's three is current."""

from types import SimpleNamespace

from tests import factories


def create_editions():
    """Create three editions on Lesotho, one on Malawi, and readers of them."""
    lesotho, malawi = factories.CountryFactory(), factories.CountryFactory(elsewhere=True)
    benchmarks = {}
    for country, year in ((lesotho, 2020), (lesotho, 2021), (lesotho, 2022), (malawi, 2021)):
        edition = factories.EditionFactory(country=country, year=year)
        ministry = factories.MinistryFactory(country=country)
        benchmarks[country.code, year] = factories.BenchmarkFactory(
            recommendation=factories.RecommendationFactory(edition=edition, lead=ministry)
        )
    edition = {key: benchmark.recommendation.edition for key, benchmark in benchmarks.items()}
    return SimpleNamespace(
        lesotho=lesotho,
        malawi=malawi,
        past=edition["LSO", 2020],
        current=edition["LSO", 2021],
        upcoming=edition["LSO", 2022],
        elsewhere=edition["MWI", 2021],
        benchmarks=benchmarks,
        officer=factories.OfficerFactory(),
        observer=factories.ObserverFactory(countries=[lesotho, malawi]),
        focal_point=factories.FocalPointFactory(ministry=benchmarks["LSO", 2021].recommendation.lead),
    )
