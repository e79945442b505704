"""Readers of report files: text, HTML, PDF and Word. All return the same kind of paragraphs."""
