"""Which languages people may choose: English, and those that this installation has signed off.

Sesotho has only what ministries read, so nobody else is offered it. A choice of a language that was switched off again
stays stored, and English is used.
"""

from time import monotonic

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from tiptracker.choices import MINISTRY_ROLES, Role
from tiptracker.languages.models import LanguageReview

MINISTRY_LANGUAGES = frozenset({"st"})
"""Languages whose catalogue has only what ministries read: their pages, refusals and mails."""
KEPT_SECONDS = 10.0
"""How long a process keeps which languages are signed off. A switched off language may be used that long."""

_kept: tuple[float, frozenset[str]] | None = None


def signed_off_languages() -> frozenset[str]:
    """Return the codes of the languages that this installation has signed off. English needs no row."""
    global _kept  # noqa: PLW0603
    if _kept is None or monotonic() > _kept[0] + KEPT_SECONDS:
        newest = LanguageReview.objects.values("language").annotate(newest=Max("pk")).values("newest")
        codes = LanguageReview.objects.filter(pk__in=newest, is_signed_off=True).values_list("language", flat=True)
        _kept = monotonic(), frozenset(codes)
    return _kept[1]


def forget_signed_off_languages() -> None:
    """Let this process read the languages again."""
    global _kept  # noqa: PLW0603
    _kept = None


def list_languages(role: Role | None = None) -> list[tuple[str, str]]:
    """Return the languages that a person of this role may choose: pairs of code and the language's name in itself.

    Without a role, return all that anybody may choose.
    """
    return [(code, name) for code, name in settings.LANGUAGES if find_language(code, role) == code]


def find_language(code: str, role: Role | None) -> str:
    """Return `code` if people of this role may use that language, or else the language of the settings.

    Before somebody signs in they have no role. Whoever reads the pages of the sign-in may be of a ministry.
    """
    if code == settings.LANGUAGE_CODE or code not in dict(settings.LANGUAGES):
        return settings.LANGUAGE_CODE
    if code in MINISTRY_LANGUAGES and role is not None and role not in MINISTRY_ROLES:
        return settings.LANGUAGE_CODE
    return code if code in signed_off_languages() else settings.LANGUAGE_CODE


def find_browser_language(request: HttpRequest) -> str:
    """Return the first language of the browser that people may use here, or else that of the settings."""
    for asked, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            code = get_supported_language_variant(asked)
        except LookupError:
            continue
        if code == settings.LANGUAGE_CODE or find_language(code, None) == code:
            return code
    return settings.LANGUAGE_CODE
