"""Send the forms of the pages on which administrators manage people."""

from django.urls import reverse

from tests.factories import CountryFactory


def post_new_person(client, **more):
    """Send the form that adds a person; `more` replaces fields of an officer on Lesotho."""
    typed = {
        "name": "Palesa",
        "email": "palesa@post.example",
        "role": "officer",
        "countries": [CountryFactory().pk],
        "until": "2099-12-31",
    }
    return client.post(reverse("person_add"), typed | more)


def post_person_change(client, person, *, confirm=False, **changed):
    """Send the form that changes a person. With `confirm`, also send the confirmation that another country needs."""
    person.refresh_from_db()
    typed = {
        "name": person.name,
        "role": person.role,
        "ministry": person.ministry_id or "",
        "countries": [country.pk for country in person.countries.all()],
        "until": person.valid_until_on or "2099-12-31",
        "version": person.version,
    } | changed
    answer = client.post(reverse("person_edit", args=[person.pk]), typed)
    if confirm and answer.status_code == 200:
        sent = {}
        for name, value in answer.context["typed"]:
            sent.setdefault(name, []).append(value)
        answer = client.post(reverse("person_edit", args=[person.pk]), sent)
    return answer


def press_person_button(client, person, do, **more):
    """Press the button `do` of a person's page."""
    person.refresh_from_db()
    sent = {"do": do, "version": person.version} | more
    return client.post(reverse("person_detail", args=[person.pk]), sent)
