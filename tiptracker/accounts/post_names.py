"""The post that somebody works with, as mails name it."""

from tiptracker.accounts.models import Country, User


def post_name(person: User) -> str:
    """The post that somebody works with, by name: "U.S. Embassy, Lesotho"; of several or none, no place."""
    countries = list(Country.objects.visible_to(person).order_by("name").values_list("name", flat=True)[:2])
    return f"U.S. Embassy, {countries[0]}" if len(countries) == 1 else "U.S. Department of State"
