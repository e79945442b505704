"""Fixtures for the papers."""

from datetime import datetime

import pytest

from tests.papers.checkout import Checkout


@pytest.fixture(scope="session")
def checkout() -> Checkout:
    """A commit, as one is read."""
    return Checkout(
        commit="b550fa397c246702315296347c6e023746656629",
        committed_at=datetime.fromisoformat("2026-11-30T19:43:39+00:00"),
        is_changed=False,
        version="0.1.0",
    )
