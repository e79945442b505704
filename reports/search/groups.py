"""What the search looks through: for each kind of row, the rows a user may see, their texts, and the page to open.

Every source reads its rows through `visible_to`. A ministry's search looks only through texts that a ministry may read
(docs/access.md), so that a match alone tells nothing of the others.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from dialogues.models import (
    AgendaItem,
    AgreedProof,
    AnswerSentence,
    AnswerVersion,
    Commitment,
    Dialogue,
    Evidence,
    EvidenceFile,
    FileText,
    InformationRequest,
    InternalNote,
    LawEntry,
    LineAnswer,
    NextStep,
    Participant,
    Partner,
    RequestLine,
    UpdateVersion,
)
from dialogues.views.page_context import subject_url
from recommendations.edition_context import edition_url
from recommendations.models import Benchmark, BenchmarkTerms, Edition, Indicator, Question, Recommendation
from reports.models import Briefing
from reports.search.request_names import find_requests_by_name
from reports.search.sources import Group, Source, opens, related
from reports.search.update_versions import (
    describe_version_end,
    name_line_answer,
    name_version,
    with_citation,
    with_version,
    with_version_end,
)
from reports.search.withdrawals import describe_withdrawal, with_commitment_withdrawal, with_request_withdrawal
from tiptracker.accounts.models import Country, District, Ministry, User
from tiptracker.choices import EMBASSY_ROLES, MINISTRY_ROLES, Role
from tiptracker.localization import format_date, gettext, gettext_noop
from tiptracker.onboarding.permissions import can_set_up

EMBASSY_AND_MINISTRIES = EMBASSY_ROLES | MINISTRY_ROLES
EVERYONE = frozenset(Role)


def _version_url(row: UpdateVersion, user: User) -> str:
    """The embassy reviews a version on its own page; a ministry reads it on the page of its commitment or request."""
    if user.is_ministry:
        return subject_url(row.update.subject)
    return reverse("version_detail", args=[row.pk])


def _answer_url(row: LineAnswer, user: User) -> str:
    """As `_version_url`, for what a version says to a line of a request."""
    if user.is_ministry:
        return reverse("information_request_detail", args=[row.line.information_request_id])
    return reverse("version_detail", args=[row.update_version_id])


def _file_url(row: Any, user: User) -> str:
    """Return the page of what cites the file: evidence, or else a dialogue."""
    view, key = ("evidence_detail", row.of_evidence) if row.of_evidence else ("dialogue_detail", row.of_dialogue)
    return reverse(view, args=[key])


def _with_subject(briefings: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Add what the label of a briefing reads, and leave its content out, which is long."""
    return briefings.select_related("ministry", "dialogue").defer("content")


def _newest_criteria(user: User) -> QuerySet[BenchmarkTerms]:
    """Return the criteria in force of the benchmarks the user may see."""
    newest = BenchmarkTerms.objects.filter(benchmark=OuterRef("benchmark")).order_by("-recorded_at", "-pk")
    benchmarks = Benchmark.objects.visible_to(user).order_by().values("pk")
    return BenchmarkTerms.objects.filter(pk=Subquery(newest.values("pk")[:1]), benchmark__in=benchmarks)


def _district_url(row: District, user: User) -> str:
    """Return the page of the districts, in the country's newest edition; empty if the country has none."""
    edition = Edition.objects.visible_to(user).filter(country=row.country_id).order_by("-year").first()
    return edition_url(edition, "district_list") if edition else ""


