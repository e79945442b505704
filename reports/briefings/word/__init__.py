"""Input for Washington as a Word file, to be worked on there. The only package that knows python-docx."""

from reports.briefings.word.washington import to_docx

__all__ = ["to_docx"]
