"""Send a form of an update again, by a page or by the script for waiting updates."""

import re
from uuid import UUID

import pytest
from django.urls import reverse

from dialogues.actions.updates import return_update
from dialogues.models import Draft, EvidenceFile, UpdateVersion
from tests.conftest import TODAY
from tests.dialogues.test_views_ministry_home import form_data, pdf_upload
from tests.factories import (
    CommitmentFactory,
    FocalPointFactory,
    OfficerFactory,
    UpdateFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import shows_refusal

pytestmark = pytest.mark.django_db

JSON_HEADERS = {"Accept": "application/json"}


@pytest.fixture
def focal_point(client):
    user = FocalPointFactory(name="'M’e Lineo")
    client.force_login(user)
    return user


@pytest.fixture
def commitment(focal_point):
    return CommitmentFactory(ministry=focal_point.ministry, text="Name a focal point in each district")


@pytest.fixture
def send_url(commitment):
    return reverse("update_send", args=[commitment.pk])


def hidden_fields(page):
    """Return the hidden fields of the form of a page."""
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]
        for name in ("send_key", "last_version", "draft_seen")
    }


def test_each_form_has_its_own_key_which_stays_after_a_refusal(client, send_url):
    first, second = hidden_fields(client.get(send_url)), hidden_fields(client.get(send_url))
    assert UUID(first["send_key"]) != UUID(second["send_key"])

    refused = client.post(send_url, form_data(title="") | first)
    assert refused.status_code == 422
    again = hidden_fields(refused)
    assert again["send_key"] == first["send_key"]

    client.post(send_url, form_data() | again)
    assert str(UpdateVersion.objects.get().send_key) == first["send_key"]


def test_a_form_pressed_twice_is_led_to_the_same_page_twice_and_sent_once(client, commitment, send_url):
    form = hidden_fields(client.get(send_url))
    data = form_data() | form

    pages = [client.post(send_url, data | {"files": [pdf_upload()]}, follow=True) for _ in range(2)]

    for page in pages:
        assert page.redirect_chain == [(reverse("commitment_detail", args=[commitment.pk]) + "?sent", 302)]
        assert "Your update was sent to the embassy." in page.text
    assert UpdateVersion.objects.count() == EvidenceFile.objects.count() == 1


def test_a_form_that_was_changed_after_it_was_sent_is_not_taken_for_the_same(client, send_url):
    form = hidden_fields(client.get(send_url))
    client.post(send_url, form_data() | form)

    for changed in ({"narrative": "More."}, {"title": "More"}, {"kept_files": ["7"]}, {"files": [pdf_upload()]}):
        page = client.post(send_url, form_data() | form | changed)
        assert page.status_code == 422, changed
        assert shows_refusal(page, "update_waits")
    assert UpdateVersion.objects.count() == 1


def test_an_invalid_send_key_is_replaced_without_an_error(client, send_url):
    for key in ("", "7", "\0", "x" * 5000):
        assert client.get(send_url).status_code == 200
        page = client.post(send_url, form_data(title="", send_key=key, last_version=key))
        assert page.status_code == 422
        assert UUID(hidden_fields(page)["send_key"])
    again = hidden_fields(page) | {"send_key": "7", "last_version": "-1"}
    assert client.post(send_url, form_data() | again).status_code == 302


def test_the_script_gets_what_was_sent_when_and_its_address(client, commitment, send_url):
    form = hidden_fields(client.get(send_url))

    answers = [client.post(send_url, form_data() | form | {"send_later": "1"}, headers=JSON_HEADERS) for _ in range(2)]

    for answer in answers:
        assert (answer.status_code, answer.json()) == (
            200,
            {
                "state": "sent",
                "sentence": "Your update on “Name a focal point in each district” was sent to the embassy on "
                "28 January 2022 at 09:00.",
                "url": reverse("commitment_detail", args=[commitment.pk]) + "?sent",
            },
        )
    assert UpdateVersion.objects.count() == 1
    assert "was sent to the embassy" not in client.get(answers[0].json()["url"]).text  # the script says so itself


