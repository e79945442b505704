"""Input for Washington as a Word file, to be worked on there. The only package that knows python-docx."""
