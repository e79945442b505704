"""The name of the post that a person works with, as mails use it."""

from tiptracker.accounts.models import Country, User


def post_name(person: User) -> str:
    """Return the name of the person's post: "U.S. Embassy, Lesotho"; with several countries or none, no place."""
    countries = list(Country.objects.visible_to(person).order_by("name").values_list("name", flat=True)[:2])
    return f"U.S. Embassy, {countries[0]}" if len(countries) == 1 else "U.S. Department of State"
