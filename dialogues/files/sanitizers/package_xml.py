"""The XML of a part that says what the others are or draw on: its elements, read more strictly than by Office."""

from typing import NamedTuple
from xml.parsers import expat

_XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


class Element(NamedTuple):
    """An element of a part: its namespace and name, and its attributes."""

    space: str
    name: str
    said: dict[str, str]
    """By name without a namespace, since no element has two of one name."""
    is_extended: bool
    """Whether an attribute is of a namespace of its own."""


def read_elements(part: bytes) -> list[Element]:
    """The elements of a part.

    Raises expat's error where the part is no sound XML; ValueError for what sound parts don't have and readers don't
    agree on: two attributes of one name, of which one may be ignored. A document type is refused, too, and with it all
    that entities can do: no part has one (9.1.1 of part 1).
    """
    found: list[Element] = []

    def begin(full_name: str, attributes: dict[str, str]) -> None:
        space, _, name = full_name.rpartition(" ")
        said = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if len(said) != len(attributes):
            raise ValueError("two attributes of one name")
        is_extended = any(" " in key and not key.startswith(_XML_NAMESPACE) for key in attributes)
        found.append(Element(space, name, said, is_extended))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse_document_type
    parser.StartElementHandler = begin
    parser.Parse(part, True)
    return found


def refuse_document_type(*_: object) -> None:
    """Raise ValueError: no part of an Office file has a document type."""
    raise ValueError("a document type")
