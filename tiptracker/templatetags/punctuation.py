"""Template tag `colon`, for a colon between a label and what follows, outside of a sentence.

French has a space before it that does not break. A colon within a sentence belongs to the translation of the sentence.
"""

from django import template

from tiptracker.localization import write_colon

register = template.Library()


@register.simple_tag
def colon() -> str:
    """Return a colon as the reader's language writes it: in French with a space before it."""
    return write_colon()
