"""Free text in lists: each word asked for begins a word of the row's texts, in any order and in any of them.

PostgreSQL's full text search in production, a plain equivalent on SQLite. Neither reduces words to their stems: the
record holds names in several languages.
"""

import re
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import connection
from django.db.models import Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

MOST_WORDS = 12
MOST_CHARACTERS = 200
_NOTHING, _SPACE = Value("", output_field=TextField()), Value(" ", output_field=TextField())


class _Words(Func):
    """The words of a text, as PostgreSQL searches them; what isn't letter or digit parts them."""

    function = "to_tsvector"
    template = (
        r"to_tsvector('simple', regexp_replace(%(expressions)s, "
        r"'[\u0001-\u002F:-@\u005B-\u0060\u007B-\u00BF\u02B9-\u02BF\u2000-\u206F]+', ' ', 'g'))"
    )
    output_field = SearchVectorField()


def words(text: str) -> list[str]:
    """The words of a text as it was typed, in small letters: "Qacha’s Nek" is three, whichever apostrophe is typed."""
    return re.findall(r"[^\W_ʹ-ʿ]+", text[:MOST_CHARACTERS].lower())[:MOST_WORDS]


def matching[Rows: QuerySet[Any]](rows: Rows, text: str, *fields: str) -> Rows:
    """Those of `rows` whose `fields` together hold words that begin with each word of `text`; all where it has none."""
    asked = words(text)
    if not asked:
        return rows
    if connection.vendor == "postgresql":
        texts = (Coalesce(Cast(name, TextField()), _NOTHING) for name in fields)
        said = Concat(_SPACE, *(part for each in texts for part in (each, _SPACE)), output_field=TextField())
        query = SearchQuery(" & ".join(f"{word}:*" for word in asked), config="simple", search_type="raw")
        return rows.alias(said=_Words(said)).filter(said=query)
    begins = (reduce(or_, (Q((f"{name}__iregex", rf"(^|[\W_ʹ-ʿ]){word}")) for name in fields)) for word in asked)
    return rows.filter(reduce(and_, begins))
