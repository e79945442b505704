"""Addresses of pages that belong to an edition."""

from django import template
from django.template import RequestContext

from recommendations import edition_context
from recommendations.models import Edition

register = template.Library()


@register.simple_tag(takes_context=True)
def edition_url(context: RequestContext, name: str, *args: object, edition: Edition | None = None) -> str:
    """The address of a page of `edition`, else of the edition that this page stands at.

    On a page that stands at none: the address that leads to the edition at hand.
    """
    return (
        edition_context.edition_url(edition, name, *args)
        if edition
        else edition_context.page_url(context.request, name, *args)
    )
