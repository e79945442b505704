"""The published table says what the suite asks for."""

from tests.security.access_page import PAGE, most_asked, text


def test_the_published_table_is_the_one_that_is_tested():
    assert PAGE.read_text() == text(), "run `make pages`"


def test_each_line_is_published_once():
    rows = [line for line in text().splitlines() if line.startswith(("| open", "| send"))]

    assert len(most_asked()) == 20
    assert len(rows) == len(set(rows))
