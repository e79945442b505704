"""Template tags for URLs of pages that belong to an edition."""

from django import template
from django.template import RequestContext

from recommendations import edition_context
from recommendations.models import Edition

register = template.Library()


@register.simple_tag(takes_context=True)
def edition_url(context: RequestContext, name: str, *args: object, edition: Edition | None = None) -> str:
    """Return the URL of a page of `edition`, or else of the edition of the current page.

    If the current page has no edition, the URL redirects to the default edition.
    """
    return (
        edition_context.edition_url(edition, name, *args)
        if edition
        else edition_context.page_url(context.request, name, *args)
    )
