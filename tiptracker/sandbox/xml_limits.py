"""Limit the amount of XML in a packed file. It is counted before it is parsed, and only up to the limit."""

from contextlib import suppress
from xml.parsers import expat

MAX_ELEMENTS = 1_000_000
"""Elements of all parts together. A workbook of 20,000 full rows has half of it."""
MAX_ATTRIBUTES = 4_000_000
MAX_DEPTH = 256
"""Levels of nested elements. Word and Excel use about twenty."""


class TooMuchXml(ValueError):
    """More elements, attributes or depth than an Office file has."""


class XmlCounter:
    """Count elements and attributes over several parts. Malformed XML is left to the parser that reads it."""

    def __init__(self) -> None:
        self.elements = self.attributes = self.depth = 0

    def add(self, part: bytes) -> None:
        """Count one more part. Raises TooMuchXml as soon as a limit is exceeded."""
        parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        self.depth = 0
        with suppress(expat.ExpatError):
            parser.Parse(part, True)

    def _begin(self, _: str, attributes: list[str]) -> None:
        self.elements += 1
        self.attributes += len(attributes) // 2
        self.depth += 1
        if self.elements > MAX_ELEMENTS or self.attributes > MAX_ATTRIBUTES or self.depth > MAX_DEPTH:
            raise TooMuchXml

    def _end(self, _: str) -> None:
        self.depth -= 1
