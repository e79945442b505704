"""What somebody typed after a command, as the edition they meant; else Refused with a sentence."""

from recommendations.models import Edition
from reports import wording
from tiptracker.accounts.models import Country
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
