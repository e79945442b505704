"""Find what is wrong with a catalogue: what is missing, and what a translation changed that it must keep.

A translation keeps the placeholders and the tags of its sentence. Each form of a plural keeps those of the sentence in
the plural; the first form may keep those of the singular instead.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from babel.messages.catalog import Catalog, Message

from tiptracker.languages.catalogues import is_translated, list_messages

_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|%[sd]|\{\w*\}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
type MessageKey = tuple[str, str]
"""The context of a message, "" if it has none, and the sentence (in the singular)."""


def message_key(message: Message) -> MessageKey:
    """Return what identifies a message in every catalogue."""
    sentence = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
    return message.context or "", sentence


def find_faults(catalogue: Catalog, needed: Iterable[Message]) -> list[str]:
    """Return what is wrong with a catalogue that has to translate the `needed` messages: a line for each fault."""
    translated = {message_key(message): message for message in list_messages(catalogue)}
    wanted = {message_key(message): message for message in needed}
    faults = [f"“{key[1]}” is missing" for key in wanted.keys() - translated.keys()]
    faults += [f"“{key[1]}” is not in the code" for key in translated.keys() - wanted.keys()]
    for key, message in translated.items():
        if key in wanted and bool(message.pluralizable) != bool(wanted[key].pluralizable):
            faults.append(f"“{key[1]}” has a plural in only one of code and catalogue")
        faults += [f"“{key[1]}” {fault}" for fault in find_message_faults(message, catalogue.num_plurals)]
    return sorted(faults)


def find_message_faults(message: Message, plural_forms: int) -> Iterator[str]:
    """Yield what is wrong with one message of a language with so many plural forms."""
    if message.fuzzy:
        yield "is marked as fuzzy"
    elif not is_translated(message):
        yield "is not translated"
        return
    sources, forms = _texts(message.id), _texts(message.string)
    if len(sources) > 1 and len(forms) != plural_forms:
        yield f"has {len(forms)} plural forms, not {plural_forms}"
    for number, form in enumerate(forms):
        yield from _find_changes(sources if number == 0 else sources[-1:], form)


def _texts(text: str | Sequence[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def _find_changes(sources: Sequence[str], translation: str) -> Iterator[str]:
    """Yield how a translation differs from all the sentences that it may be of, in what it has to keep."""
    for what, read in (("placeholders", _placeholders), ("tags", _tags), ("line breaks", _outer_breaks)):
        if read(translation) not in [read(source) for source in sources]:
            yield f"has other {what} in “{translation}”"


def _placeholders(text: str) -> object:
    return set(_PLACEHOLDER.findall(text))


def _tags(text: str) -> object:
    return Counter(_TAG.findall(text))


def _outer_breaks(text: str) -> object:
    return text.startswith("\n"), text.endswith("\n")
