"""The project. Importing it chooses its settings and loads nothing, because processes without Django import it too."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tiptracker.settings")

VERSION = "0.1.0"
"""The version of the application. `pyproject.toml` has the same."""
