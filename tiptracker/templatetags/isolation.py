"""Template tag `blocktranslate`, which isolates the values of its sentence in a language from right to left.

It takes the place of Django's tag in all templates (`builtins` in the settings). The tag `colon` is for a colon between
a label and what follows, outside of a sentence. A colon within a sentence belongs to the translation of the sentence.
"""

from typing import Any, cast

from django import template
from django.template.base import FilterExpression, Parser, Token, TokenType, render_value_in_context
from django.templatetags.i18n import BlockTranslateNode, do_block_translate
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi

from tiptracker.localization import isolate, write_colon

register = template.Library()
register.simple_tag(write_colon, name="colon")


class _IsolatedValue:
    """A value of a sentence. The tag resolves it like any other expression."""

    def __init__(self, expression: FilterExpression) -> None:
        self.expression = expression

    def resolve(self, context: template.Context) -> Any:
        value = self.expression.resolve(context)
        if not get_language_bidi():
            return value
        text = render_value_in_context(value, context)
        isolated = isolate(text)
        return mark_safe(isolated) if isinstance(text, SafeString) else isolated  # noqa: S308 - escaped above


@register.tag("blocktranslate")
def isolating_blocktranslate(parser: Parser, token: Token) -> BlockTranslateNode:
    """Translate a block like Django's tag, with isolated values. A value within an HTML tag stays as it is."""
    node = do_block_translate(parser, token)
    for name in _names_outside_tags(node.singular) | _names_outside_tags(node.plural or []):
        expression = node.extra_context.get(name) or parser.compile_filter(name)
        node.extra_context[name] = cast("FilterExpression", _IsolatedValue(expression))
    return node


def _names_outside_tags(tokens: list[Token]) -> set[str]:
    """Return the names of the values that are in the text of a sentence, and in none of its HTML tags."""
    outside: set[str] = set()
    inside: set[str] = set()
    text = ""
    for token in tokens:
        if token.token_type == TokenType.TEXT:
            text += token.contents
        else:
            (inside if text.rfind("<") > text.rfind(">") else outside).add(token.contents)
    return outside - inside