def _with_newest_year(entries: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Add the country, and the year of its newest edition, whose page lists the entries of the law."""
    editions = Edition.objects.visible_to(user).tracked().filter(country=OuterRef("country"))
    with_year: QuerySet[Any] = entries.select_related("country").annotate(
        newest_year=Subquery(editions.values("year")[:1])
    )
    return with_year


def _law_url(row: Any, user: User) -> str:
    """Return the register of the law, in the country's newest edition; "" if it has none."""
    return edition_url(Edition(country=row.country, year=row.newest_year), "law_list") if row.newest_year else ""


def _name_question(question: Question, sentence: str) -> str:
    edition = question.edition
    return sentence % {"number": question.number, "country": edition.country, "year": edition.year}


def _person_url(row: User, user: User) -> str:
    """Only administrators open the page of a person."""
    return reverse("person_detail", args=[row.pk]) if can_set_up(user) else ""


def _ministry_url(row: Ministry, user: User) -> str:
    return reverse("ministry_edit" if can_set_up(user) else "ministry_detail", args=[row.pk])


def _of_dialogue(row: Any) -> str:
    return gettext("Dialogue of %(date)s, %(place)s") % {
        "date": format_date(row.dialogue.held_on),
        "place": row.dialogue.place,
    }


def _in_visible_dialogues(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    return rows.filter(dialogue__in=Dialogue.objects.visible_to(user).order_by().values("pk"))


GROUPS: Sequence[Group] = (
    Group(
        "recommendations",
        gettext_noop("Recommendations"),
        (
            Source(
                lambda user: Recommendation.objects.visible_to(user).order_by("-edition__year", "number"),
                ("text",),
                lambda row: (
                    gettext("Recommendation %(number)d, %(country)s %(year)d")
                    % {"number": row.number, "country": row.edition.country, "year": row.edition.year}
                ),
                opens("recommendation_detail"),
                ministry_fields=("text",),
                roles=EMBASSY_AND_MINISTRIES,
                completed=related("edition__country"),
            ),
            Source(
                lambda user: _newest_criteria(user).order_by("-benchmark__recommendation__edition__year", "benchmark"),
                ("criterion",),
                lambda row: (
                    gettext("Benchmark %(key)s, %(country)s %(year)d")
                    % {
                        "key": row.benchmark.key,
                        "country": row.benchmark.recommendation.edition.country,
                        "year": row.benchmark.recommendation.edition.year,
                    }
                ),
                opens("recommendation_detail", lambda row: row.benchmark.recommendation_id),
                completed=related("benchmark__recommendation__edition__country"),
            ),
        ),
    ),
    Group(
        "commitments",
        gettext_noop("Commitments"),
        (
            Source(
                lambda user: Commitment.objects.visible_to(user).order_by("-recorded_at", "-pk"),
                ("text", "letter"),
                lambda row: gettext("Commitment of %(maker)s") % {"maker": row.maker},
                opens("commitment_detail"),
                ministry_fields=("text",),
                roles=EMBASSY_AND_MINISTRIES,
                completed=lambda rows, user: with_commitment_withdrawal(rows.select_related("ministry")),
                mark=describe_withdrawal,
            ),
            Source(
                lambda user: AgreedProof.objects.visible_to(user).order_by("-recorded_at", "-pk"),
                ("text", "from_whom"),
                lambda row: gettext("Agreed proof of %(maker)s") % {"maker": row.commitment.maker},
                opens("commitment_detail", lambda row: row.commitment_id),
                ministry_fields=("text", "from_whom"),
                roles=EMBASSY_AND_MINISTRIES,
                completed=lambda rows, user: with_commitment_withdrawal(
                    rows.select_related("commitment__ministry"), "commitment"
                ),
                mark=describe_withdrawal,
            ),
        ),
    ),
    Group(
        "updates",
        gettext_noop("Updates"),
        (
            Source(
                lambda user: UpdateVersion.objects.visible_to(user).order_by("-recorded_at", "-pk"),
                ("narrative",),
                name_version,
                _version_url,
                ministry_fields=("narrative",),
                roles=EMBASSY_AND_MINISTRIES,
                completed=with_version,
                mark=describe_version_end,
            ),
            Source(
                lambda user: LineAnswer.objects.filter(
                    update_version__in=UpdateVersion.objects.visible_to(user).order_by().values("pk")
                ).order_by("-update_version", "-pk"),
                ("text",),
                name_line_answer,
                _answer_url,
                ministry_fields=("text",),
                roles=EMBASSY_AND_MINISTRIES,
                completed=lambda rows, user: with_version_end(
                    rows.select_related("line", "update_version__update__information_request__ministry"),
                    "update_version__",
                ),
                mark=describe_version_end,
            ),
        ),
    ),
    Group(
        "requests",
        gettext_noop("Requests for information"),
        (
            Source(
                lambda user: InformationRequest.objects.visible_to(user).order_by("-recorded_at", "-pk"),
                ("reason",),
                lambda row: gettext("Request %(number)d to %(ministry)s") % {"number": row.pk, "ministry": row.maker},
                opens("information_request_detail"),
                ministry_fields=("reason",),
                roles=EMBASSY_AND_MINISTRIES,
                completed=lambda rows, user: with_request_withdrawal(rows.select_related("ministry")),
                mark=describe_withdrawal,
                find_by_name=find_requests_by_name,
            ),
            Source(
                lambda user: RequestLine.objects.filter(
                    information_request__in=InformationRequest.objects.visible_to(user).order_by().values("pk")
                ).order_by("-information_request", "number"),
                ("wording",),
                lambda row: (
                    gettext("Request %(request)d to %(ministry)s, line %(number)d")
                    % {
                        "request": row.information_request_id,
                        "ministry": row.information_request.maker,
                        "number": row.number,
                    }
                ),
                opens("information_request_detail", lambda row: row.information_request_id),
                ministry_fields=("wording",),
                roles=EMBASSY_AND_MINISTRIES,
                completed=lambda rows, user: with_request_withdrawal(
                    rows.select_related("information_request__ministry"), "information_request"
                ),
                mark=describe_withdrawal,
            ),
        ),
    ),
    Group(
        "evidence",
        gettext_noop("Evidence"),
        (
            Source(
                lambda user: Evidence.objects.visible_to(user).current().order_by("-happened_to", "-pk"),
                ("title", "stated_by", "source"),
                lambda row: gettext("Evidence of %(date)s") % {"date": format_date(row.happened_to)},
                opens("evidence_detail"),
                ministry_fields=("title",),
                roles=EMBASSY_AND_MINISTRIES,
                completed=lambda rows, user: with_version_end(rows, "update_version__"),
                mark=describe_version_end,
            ),
            Source(
                lambda user: Indicator.objects.visible_to(user).order_by("name", "pk"),
                ("name", "unit"),
                lambda row: gettext("Indicator"),
                opens("indicator_detail"),
            ),
        ),
    ),
    Group(
        "files",
        gettext_noop("Files"),
        (
            Source(
                lambda user: EvidenceFile.objects.cited(user).order_by("-uploaded_at", "-pk"),
                ("name",),
                lambda row: gettext("File of %(date)s") % {"date": format_date(row.uploaded_at)},
                _file_url,
                ministry_fields=("name",),
                roles=EMBASSY_AND_MINISTRIES,
                completed=with_citation,
                mark=describe_version_end,
            ),
            Source(
                lambda user: FileText.objects.visible_to(user).order_by("-file__uploaded_at", "page"),
                ("text",),
                lambda row: gettext("“%(file)s”, page %(page)d") % {"file": row.file.name, "page": row.page},
                _file_url,
                ministry_fields=("text",),
                roles=EMBASSY_AND_MINISTRIES,
                completed=lambda rows, user: with_citation(rows.select_related("file"), user, "file"),
                mark=describe_version_end,
            ),
        ),
    ),
    Group(
        "dialogues",
        gettext_noop("Dialogues"),
        (
            Source(
                lambda user: Dialogue.objects.visible_to(user).order_by("-held_on", "-pk"),
                ("place", "purpose", "record", "agreed"),
                lambda row: (
                    gettext("Dialogue of %(date)s, %(place)s") % {"date": format_date(row.held_on), "place": row.place}
                ),
                opens("dialogue_detail"),
            ),
            Source(
                lambda user: _in_visible_dialogues(AgendaItem.objects.all(), user).order_by("-dialogue__held_on", "pk"),
                ("topic", "note", "said"),
                _of_dialogue,
                opens("dialogue_detail", lambda row: row.dialogue_id),
                completed=related("dialogue"),
            ),
            Source(
                lambda user: NextStep.objects.visible_to(user).order_by("-dialogue__held_on", "pk"),
                ("text", "office"),
                _of_dialogue,
                opens("dialogue_detail", lambda row: row.dialogue_id),
                completed=related("dialogue"),
            ),
            Source(
                lambda user: _in_visible_dialogues(Participant.objects.all(), user).order_by("-dialogue__held_on"),
                ("name", "office"),
                _of_dialogue,
                opens("dialogue_detail", lambda row: row.dialogue_id),
                completed=related("dialogue"),
            ),
        ),
    ),
    Group(
        "questions",
        gettext_noop("Yearly questions"),
        (
            Source(
                lambda user: Question.objects.visible_to(user).order_by("-edition__year", "position", "pk"),
                ("number", "text"),
                lambda row: _name_question(row, gettext("Question %(number)s, %(country)s %(year)d")),
                opens("question_detail"),
                completed=related("edition__country"),
                mark=lambda row: gettext("No longer asked.") if row.is_retired else "",
            ),
        ),
    ),
    Group(
        "answers",
        gettext_noop("Answers to yearly questions"),
        (
            Source(
                lambda user: AnswerSentence.objects.filter(
                    version__in=AnswerVersion.objects.visible_to(user).current().order_by().values("pk")
                ).order_by("-version__question__edition__year", "version__question__position", "position", "pk"),
                ("text",),
                lambda row: _name_question(
                    row.version.question, gettext("Answer to question %(number)s, %(country)s %(year)d")
                ),
                opens("question_detail", lambda row: row.version.question_id),
                completed=related("version__question__edition__country"),
            ),
        ),
    ),
    Group(
        "law",
        gettext_noop("The law"),
        (
            Source(
                lambda user: LawEntry.objects.visible_to(user).known_by(None).order_by("-recorded_at", "-pk"),
                ("citation", "text"),
                lambda row: (
                    gettext("%(kind)s, minimum standard %(number)d")
                    % {
                        "kind": row.get_kind_display(),
                        "number": row.standard,
                    }
                ),
                _law_url,
                completed=_with_newest_year,
            ),
        ),
    ),
    Group(
        "notes",
        gettext_noop("Internal notes"),
        (
            Source(
                lambda user: InternalNote.objects.visible_to(user).order_by("-recorded_at", "-pk"),
                ("text",),
                lambda row: (
                    gettext("Note of %(date)s: %(subject)s")
                    % {"date": format_date(row.recorded_at), "subject": row.subject_label}
                ),
                opens("note_detail"),
                completed=related("recommendation__edition", "commitment__ministry", "ministry"),
            ),
        ),
    ),
    Group(
        "documents",
        gettext_noop("Briefings"),
        (
            Source(
                lambda user: Briefing.objects.visible_to(user).order_by("-as_of", "-pk"),
                ("covering_note",),
                lambda row: row.label,
                opens("briefing_detail"),
                completed=_with_subject,
            ),
            Source(
                lambda user: Briefing.objects.visible_to(user).filter(ministry__isnull=False).order_by("-as_of", "-pk"),
                ("ministry__name", "ministry__short_name"),
                lambda row: row.label,
                opens("briefing_detail"),
                completed=_with_subject,
            ),
        ),
    ),
    Group(
        "people",
        gettext_noop("People, ministries, partners and districts"),
        (
            Source(
                lambda user: User.objects.visible_to(user).order_by("name", "pk"),
                ("name", "email"),
                lambda row: row.get_role_display(),
                _person_url,
                ministry_fields=("name",),
                roles=EVERYONE,
            ),
            Source(
                lambda user: Ministry.objects.visible_to(user).order_by("name"),
                ("name", "short_name"),
                lambda row: gettext("Ministry"),
                _ministry_url,
                roles=EMBASSY_ROLES | {Role.ADMINISTRATOR},
            ),
            Source(
                lambda user: Partner.objects.visible_to(user).order_by("name", "pk"),
                ("name",),
                lambda row: gettext("Partner: %(kind)s") % {"kind": row.get_kind_display()},
                opens("partner_detail"),
            ),
            Source(
                lambda user: District.objects.filter(country__in=Country.objects.visible_to(user)).order_by("name"),
                ("name", "capital"),
                lambda row: gettext("District of %(country)s") % {"country": row.country},
                _district_url,
                completed=related("country"),
            ),
        ),
    ),
)
