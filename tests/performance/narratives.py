"""What it takes to read a narrative: a PDF of 60 pages, by the clock, beside the same text without its pages."""

from collections.abc import Callable
from time import perf_counter

from weasyprint import HTML

from recommendations.importing.readers.report_file import read_report
from recommendations.importing.report_parser import parse_narrative
from tests.recommendations.importing.report_parser.sample_narratives import ITEMS, OPENING, PROSE
from tiptracker.sandbox.sandbox import Sandbox

GOAL_S = 5.0
STYLE = "@page { size: A4; margin: 2cm; @bottom-center { content: counter(page) } @top-center { content: 'LESOTHO' } }"
RECOMMENDATIONS = 60


def tell_narratives(say: Callable[[str], None]) -> list[str]:
    """Print it; gives what is wrong, as sentences: items lost, never a time, since machines differ."""
    items = [f"{ITEMS[number % len(ITEMS)][:-1]} in step {number}." for number in range(RECOMMENDATIONS)]
    head, tail = ["2021 Trafficking in Persons Report", "LESOTHO (Tier 2)", OPENING], [f"{PROSE} " * 20] * 95
    made = HTML(
        string=f"<style>{STYLE}</style>"
        + "".join(f"<p>{text}</p>" for text in head)
        + f"<p>PRIORITIZED RECOMMENDATIONS:</p><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
        + "<p>PROSECUTION</p>"
        + "".join(f"<p>{text}</p>" for text in tail)
    ).render()
    pdf, text = made.write_pdf(), "\n\n".join([*head, "PRIORITIZED RECOMMENDATIONS:", *(f"• {item}" for item in items)])
    say(f"\nA narrative of {len(items)} recommendations")
    wrong = []
    for name, content, goal in (
        (f"a PDF of {len(made.pages)} pages", pdf, f"  goal {GOAL_S} s"),
        ("its text", "\n\n".join([text, "PROSECUTION", *tail]).encode(), ""),
    ):
        began = perf_counter()
        found = parse_narrative(read_report(name, content, run=Sandbox(None)))
        say(f"  {name}: read in {perf_counter() - began:.2f} s{goal}")
        if [item.text for item in found.recommendations] != items:
            wrong.append(f"Of {name} not every recommendation came back.")
    return wrong
