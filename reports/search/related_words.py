"""Suggest other words for a search that found nothing: the field has several words for one thing. No Django here."""

from collections.abc import Sequence

from tiptracker.web.word_forms import stem_word

RELATED_WORDS = (
    ("rule", "regulation", "procedure", "guideline", "bylaw"),
    ("law", "act", "legislation", "bill", "statute", "amendment"),
    ("money", "fund", "budget", "allocation", "financing", "payment"),
    ("training", "course", "workshop", "instruction"),
    ("conviction", "sentence", "verdict", "judgment"),
    ("prosecution", "charge", "trial", "case", "indictment"),
    ("prison", "jail", "imprisonment"),
    ("shelter", "housing", "accommodation", "services"),
    ("victim", "survivor"),
    ("official", "officer", "employee"),
    ("awareness", "outreach", "campaign"),
    ("court", "magistrate", "judge"),
    ("committee", "taskforce", "council"),
    ("upgrade", "promotion", "tier", "rank"),
    ("chance", "odds", "probability", "likelihood"),
    ("mail", "letter", "message"),
)
"""Words for nearly the same thing. Each is written in the form that a suggestion shows."""


def suggest_words(words: Sequence[str]) -> list[str]:
    """Return the words for nearly the same things as one of these, without those themselves, in the order of the list.

    Args:
        words: as `split_words` returns them.
    """
    stems = {stem_word(word) for word in words}
    found = [word for group in RELATED_WORDS if stems & set(map(stem_word, group)) for word in group]
    return [word for word in dict.fromkeys(found) if stem_word(word) not in stems]
