"""Template tag for a part of a page that belongs to the request or its user, and so is never kept in the cache."""

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from tiptracker.web.kept_pages import find_gaps

register = template.Library()


@register.simple_tag(takes_context=True)
def fresh_part(context: Context, template_name: str) -> SafeString:
    """Render another template, which uses only what every page has in its context.

    In a page that is to be kept this leaves a gap, which is filled in on each request.
    """
    if gaps := find_gaps(getattr(context, "request", None)):
        return gaps.mark(template_name)
    return context.template.engine.get_template(template_name).render(context)  # type: ignore[union-attr]
