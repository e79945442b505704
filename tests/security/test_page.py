"""The published table says what the suite asks for."""

from tests.security.page import PAGE, text


def test_the_published_table_is_the_one_that_is_tested():
    assert PAGE.read_text() == text(), "run `.venv/bin/python -m tests.security.page`"
