"""The countries of the exercise, by their code of ISO 3166-1."""

import tomllib
from pathlib import Path
from typing import Any

COUNTRIES: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "countries.toml").read_text())
