"""Two countries, and three editions of one of them: on 28 January 2022 the middle one is current."""

from types import SimpleNamespace

from tests import factories


def several_editions():
    """Lesotho's editions of three years, the middle one current, and Malawi's of one; who reads them."""
    lesotho, malawi = factories.CountryFactory(), factories.CountryFactory(elsewhere=True)
    asked = {}
    for country, year in ((lesotho, 2020), (lesotho, 2021), (lesotho, 2022), (malawi, 2021)):
        edition = factories.EditionFactory(country=country, year=year)
        ministry = factories.MinistryFactory(country=country)
        asked[country.code, year] = factories.BenchmarkFactory(
            recommendation=factories.RecommendationFactory(edition=edition, lead=ministry)
        )
    edition = {key: one.recommendation.edition for key, one in asked.items()}
    return SimpleNamespace(
        lesotho=lesotho,
        malawi=malawi,
        past=edition["LSO", 2020],
        current=edition["LSO", 2021],
        upcoming=edition["LSO", 2022],
        elsewhere=edition["MWI", 2021],
        asked=asked,
        officer=factories.OfficerFactory(),
        observer=factories.ObserverFactory(countries=[lesotho, malawi]),
        focal_point=factories.FocalPointFactory(ministry=asked["LSO", 2021].recommendation.lead),
    )
