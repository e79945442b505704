"""docs/access.md has the table that the suite tests."""

from tests.security.access_page import PAGE, first_table_rules, page_text


def test_the_published_table_is_the_one_that_is_tested():
    assert PAGE.read_text() == page_text(), "run `make pages`"


def test_each_line_is_published_once():
    rows = [line for line in page_text().splitlines() if line.startswith(("| open", "| send"))]

    assert len(first_table_rules()) == 20
    assert len(rows) == len(set(rows))
