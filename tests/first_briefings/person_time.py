"""Count what people do in a browser, and estimate how long they take for it.

The estimate is the keystroke-level model of Card, Moran and Newell (“The keystroke-level model for user performance
time with interactive systems”, Communications of the ACM 23(7), 1980), with its operators in seconds:

- a keystroke of an average typist who is not a secretary takes 0.28;
- pointing with a mouse takes 1.1, and pressing and releasing its button 0.2;
- a hand that moves between mouse and keyboard takes 0.4;
- getting ready for an action in the mind takes 1.35, once before each click or field.

Reading is added at 238 words a minute, the average for English non-fiction (Brysbaert, “How many words do we read per
minute?”, Journal of Memory and Language 109, 2019). Where people check what the application read or proposes, they
read every word: the preview of the list, the suggested benchmarks, and the evidence to verify. Of other pages they read
28 % of the words, which is the most that people have time for on an average page (Weinreich and others, “Not quite the
average: an empirical study of web use”, ACM Transactions on the Web 2(1), 2008, as Nielsen reckons with it in “How
little do users read?”, 2008). Nobody reads a line again that this person has read. The time in which the application
works is measured, and counts in full.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

KEYSTROKE = 0.28
POINT = 1.1
CLICK = 0.2
HAND = 0.4
MENTAL = 1.35
WORDS_PER_MINUTE = 238
SKIMMED_SHARE = 0.28
"""The share of the words that people read on a page where they only look for what to do."""
OUTSIDE = {
    "open the mail with the link": 10,
    "scan the code with the telephone": 15,
    "print the recovery codes": 15,
    "find the file of the report": 10,
}
"""Seconds for what people do beside the browser. These are assumptions."""


@dataclass
class Effort:
    """What people did: clicks, typed characters by field, words read, and seconds beside the browser."""

    clicks: int = 0
    fields: int = 0
    typed: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)
    words: float = 0
    outside: Counter[str] = field(default_factory=Counter)

    def add_click(self, times: int = 1) -> None:
        """Count clicks that belong to one action, such as opening a list and choosing from it."""
        self.clicks += times
        self.fields += 1

    def add_typing(self, label: str, text: str) -> None:
        """Count a text that was typed into a field: the click into the field, and its characters."""
        self.add_click()
        self.typed[label] += len(text)
        self.texts.append(text)

    def add_outside(self, what: str) -> None:
        """Count one of the things that people do beside the browser."""
        self.outside[what] += 1

    @property
    def characters(self) -> int:
        """Return the number of typed characters."""
        return sum(self.typed.values())

    @property
    def hand_seconds(self) -> float:
        """Return the seconds for clicks and typing by the keystroke-level model."""
        typed_fields = len(self.texts)
        return (
            self.fields * MENTAL
            + self.clicks * (POINT + CLICK)
            + self.characters * KEYSTROKE
            + 2 * typed_fields * HAND
            + self.outside_seconds
        )

    @property
    def outside_seconds(self) -> float:
        """Return the seconds for what people did beside the browser."""
        return sum(OUTSIDE[what] * times for what, times in self.outside.items())

    @property
    def reading_seconds(self) -> float:
        """Return the seconds for reading."""
        return self.words * 60 / WORDS_PER_MINUTE


def count_words(text: str) -> int:
    """Return the number of words in a text. A sign without letters or digits is not a word."""
    return len(re.findall(r"\w[\w’'.,:/-]*", text))
