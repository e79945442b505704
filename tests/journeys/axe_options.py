"""What axe is asked of a page."""

from typing import Any

AXE_OPTIONS: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "section508"]},
    "resultTypes": ["violations"],
    "preload": False,
}
