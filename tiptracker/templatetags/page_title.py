"""Template tag for the title of the page, which the links to where it belongs end with."""

from django import template
from django.template import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def page_title(context: Context) -> SafeString:
    """Return what the block `title` of the page says. A template can contain a block only once."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block("title")
    return SafeString(block.nodelist.render(context).strip())
