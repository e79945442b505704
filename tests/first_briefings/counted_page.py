"""One person at a browser: each click, each typed text and each line that was read is counted."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.first_briefings.person_time import SKIMMED_SHARE, Effort, count_words

READ_LINES = """(parts) => {
  const isSkipped = (node) => node.closest("select, script, style, datalist, [hidden], .for-screen-readers");
  const lines = [];
  for (const part of document.querySelectorAll(parts)) {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!isSkipped(element) && element.checkVisibility()) lines.push(walker.currentNode.data);
    }
    for (const each of part.querySelectorAll("textarea, input:not([type=hidden])"))
      if (each.checkVisibility() && !["radio", "checkbox", "file", "password"].includes(each.type))
        lines.push(...each.value.split("\\n"));
  }
  return lines.map((line) => line.replace(/\\s+/g, " ").replace(/^\\s*\\d+\\.\\s/, "").trim()).filter(Boolean);
}"""
"""The lines that are visible on a page, with the values of its fields, but without the options of its lists."""


class CountedPage:
    """A page of a browser, and the person in front of it."""

    def __init__(self, page: Page, effort: Effort) -> None:
        self.page = page
        self.effort = effort
        self.read: dict[str, float] = {}

    def read_page(self, parts: str = "main", share: float = SKIMMED_SHARE) -> None:
        """Read a share of the words of each line that this person has not read yet."""
        for line in self.page.evaluate(READ_LINES, parts):
            if (more := share - self.read.get(line, 0)) > 0:
                self.read[line] = share
                self.effort.words += more * count_words(line)

    def check(self, parts: str) -> None:
        """Read every word of the parts of the page that a CSS selector finds."""
        assert self.page.locator(parts).count(), f"nothing on the page is “{parts}”"
        self.read_page(parts, 1)

    def open_link(self, url: str) -> None:
        """Open the link of a mail, or the address of the site."""
        self.effort.add_click()
        self.page.goto(url)
        self.read_page()

    @contextmanager
    def _new_page(self) -> Iterator[None]:
        with self.page.expect_navigation():
            yield
        self.read_page()

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Click a link, and read the page that opens."""
        link = self.page.get_by_role("link", name=name, exact=isinstance(name, str)).locator("visible=true").first
        self.effort.add_click()
        with self._new_page():
            link.click()

    def press(self, name: str | re.Pattern[str], place: Locator | None = None) -> None:
        """Press a button, and read the page that opens."""
        button = (place or self.page).get_by_role("button", name=name, exact=isinstance(name, str))
        button = button.locator("visible=true").first
        self.effort.add_click()
        with self._new_page():
            button.click()

    def press_in_place(self, name: str) -> None:
        """Press a button that changes a part of the page."""
        self.effort.add_click()
        self.page.get_by_role("button", name=name, exact=True).locator("visible=true").first.click()

    def type(self, label: str, field: str | Locator, text: str) -> None:
        """Type a text into an empty field, which is named by its label or given. `label` is its name in the table."""
        box = self.page.get_by_label(field, exact=True) if isinstance(field, str) else field
        before = box.input_value()
        if before == text:
            return
        assert not before, f"“{label}” already holds “{before}”"
        self.effort.add_typing(label, text)
        box.fill(text)
        self.read[text] = 1

    def type_suggested(self, label: str, box: Locator, beginning: str, text: str) -> None:
        """Type the beginning of a text, and click the suggestion of the browser."""
        suggested = self.page.locator(f"datalist#{box.get_attribute('list')} option")
        offered = [option.get_attribute("value") for option in suggested.all()]
        assert text in offered, f"“{text}” is not among the suggestions: {offered}"
        self.effort.add_typing(label, beginning)
        self.effort.add_click()
        box.fill(text)

    def select(self, field: str | Locator, value: str) -> None:
        """Choose an entry of a list by its value, unless it is chosen already."""
        box = self.page.get_by_label(field, exact=True) if isinstance(field, str) else field
        if box.input_value() != value:
            self.effort.add_click(2)
            box.select_option(value)

    def tick(self, label: Locator) -> None:
        """Click a radio button or a checkbox by its label."""
        self.effort.add_click()
        label.click()

    def tick_named(self, name: str) -> None:
        """Click the radio button or checkbox with this name."""
        self.tick(self.page.locator("label", has_text=re.compile(rf"^\s*{re.escape(name)}\s*$")).first)

    def choose_file(self, field: str, name: str, kind: str, content: bytes) -> None:
        """Choose a file: open the dialogue, click the file, and confirm."""
        self.effort.add_click(3)
        self.effort.add_outside("find the file of the report")
        self.page.get_by_label(field, exact=True).set_input_files({"name": name, "mimeType": kind, "buffer": content})

    def save_screenshot(self, path: Path) -> None:
        """Save a picture of the whole page."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, full_page=True)
