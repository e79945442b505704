"""The search: results, excerpts, and nothing for people who may not see a row."""

import re
from datetime import date

import pytest
from django.urls import reverse

from dialogues.actions.redactions import confirm_redaction, finish_redaction, propose_redaction
from dialogues.choices import CommitmentEventKind, RequestEventKind, Sensitivity, UpdateDecision
from dialogues.models import AgendaItem, FileText
from reports.search import help_entries
from tests.authentication import force_sign_in
from tests.edition_urls import edition_url
from tests.factories import (
    AdministratorFactory,
    AgreedProofFactory,
    AmbassadorFactory,
    AnswerSentenceFactory,
    AnswerVersionFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    InformationRequestFactory,
    InternalNoteFactory,
    LawEntryFactory,
    LineAnswerFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    PartnerFactory,
    QuestionFactory,
    RecommendationFactory,
    RequestEventFactory,
    UpdateFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
    at_noon,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


NOW = at_noon(date(2022, 1, 28))


def search_results(client, query, **more):
    """Return title and text of the results by group, without the group of terms and pages."""
    page = client.get(reverse("search"), {"q": query, **more})
    assert page.status_code == 200
    return {
        group.key: [(result.title, "".join(part.text for part in result.excerpt)) for result in group.results]
        for group in page.context["groups"]
        if group.key != "help"
    }


def help_results(client, query):
    """Return title and address of the terms and pages found."""
    groups = client.get(reverse("search"), {"q": query}).context["groups"]
    return [(result.title, result.url) for group in groups if group.key == "help" for result in group.results]


def test_qacha_finds_the_district_whatever_the_apostrophe(client):
    country = CountryFactory()
    country.districts.create(name="Qacha’s Nek")
    country.districts.create(name="Leribe")
    client.force_login(OfficerFactory())

    for query in ("Qacha", "qacha's nek", "QACHA’S"):
        assert search_results(client, query) == {"people": [("District of Lesotho", "Qacha’s Nek")]}, query


def test_words_are_shown_in_their_context(client):
    text = f"{'Before it. ' * 30}The shelter in Maseru opened its doors. {'After it. ' * 40}"
    CommitmentFactory(text=text)
    client.force_login(OfficerFactory())

    page = client.get(reverse("search"), {"q": "shelt mase"}).text

    excerpt = re.search(r"<p>(… [^§]*?)</p>", page.split("search-results")[1])[1]
    assert "<mark>shelter</mark> in <mark>Maseru</mark>" in excerpt
    assert excerpt.endswith(" …")
    assert len(excerpt) < 320


def test_other_forms_of_a_word_are_found_and_marked(client):
    CommitmentFactory(text=f"{'Before it. ' * 30}A prosecutor prosecuted; two prosecutions. {'After it. ' * 40}")
    CommitmentFactory(text="Protect each witness.")
    client.force_login(OfficerFactory())

    page = client.get(reverse("search"), {"q": "prosecution"}).text

    assert "A prosecutor <mark>prosecuted</mark>; two <mark>prosecutions</mark>" in page
    assert "witness" not in page


def test_every_kind_of_row_is_found(client):
    ministry = MinistryFactory(name="Ministry of Xylophones")
    benchmark = BenchmarkFactory(terms__criterion="A xylophone in each district")
    benchmark.recommendation.text = "Buy a xylophone."
    benchmark.recommendation.save()
    commitment = CommitmentFactory(text="One xylophone more", ministry=ministry)
    UpdateVersionFactory(update__commitment=commitment, narrative="The xylophone came.")
    asked = InformationRequestFactory(reason="Nobody knows a xylophone.", lines=["The list of xylophones"])
    LineAnswerFactory(line=asked.lines.get(), text="Each xylophone is listed.")
    EvidenceFactory(title="Xylophone delivered")
    file = EvidenceFileFactory(name="xylophone.pdf")
    EvidenceFactory(title="Something else", file=file)
    FileText.objects.create(file=file, page=3, text="A receipt for a xylophone")
    dialogue = DialogueFactory(purpose="Talk of the xylophone")
    AgendaItem.objects.create(dialogue=dialogue, position=1, topic="Xylophone")
    InternalNoteFactory(ministry=ministry, text="Ask who plays the xylophone.")
    question = QuestionFactory(number="4.b", text="How many xylophones?")
    AnswerSentenceFactory(version__question=question, text="One xylophone was found.")
    AnswerSentenceFactory(version__question=question, text="Two xylophones were found.")
    law = LawEntryFactory(citation="Xylophone Act, section 5", text="It allows a fine.")
    LawEntryFactory(replaces=law, citation="Xylophone Act, section 6", text="It allows a fine.")
    PartnerFactory(name="Xylophone Society")
    client.force_login(OfficerFactory(name="Xylia"))

    results = search_results(client, "xyl")

    assert search_results(client, "xylophones") == {
        **results,
        "people": [row for row in results["people"] if "phone" in row[1]],
    }
    assert {key: len(rows) for key, rows in results.items()} == {
        "recommendations": 2,
        "commitments": 1,
        "updates": 2,
        "requests": 2,
        "evidence": 1,
        "files": 2,
        "dialogues": 2,
        "questions": 1,
        "answers": 1,
        "law": 1,
        "notes": 1,
        "people": 3,
    }
    assert results["questions"] == [("Question 4.b, Lesotho 2021", "4.b · How many xylophones?")]
    assert results["answers"] == [("Answer to question 4.b, Lesotho 2021", "Two xylophones were found.")]
    assert results["law"] == [("Gap, minimum standard 3", "Xylophone Act, section 6 · It allows a fine.")]
    assert ("Partner: Civil society", "Xylophone Society") in results["people"]
    assert search_results(client, "question 4.b") == {}, "a number is found with the words of its question"
    assert search_results(client, "4.b many")["questions"] == results["questions"]
    assert results["notes"] == [("Note of 10 January 2022: Ministry of Xylophones", "Ask who plays the xylophone.")]
    assert ("“xylophone.pdf”, page 3", "A receipt for a xylophone") in results["files"]


@pytest.mark.parametrize("reader", [OfficerFactory, ObserverFactory, FocalPointFactory])
def test_what_came_with_a_withdrawn_or_returned_version_is_marked_and_versions_are_told_apart(client, reader):
    ministry = MinistryFactory(name="Ministry of Police")
    commitment = CommitmentFactory(text="Hold meetings", ministry=ministry)
    update = UpdateFactory(commitment=commitment)
    for number, decision in enumerate((UpdateDecision.WITHDRAWN, UpdateDecision.RETURNED, None), start=1):
        version = UpdateVersionFactory(update=update, number=number, narrative="The committee met.")
        file = EvidenceFileFactory(name=f"committee {number}.pdf")
        EvidenceFactory(title="Committee met: 5", update_version=version, commitment=commitment, file=file)
        if decision:
            UpdateVersionDecisionFactory(update_version=version, decision=decision)
    client.force_login(reader(**({"ministry": ministry} if reader is FocalPointFactory else {})))

    groups = {group.key: group for group in client.get(reverse("search"), {"q": "committee"}).context["groups"]}

    ended = [
        "",
        "Returned to the ministry on 10 January 2022. Replaced by version 3.",
        "Withdrawn by the ministry on 10 January 2022. Replaced by version 3.",
    ]
    assert [result.mark for result in groups["updates"].results] == ended
    assert [result.title.split(", Ministry")[0] for result in groups["updates"].results] == [
        "Update 1, version 3",
        "Update 1, version 2",
        "Update 1",
    ]
    assert [result.mark for result in groups["evidence"].results] == ended
    assert [result.mark for result in groups["files"].results] == ended
    page = client.get(reverse("search"), {"q": "committee"}).text
    assert page.count(ended[2]) == 3


def test_withdrawn_commitments_and_requests_are_marked_until_they_are_reopened(client):
    reopened, withdrawn = CommitmentFactory(text="Open a shelter"), CommitmentFactory(text="Close a shelter")
    for commitment in (reopened, withdrawn):
        AgreedProofFactory(commitment=commitment, text="A list of shelters")
        CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.WITHDRAWN, happened_on=date(2022, 1, 3))
    CommitmentEventFactory(commitment=reopened, kind=CommitmentEventKind.REOPENED, happened_on=date(2022, 1, 4))
    asked = InformationRequestFactory(reason="About a shelter", lines=["Each shelter"])
    RequestEventFactory(information_request=asked, kind=RequestEventKind.WITHDRAWN, happened_on=date(2022, 1, 5))
    client.force_login(OfficerFactory())

    groups = {group.key: group for group in client.get(reverse("search"), {"q": "shelter"}).context["groups"]}

    marks = [result.mark for result in groups["commitments"].results]
    assert marks == ["Withdrawn on 3 January 2022.", ""] * 2
    assert {result.mark for result in groups["requests"].results} == {"Withdrawn on 5 January 2022."}


