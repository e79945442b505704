"""Read the XML parts of an Office file that list its parts and relationships, more strictly than Office does."""

from typing import NamedTuple
from xml.parsers import expat

_XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


class Element(NamedTuple):
    """An element of a part: its namespace, name and attributes."""

    space: str
    name: str
    said: dict[str, str]
    """The attributes by local name. No element may have two attributes of the same local name."""
    is_extended: bool
    """Whether an attribute has a namespace other than that of XML itself."""


def read_elements(part: bytes) -> list[Element]:
    """Return the elements of a part.

    Raises expat's error if the part is not well-formed XML. Raises ValueError for what sound parts don't have and
    readers treat differently: two attributes of one name, of which one may be ignored. Raises ValueError for a document
    type too, and so excludes all attacks with entities: no part has one (9.1.1 of part 1).
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
