"""Readers of report files: text, HTML, PDF and Word, each to the same kind of paragraphs."""