def test_a_file_that_was_sent_again_is_not_marked_and_what_replaced_nothing_says_so(client):
    update = UpdateFactory()
    withdrawn = UpdateVersionFactory(update=update, narrative="Roster, first")
    file = EvidenceFileFactory(name="roster.pdf")
    EvidenceFactory(title="First", update_version=withdrawn, commitment=update.commitment, file=file)
    UpdateVersionDecisionFactory(update_version=withdrawn, decision=UpdateDecision.WITHDRAWN)
    client.force_login(OfficerFactory())

    def marks(group):
        groups = {each.key: each for each in client.get(reverse("search"), {"q": "roster"}).context["groups"]}
        return [result.mark for result in groups[group].results]

    assert marks("updates") == marks("files") == ["Withdrawn by the ministry on 10 January 2022."]
    again = UpdateVersionFactory(update=update, number=2, narrative="Second")
    EvidenceFactory(title="Second", update_version=again, commitment=update.commitment, file=file)
    assert marks("files") == [""]
    assert marks("updates") == ["Withdrawn by the ministry on 10 January 2022. Replaced by version 2."]


@pytest.mark.parametrize("reader", [OfficerFactory, FocalPointFactory])
def test_a_request_is_found_by_what_its_page_calls_it(client, reader):
    ministry = MinistryFactory(name="Ministry of Police")
    first, *others = [InformationRequestFactory(ministry=ministry, reason="We have to know.") for _ in range(11)]
    hidden = InformationRequestFactory(ministry=MinistryFactory(name="Ministry of Justice"))
    user = reader(**({"ministry": ministry} if reader is FocalPointFactory else {}))
    client.force_login(user)

    def found(query):
        return [title for title, _ in search_results(client, query, **{"in": "requests"}).get("requests", [])]

    def name(request):
        return f"Request {request.pk} to {request.ministry.name}"

    own = [name(request) for request in reversed([first, *others])]
    assert found(f"request {first.pk}") == [name(first)]
    assert found(f"Requests {others[-1].pk}") == [name(others[-1])]
    assert found("request for information") == ([name(hidden), *own] if user.is_embassy else own)
    assert found("information police") == found("request 8 November police") == own
    assert found("request 8 December police") == []
    assert found("for") == found("request 999999") == found("request Atlantis") == []


