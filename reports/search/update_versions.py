"""What search results say of update versions: their names, and whether what came with one was withdrawn or returned."""

from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.utils import timezone

from dialogues.choices import DECISIONS_ENDING_CLAIMS, UpdateDecision
from dialogues.models import DialogueFile, Evidence, LineAnswer, UpdateVersion
from dialogues.views.version_content import version_title
from tiptracker.accounts.models import User
from tiptracker.localization import format_date, gettext


def name_version(row: UpdateVersion) -> str:
    """Return the name of a version, so that several of one update are told apart."""
    values = {
        "version": version_title(row),
        "maker": row.update.subject.maker,
        "date": format_date(timezone.localtime(row.recorded_at).date()),
    }
    return gettext("%(version)s, %(maker)s, %(date)s") % values


def name_line_answer(row: LineAnswer) -> str:
    """Return the name of what a version says to a line of a request."""
    version = row.update_version
    values = {"version": version_title(version), "line": row.line.number, "maker": version.update.subject.maker}
    return gettext("%(version)s, to line %(line)d, %(maker)s") % values


def with_version_end(rows: QuerySet[Any], path: str = "") -> QuerySet[Any]:
    """Add what `describe_version_end` reads: the decision on a version, its day, and the version that replaced it.

    `path` leads from the rows to their version, such as "update_version__".
    """
    versions = UpdateVersion.objects.filter(update=OuterRef(f"{path}update")).order_by("-number")
    with_end: QuerySet[Any] = rows.annotate(
        version_end=F(f"{path}decision__decision"),
        version_ended_at=F(f"{path}decision__recorded_at"),
        version_number=F(f"{path}number"),
        newest_number=Subquery(versions.values("number")[:1]),
    )
    return with_end


def with_version(versions: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Add what the name, the page and the mark of a version read: its commitment or its request, and how it ended."""
    subjects = ("update__commitment", "update__information_request")
    named = versions.select_related(*(f"{each}__{part}" for each in subjects for part in ("country", "ministry")))
    return with_version_end(named)


def describe_version_end(row: Any) -> str:
    """Say that the version was withdrawn or returned, and which one replaced it. Empty while what it says stands."""
    sentences = {
        UpdateDecision.WITHDRAWN: gettext("Withdrawn by the ministry on %(date)s."),
        UpdateDecision.RETURNED: gettext("Returned to the ministry on %(date)s."),
    }
    if row.version_end not in DECISIONS_ENDING_CLAIMS:
        return ""
    ended = sentences[UpdateDecision(row.version_end)] % {
        "date": format_date(timezone.localtime(row.version_ended_at).date())
    }
    if row.newest_number > row.version_number:
        return f"{ended} {gettext('Replaced by version %(number)d.') % {'number': row.newest_number}}"
    return ended


def with_citation(files: QuerySet[Any], user: User, file: str = "pk") -> QuerySet[Any]:
    """Add what cites each file: `.of_evidence` and `.of_dialogue`, the keys or None, and how its version ended.

    A file may be sent again with the next version. Evidence that stands comes first, then the newest.
    """
    evidence = Evidence.objects.visible_to(user).filter(file=OuterRef(file))
    is_ended = Case(When(update_version__decision__decision__in=DECISIONS_ENDING_CLAIMS, then=1), default=Value(0))
    cited = with_version_end(evidence, "update_version__").order_by(is_ended, "-pk")
    dialogues = DialogueFile.objects.visible_to(user).filter(file=OuterRef(file)).values("dialogue")
    ends = ("version_end", "version_ended_at", "version_number", "newest_number")
    found: QuerySet[Any] = files.annotate(
        of_evidence=Subquery(cited.values("pk")[:1]),
        of_dialogue=Subquery(dialogues[:1]),
        **{name: Subquery(cited.values(name)[:1]) for name in ends},
    )
    return found