def test_an_update_that_the_script_sends_at_once_is_confirmed_by_the_next_page(client, send_url):
    answer = client.post(send_url, form_data() | hidden_fields(client.get(send_url)), headers=JSON_HEADERS)

    assert "Your update was sent to the embassy." in client.get(answer.json()["url"]).text


def test_the_script_gets_the_reason_why_nothing_was_sent(client, send_url):
    form = hidden_fields(client.get(send_url))
    answer = client.post(send_url, form_data(title="", files=[pdf_upload()]) | form, headers=JSON_HEADERS)

    file = EvidenceFile.objects.get()
    assert answer.status_code == 422
    assert answer.json() == {
        "state": "refused",
        "sentences": ["Summary in one line: Fill this in."],
        "files": [{"key": file.pk, "name": f"list.pdf, {file.size}\xa0bytes"}],
    }
    assert list(Draft.objects.get().files.all()) == [file]
    assert not {"send_key", "last_version", "send_later"} & Draft.objects.get().content.keys()
    assert not UpdateVersion.objects.exists()


def test_a_colleagues_new_update_is_shown_before_sending(client, focal_point, commitment, send_url):
    data = form_data(narrative="Mine.") | hidden_fields(client.get(send_url))
    sent = UpdateVersionFactory(update=UpdateFactory(commitment=commitment), narrative="Theirs.")
    return_update(update_version=sent, reason="Add the list.", by=OfficerFactory(), now=at_noon(TODAY))

    answer = client.post(send_url, data, headers=JSON_HEADERS)
    assert (answer.status_code, answer.json()["state"]) == (422, "refused")
    assert "sent an update on this commitment on 10 January 2022" in answer.json()["sentences"][0]

    page = client.post(send_url, data)
    assert page.status_code == 422
    assert shows_refusal(page, "newer_version")
    for text in ("Add the list.", "Theirs.", "Mine."):
        assert text in page.text
    assert UpdateVersion.objects.count() == 1

    assert client.post(send_url, data | hidden_fields(page)).status_code == 302
    assert UpdateVersion.objects.filter(narrative="Mine.", number=2).exists()


def test_a_key_of_another_persons_form_sends_nothing_and_the_page_has_a_new_one(
    client, focal_point, commitment, send_url
):
    form = hidden_fields(client.get(send_url))
    client.post(send_url, form_data() | form)
    sent = UpdateVersion.objects.get()
    return_update(update_version=sent, reason="Add the list.", by=OfficerFactory(), now=at_noon(TODAY))
    client.force_login(FocalPointFactory(ministry=focal_point.ministry))

    page = client.post(send_url, form_data(narrative="Other.") | form | {"last_version": sent.pk})

    assert page.status_code == 422
    assert shows_refusal(page, "key_used")
    assert hidden_fields(page)["send_key"] != form["send_key"]
    assert UpdateVersion.objects.count() == 1


def test_another_ministry_learns_nothing_by_a_key(client, send_url):
    form = hidden_fields(client.get(send_url))
    client.post(send_url, form_data() | form)
    client.force_login(FocalPointFactory())

    assert client.post(send_url, form_data() | form, headers=JSON_HEADERS).status_code == 404


def test_the_script_gets_the_signed_in_person_and_a_new_token(client, focal_point):
    told = client.get(reverse("update_token")).json()

    assert (told["account"], told["session"]) == (focal_point.pk, client.session["began_at"])
    assert len(told["token"]) == 64
    client.force_login(FocalPointFactory())
    assert client.get(reverse("update_token")).json()["account"] != focal_point.pk


def test_the_form_says_when_its_user_signed_in(client, send_url):
    assert f'data-session="{client.session["began_at"]}"' in client.get(send_url).text