SECRET_WORD = "Zanzibar"


def _create_hidden_rows(**more):
    """Rows with the word in every text that another ministry or another country may not read."""
    ministry = MinistryFactory(name=f"Ministry of {SECRET_WORD}", short_name=SECRET_WORD, **more)
    benchmark = BenchmarkFactory(terms__criterion=SECRET_WORD, recommendation__edition__country=ministry.country)
    commitment = CommitmentFactory(text=SECRET_WORD, letter=SECRET_WORD, ministry=ministry, country=ministry.country)
    UpdateVersionFactory(update__commitment=commitment, narrative=SECRET_WORD)
    file = EvidenceFileFactory(name=f"{SECRET_WORD}.pdf")
    FileText.objects.create(file=file, page=1, text=SECRET_WORD)
    EvidenceFactory(title=SECRET_WORD, file=file, supports=[benchmark], country=ministry.country, source=SECRET_WORD)
    dialogue = DialogueFactory(purpose=SECRET_WORD, record=SECRET_WORD, agreed=SECRET_WORD, country=ministry.country)
    AgendaItem.objects.create(dialogue=dialogue, position=1, topic=SECRET_WORD)
    asked = InformationRequestFactory(ministry=ministry, reason=SECRET_WORD, lines=[SECRET_WORD])
    LineAnswerFactory(line=asked.lines.get(), text=SECRET_WORD)
    FocalPointFactory(ministry=ministry, name=SECRET_WORD)
    InternalNoteFactory(ministry=ministry, text=SECRET_WORD, country=ministry.country)
    question = QuestionFactory(edition=benchmark.recommendation.edition, text=SECRET_WORD)
    AnswerSentenceFactory(version__question=question, text=SECRET_WORD)
    LawEntryFactory(country=ministry.country, citation=SECRET_WORD, text=SECRET_WORD)
    PartnerFactory(country=ministry.country, name=SECRET_WORD)
    return ministry


