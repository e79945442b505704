"""The administrators' pages as tests send them."""

from django.urls import reverse

from tests.factories import CountryFactory


def add(client, **more):
    """Send the page that adds a person."""
    typed = {
        "name": "Palesa",
        "email": "palesa@post.example",
        "role": "officer",
        "countries": [CountryFactory().pk],
        "until": "2099-12-31",
    }
    return client.post(reverse("person_add"), typed | more)


def change(client, person, *, confirm=False, **changed):
    """Send the page that changes what a person is, and on asking again the confirmation of another country."""
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


def press(client, person, do, **more):
    """Press a button of a person's page."""
    person.refresh_from_db()
    sent = {"do": do, "version": person.version} | more
    return client.post(reverse("person_detail", args=[person.pk]), sent)
