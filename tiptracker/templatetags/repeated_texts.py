"""What lists repeat, built once: dates, parts of rows such as a status with its icon, and forms with filters."""

from collections.abc import Hashable
from datetime import date, datetime
from functools import lru_cache
from threading import Lock
from typing import Any

from django import template
from django.template import Context, Engine, defaultfilters
from django.utils.functional import Promise

from tiptracker.localization import current_language, once_per_language, write_first_day

MOST_FILTERS = 64
"""How many forms with filters a process keeps as HTML, of 5 to 30 kilobytes each."""
register = template.Library()
_filters: dict[Hashable, str] = {}
"""The kept forms, the one that was used last at the end."""
_lock = Lock()


@register.filter("date", expects_localtime=True, is_safe=False)
def format_by(value: Any, pattern: str | None = None) -> Any:
    """Format a date or a moment like Django's filter `date`. It takes the place of that filter in all templates."""
    if type(value) is not date:  # a moment is equal to the same moment in another zone, where it may be another day
        return write_first_day(defaultfilters.date(value, pattern))
    return _format_day(value, pattern)


@once_per_language
def _format_day(day: date, pattern: str | None) -> str:
    return write_first_day(defaultfilters.date(day, pattern))


@register.simple_tag
def repeated_part(template_name: str, **values: Hashable) -> str:
    """Render another template that uses nothing but these values. For equal values, it is rendered once.

    Use it for a part that comes again with the same values, such as a status, or the row of a list after a change of
    another row. Otherwise `include` is better.
    """
    # Equal values may look different: a choice and a text, or a safe text and another.
    typed_values = tuple(
        (name, type(value), str(value) if isinstance(value, Promise) else value) for name, value in values.items()
    )
    return _render_part(current_language(), template_name, typed_values)


@register.simple_tag
def filters_of_list(form: Any, url: str, things: str) -> str:
    """Render the filters of a list (templates/includes/filters.html), once for all that look the same.

    Args:
        form: a `ListFilterForm`.
        url: the address of the list.
        things: what the list holds, in the plural and translated.
    """
    key = current_language(), form.appearance, url, str(things)  # a lazy text differs from language to language
    with _lock:
        text = _filters.pop(key, None)
    if text is None:
        context = {"filter": form, "url": url, "things": things}
        text = Engine.get_default().get_template("includes/filters.html").render(Context(context))
    with _lock:
        _filters[key] = text
        while len(_filters) > MOST_FILTERS:
            del _filters[next(iter(_filters))]
    return text


@lru_cache(maxsize=4096)  # a row of a list has about a kilobyte
def _render_part(language: str, template_name: str, values: tuple[tuple[str, type, Hashable], ...]) -> str:
    context = {name: value for name, _, value in values}
    if any(isinstance(value, datetime) for value in context.values()):
        raise TypeError("A moment has no place here, because it is shown in the time zone of the reader.")
    text: str = Engine.get_default().get_template(template_name).render(Context(context))
    return text