def test_a_ministry_finds_nothing_of_another_nor_what_the_embassy_keeps(client):
    own = MinistryFactory(name="Ministry of Police")
    _create_hidden_rows()
    dialogue = DialogueFactory(purpose=SECRET_WORD, record=SECRET_WORD)
    commitment = CommitmentFactory(text="Ours", letter=SECRET_WORD, ministry=own, dialogue=dialogue)
    InternalNoteFactory(commitment=commitment, text=SECRET_WORD)
    InternalNoteFactory(ministry=own, text=SECRET_WORD)
    EvidenceFactory(title="Internal", commitment=commitment, sensitivity=Sensitivity.INTERNAL, source=SECRET_WORD)
    EvidenceFactory(
        title="Shared", commitment=commitment, sensitivity=Sensitivity.SHARED, source=SECRET_WORD, stated_by=SECRET_WORD
    )
    client.force_login(FocalPointFactory(ministry=own, name="Palesa"))

    assert search_results(client, SECRET_WORD) == {}
    assert [title for title, _ in search_results(client, "Ours")["commitments"]] != []


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_nobody_finds_rows_of_a_country_that_they_do_not_follow(client, reader):
    _create_hidden_rows(country=CountryFactory(elsewhere=True))
    client.force_login(reader())

    assert search_results(client, SECRET_WORD) == {}


def test_an_administrator_finds_people_and_ministries_and_no_facts(client):
    ministry = _create_hidden_rows()
    client.force_login(AdministratorFactory())

    results = search_results(client, SECRET_WORD)

    assert results.keys() == {"people"}
    assert sorted(text.split(" · ")[0] for _, text in results["people"]) == sorted([SECRET_WORD, ministry.name])


def test_unsent_files_and_redacted_texts_are_not_found(client):
    officer = OfficerFactory()
    unsent = EvidenceFileFactory(name="Kilimanjaro.pdf", uploaded_by=officer)
    FileText.objects.create(file=unsent, page=1, text="Kilimanjaro")
    client.force_login(officer)

    assert search_results(client, "Kilimanjaro") == {}


def test_redacted_words_are_found_by_none_of_their_forms(client):
    name = "Palesa, sheltered in Mafeteng"
    update_version = UpdateVersionFactory(narrative=f"We heard {name}.")
    file = EvidenceFileFactory(name="letter.pdf")
    FileText.objects.create(file=file, page=1, text=f"A letter of {name}")
    EvidenceFactory(title="A letter", file=file)
    officer = OfficerFactory()
    client.force_login(officer)
    assert search_results(client, "shelters palesa").keys() == {"updates", "files"}

    redaction = propose_redaction(
        country=update_version.update.commitment.country,
        words=name,
        reason="It names somebody.",
        files=[],
        by=officer,
        now=NOW,
    )
    confirm_redaction(redaction=redaction, by=AmbassadorFactory(), now=NOW)
    finish_redaction(redaction=redaction)

    for query in ("sheltered", "shelters", "sheltering", "palesa", "mafeteng"):
        assert search_results(client, query) == {}, query


def test_a_group_shows_five_and_leads_to_the_others(client):
    for number in range(7):
        CommitmentFactory(text=f"Shelter {number}")
    client.force_login(OfficerFactory())

    page = client.get(reverse("search"), {"q": "shelter"})

    assert len(search_results(client, "shelter")["commitments"]) == 5
    assert f"{reverse('search')}?q=shelter&amp;in=commitments" in page.text
    assert len(search_results(client, "shelter", **{"in": "commitments"})["commitments"]) == 7


@pytest.mark.parametrize("query", ["", "   ", "’’", "…", "\0", "%", "a" * 5000])
def test_a_search_for_no_words_finds_nothing_and_does_not_fail(client, query):
    CommitmentFactory(text="Anything")
    client.force_login(OfficerFactory())

    assert search_results(client, query) == {}


def test_only_the_newest_answer_is_found_and_a_question_that_is_no_longer_asked_is_marked(client):
    question = QuestionFactory(text="How many shelters?", number="4")
    AnswerSentenceFactory(version=AnswerVersionFactory(question=question), text="One shelter.")
    AnswerSentenceFactory(version=AnswerVersionFactory(question=question), text="Two shelters.")
    QuestionFactory(text="Which shelters?", number="5", is_retired=True)
    client.force_login(OfficerFactory())

    page = client.get(reverse("search"), {"q": "shelter"})

    found = [group for group in page.context["groups"] if group.key in ("questions", "answers")]
    assert {result.title: result.mark for group in found for result in group.results} == {
        "Question 4, Lesotho 2021": "",
        "Question 5, Lesotho 2021": "No longer asked.",
        "Answer to question 4, Lesotho 2021": "",
    }


