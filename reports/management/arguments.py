"""What somebody typed after a command, as the edition they meant; else Refused with a sentence."""

from recommendations.models import Edition
from reports import wording
from tiptracker.accounts.models import Country, Ministry
from tiptracker.refusals import Refused


def edition(code: str, year: str) -> Edition:
    """The edition asked for, if there is one with recommendations to follow; with its country."""
    country = Country.objects.filter(code=code.upper()).first()
    if country is None:
        codes = list(Country.objects.values_list("code", flat=True).order_by("code"))
        there = f"There is {wording.listed(codes)}." if codes else "None has been loaded yet."
        raise Refused(f"There is no country with the code “{code}” here. {there}")
    tracked = {
        str(one.year): one for one in Edition.objects.filter(country=country).select_related("country").tracked()
    }
    if year not in tracked:
        there = f"There is {wording.listed(tracked)}." if tracked else "Load one first."
        raise Refused(f"No edition {year} on {country} has recommendations to follow. {there}")
    return tracked[year]


def ministry(name: str, country: Country) -> Ministry:
    """The ministry of a country that is called so, by its name or its short name, however capitals are written."""
    there = list(Ministry.objects.filter(country=country).order_by("name"))
    for one in there:
        if name.strip().casefold() in (one.name.casefold(), one.short_name.casefold()):
            return one
    names = f"There is {wording.listed(one.short_name for one in there)}." if there else "None has been added yet."
    raise Refused(f"There is no ministry called “{name}” in {country}. {names}")
