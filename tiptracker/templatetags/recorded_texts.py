"""Mark texts of the record as English where a page or a document is in another language.

Official texts of the report, and what the embassy recorded, are not translated. The mark lets screen readers, browsers
and PDF readers pronounce and hyphenate them as English.
"""

from typing import Any

from django import template
from django.conf import settings
from django.utils.html import conditional_escape, format_html

from tiptracker.localization import current_language

register = template.Library()


@register.filter
def as_recorded(text: Any) -> Any:
    """Return a text of the record with the language in which the record is written, if the reader's is another."""
    if not text or current_language() == settings.LANGUAGE_CODE:
        return text
    return format_html('<span lang="en">{}</span>', conditional_escape(text))


@register.filter
def as_recorded_unless(text: Any, is_composed: Any) -> Any:
    """Return a text of the record as `as_recorded` does, or as it is if a sentence of the application stands there."""
    return text if is_composed else as_recorded(text)
