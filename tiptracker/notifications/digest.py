"""What a mail with notices contains: one line for each notice that still holds, grouped by kind, and how to stop it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi

from tiptracker.accounts.models import User
from tiptracker.choices import Role
from tiptracker.localization import ngettext
from tiptracker.mail.models import Mail
from tiptracker.notifications.choices import KIND_RULES, NoticeKind
from tiptracker.notifications.models import Notice
from tiptracker.notifications.sentences import NoticeMatter, describe_group, describe_notices, find_matter

STOP_SALT = "tiptracker.notifications.stop"
NAMED_GROUPS = 2
"""How many kinds of notices the subject of a mail names."""


class DigestLine(NamedTuple):
    """A notice in a mail: what it tells, and the address that opens it."""

    sentence: str
    url: str


class DigestGroup(NamedTuple):
    """The notices of one kind in a mail."""

    heading: str
    lines: Sequence[DigestLine]


def group_notices(mail: Mail, person: User) -> list[DigestGroup]:
    """Return the notices of a mail that still hold, what is required first. Empty if none does.

    What is about commitments of the United States, or about answers to a request, stands apart from the others.
    """
    groups: dict[tuple[str, NoticeMatter], list[Notice]] = defaultdict(list)
    rows = list(Notice.objects.unsettled().filter(mail=mail, person=person).order_by("day", "pk"))
    sentences = describe_notices(rows, person)
    for notice in rows:
        groups[notice.kind, find_matter(notice)].append(notice)
    return [
        DigestGroup(
            describe_group(kind, len(notices), matter),
            [DigestLine(sentences[notice.pk], notice_url(notice)) for notice in notices],
        )
        for kind in sorted(NoticeKind, key=lambda kind: not KIND_RULES[kind].is_required)
        for matter in NoticeMatter
        if (notices := groups.get((kind, matter)))
    ]


def notices_context(groups: Sequence[DigestGroup], person: User) -> dict[str, Any]:
    """Return the context of the mail's templates.

    A mail counts notices, not tasks. So it leads those who have tasks to the page that lists them all (`tasks_url`).
    """
    return {
        "groups": groups,
        "summary": _summarize(groups),
        "tasks_url": urljoin(settings.PUBLIC_URL, reverse("my_tasks"))
        if person.role in (Role.OFFICER, Role.AMBASSADOR)
        else "",
        "settings_url": urljoin(settings.PUBLIC_URL, reverse("notice_settings")),
        "language": get_language(),
        "LANGUAGE_BIDI": get_language_bidi(),
    }


def _summarize(groups: Sequence[DigestGroup]) -> str:
    """Return a subject that fits on a telephone: the only notice, or the first groups and how many notices besides."""
    lines = [line for group in groups for line in group.lines]
    if len(lines) == 1:
        return lines[0].sentence
    named = "; ".join(group.heading for group in groups[:NAMED_GROUPS])
    others = sum(len(group.lines) for group in groups[NAMED_GROUPS:])
    if not others:
        return named
    sentence = ngettext("%(named)s; and %(number)d more notice", "%(named)s; and %(number)d more notices", others)
    return sentence % {"named": named, "number": others}


def notice_url(notice: Notice) -> str:
    """Return the full address that opens a notice, for its person only."""
    return urljoin(settings.PUBLIC_URL, reverse("notice_detail", args=[notice.pk]))


def unsubscribe_headers(person: User) -> dict[str, str]:
    """Return the headers by which a mail program offers to stop these mails with one press (RFC 2369, RFC 8058)."""
    address = urljoin(settings.PUBLIC_URL, stop_path(person))
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def stop_path(person: User) -> str:
    """Return the path of the page that stops a person's mails, whoever is signed in."""
    return reverse("notices_stop", args=[signing.dumps(person.pk, salt=STOP_SALT)])


def find_person_of_token(token: str) -> User | None:
    """Return the person whose mails a signed address stops. None if nobody signed it."""
    try:
        key = signing.loads(token, salt=STOP_SALT)
    except signing.BadSignature:
        return None
    return User.objects.get_queryset().filter(pk=key).first()
