"""Input for Washington as a Word file that Washington can edit. Only this package uses python-docx."""
