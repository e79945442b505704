"""The XML of a part of an Office file: its elements in order, read as strictly as Office reads them or more so."""

from collections.abc import Container
from itertools import count
from typing import NamedTuple
from xml.parsers import expat

_XML = "http://www.w3.org/XML/1998/namespace"


class Element(NamedTuple):
    """An element of a part: its namespace and name; its attributes, and its text where that was asked for."""

    space: str
    name: str
    said: dict[str, str]
    """By name without a namespace, since no element has two of one name."""
    is_extended: bool
    """Whether an attribute is of a namespace of its own."""
    within: int
    """The number of the nearest element around it that is of another namespace, or -1."""
    text: str


class _Open(NamedTuple):
    """An element that hasn't ended: its own number, and that of the nearest around it that is of another namespace."""

    number: int
    space: str
    within: int
    code: int | None
    """Where its text is kept, if it is code."""
    name: str


def elements(part: bytes, looked_at: Container[str] | None = None, codes: Container[str] = ()) -> list[Element]:
    """Those elements named in `looked_at` (or each), in order, with the text of those named in `codes`.

    Raises expat's error where the part is no sound XML; ValueError for what sound parts don't have and readers don't
    agree on: two attributes of one name, of which one may be ignored; code with another element in it. A document type
    is refused, too, and with it all that entities can do: no part has one (9.1.1 of part 1).
    """
    return _Reader(looked_at, codes).read(part)


class _Reader:
    """What expat tells of a part, kept as elements."""

    def __init__(self, looked_at: Container[str] | None, codes: Container[str]) -> None:
        self.looked_at, self.codes = looked_at, codes
        self.found: list[Element] = []
        self.around = [_Open(-1, "", -1, None, "")]
        self.numbers = count()
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.begin, self.end

    def read(self, part: bytes) -> list[Element]:
        self.parser.Parse(part, True)
        return self.found

    def refuse(self, *_: object) -> None:
        raise ValueError("a document type")

    def begin(self, full_name: str, attributes: dict[str, str]) -> None:
        space, _, name = full_name.rpartition(" ")
        said = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if len(said) != len(attributes):
            raise ValueError("two attributes of one name")
        parent = self.around[-1]
        if parent.code is not None and not (name == "f" and parent.name.startswith("formula")):
            raise ValueError("code with another element in it")
        within = parent.within if parent.space == space else parent.number
        code = None
        if self.looked_at is None or name in self.looked_at:
            if name in self.codes and not space.endswith("/math"):  # there "f" is a fraction
                code = len(self.found)
                self.parser.CharacterDataHandler = self.go_on
            is_extended = any(" " in key and not key.startswith(_XML) for key in attributes)
            self.found.append(Element(space, name, said, is_extended, within, ""))
        self.around.append(_Open(next(self.numbers), space, within, code, name))

    def go_on(self, text: str) -> None:
        code = self.around[-1].code
        if code is not None:
            self.found[code] = self.found[code]._replace(text=self.found[code].text + text)

    def end(self, _: str) -> None:
        if self.around.pop().code is not None:
            self.parser.CharacterDataHandler = None if self.around[-1].code is None else self.go_on
