"""Template tag for a part of a page that belongs to the request or its user, and so is never kept in the cache."""

from django import template
from django.template import Context

from tiptracker.web.fresh_parts import render_fresh_part
from tiptracker.web.kept_pages import find_gaps

register = template.Library()


@register.simple_tag(takes_context=True)
def fresh_part(context: Context, name: str) -> str:
    """Render a part of `tiptracker.web.fresh_parts`.

    In a page that is to be kept this leaves a gap, which is filled in on each request.
    """
    request = context["request"]
    gaps = find_gaps(request)
    return gaps.mark(name) if gaps else render_fresh_part(name, request)
