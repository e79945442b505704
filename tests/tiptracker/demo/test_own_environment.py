import os
from pathlib import Path

import pytest

from tiptracker.demo.own_environment import set_own_environment

NAMES = ("VAR_DIR", "STATIC_ROOT", "MEDIA_ROOT", "DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL", "HOST")
NAMES += ("PORT", "DEMONSTRATION")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of a checkout with a key, and an environment that names nothing else; restored at the end."""
    for name in NAMES:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    (tmp_path / "secret_key").write_text("a key\n")
    return tmp_path


def test_the_demonstration_has_a_folder_a_database_and_addresses_of_its_own(folder, monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "tip.example.gov")
    set_own_environment()

    assert {name: os.environ.get(name) for name in NAMES} == {
        "DEMONSTRATION": "true",
        "VAR_DIR": f"{folder}/demo",
        "STATIC_ROOT": f"{folder}/static",
        "MEDIA_ROOT": f"{folder}/demo/files",
        "DATABASE_URL": f"sqlite:///{folder}/demo/db.sqlite3",
        "SECRET_KEY": "a key",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1],127.0.0.1",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "HOST": None,
        "PORT": None,
    }


def test_each_chosen_database_has_a_folder_of_its_own(folder, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://demo@db/one")
    monkeypatch.setenv("HOST", "::1")
    monkeypatch.setenv("PORT", "8001")
    set_own_environment()

    assert os.environ["DATABASE_URL"] == "postgres://demo@db/one"
    assert Path(os.environ["VAR_DIR"]).name.startswith("demo-")
    assert os.environ["PUBLIC_URL"] == "http://[::1]:8001"


def test_with_a_wrong_value_nothing_is_set_and_the_command_says_what_is_wrong(folder, monkeypatch):
    monkeypatch.setenv("PORT", "eighty")
    set_own_environment()

    assert "DEMONSTRATION" not in os.environ
    assert os.environ["VAR_DIR"] == str(folder)