def test_every_result_opens(client):
    CommitmentFactory(text="Shelter")
    edition = RecommendationFactory().edition
    AnswerSentenceFactory(
        version__question=QuestionFactory(edition=edition, text="How many shelters?"), text="One shelter."
    )
    LawEntryFactory(citation="Shelter Act")
    PartnerFactory(name="Shelter")
    file = EvidenceFileFactory(name="shelter.pdf")
    EvidenceFactory(title="Shelter opened", file=file)
    FileText.objects.create(file=file, page=1, text="The shelter")
    DialogueFactory(purpose="Shelter")
    InternalNoteFactory(text="Ask about the shelter.")
    for reader in (OfficerFactory(), ObserverFactory()):
        client.force_login(reader)
        page = client.get(reverse("search"), {"q": "shelter"})
        urls = [result.url for group in page.context["groups"] for result in group.results if result.url]
        assert len(urls) >= 8
        assert [url for url in urls if client.get(url).status_code != 200] == []


def test_a_search_among_many_rows_takes_few_queries(client, django_assert_max_num_queries):
    for number in range(30):
        CommitmentFactory(text=f"Shelter {number}")
        EvidenceFactory(title=f"Shelter {number}")
    client.force_login(OfficerFactory())

    with django_assert_max_num_queries(10):
        search_results(client, "shelter")


def test_a_search_that_finds_nothing_suggests_a_word_of_nearly_the_same_meaning_that_finds_something(client):
    CommitmentFactory(text="Put the rules for spending in force")
    client.force_login(OfficerFactory())

    page = client.get(reverse("search"), {"q": "regulations"})

    assert page.context["suggestions"] == ["rule"]
    assert client.get(reverse("search"), {"q": "rule"}).context["suggestions"] == []


# --- Terms and pages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_questions_that_no_row_answers_lead_to_the_page_that_does(client, reader):
    RecommendationFactory()
    client.force_login(reader())
    of_upgrade = ("The chance of an upgrade", f"{edition_url('methodology')}#upgrade")

    for query in ("upgrade", "chance", "chance of upgrade", "likelihood"):
        assert help_results(client, query)[0] == of_upgrade, query
    interim = ("Glossary: interim assessment", f"{reverse('glossary')}#interim-assessment")
    assert help_results(client, "interim assessment")[0] == interim
    assert client.get(of_upgrade[1]).status_code == 200


def test_each_role_is_led_to_its_own_pages_alone(client):
    RecommendationFactory()
    mails = ("Mails", reverse("mail_list"))
    chosen = ("Notices and mails", reverse("notice_settings"))
    for reader, found in {AdministratorFactory: [mails], OfficerFactory: [chosen], FocalPointFactory: [chosen]}.items():
        client.force_login(reader())
        assert [result for result in help_results(client, "mails") if result in (mails, chosen)] == found
    client.force_login(FocalPointFactory())
    assert ("Glossary: upgrade", f"{reverse('glossary')}#upgrade") in help_results(client, "upgrade")
    assert "methodology" not in str(help_results(client, "upgrade"))


def test_an_observer_of_two_countries_is_led_to_the_method_too(client):
    countries = [CountryFactory(), CountryFactory(elsewhere=True)]
    for country in countries:
        RecommendationFactory(edition=EditionFactory(country=country))
    client.force_login(ObserverFactory(countries=countries))

    (title, url), *_ = help_results(client, "upgrade")
    assert title == "The chance of an upgrade"
    assert client.get(url).status_code == 200


def test_terms_come_after_what_the_record_has_and_a_term_by_its_name_before_others(client):
    CommitmentFactory(text="Send evidence")
    client.force_login(OfficerFactory())

    page = client.get(reverse("search"), {"q": "evidence"})

    assert [group.key for group in page.context["groups"]] == ["commitments", "help"]
    help_group = page.context["groups"][-1]
    assert help_group.results[0].title == "Glossary: evidence"
    assert (len(help_group.results), help_group.has_more) == (5, True)
    assert len(client.get(reverse("search"), {"q": "evidence", "in": "help"}).context["groups"][0].results) > 5


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory, AdministratorFactory])
def test_every_page_that_the_search_offers_opens_and_has_the_title_by_which_it_is_offered(client, reader):
    edition = RecommendationFactory().edition
    user = reader()
    force_sign_in(client, user)

    for page in help_entries.HELP_PAGES:
        if user.role in page.roles:
            url = edition_url(page.view) if page.is_of_edition else reverse(page.view)
            answer = client.get(url)
            assert answer.status_code == 200, page.view
            assert page.title in answer.text, page.view
    assert help_entries.find_help(user, edition, []) == []


def test_a_word_of_nearly_the_same_meaning_may_be_that_of_a_term(client):
    client.force_login(FocalPointFactory())

    assert client.get(reverse("search"), {"q": "promotion"}).context["suggestions"] == ["upgrade", "tier", "rank"]
    assert client.get(reverse("search"), {"q": "upgrade"}).context["suggestions"] == []
