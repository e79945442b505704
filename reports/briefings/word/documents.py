"""Write a document of any kind as a Word file, if its kind has one."""

from reports.briefings.content.answers import QuestionAnswers
from reports.briefings.content.documents import DocumentContent
from reports.briefings.content.washington import WashingtonInput
from reports.briefings.word.answers import render_answers
from reports.briefings.word.washington import render_washington_input
from tiptracker.choices import Paper


def render_docx(content: DocumentContent, paper: Paper = Paper.A4) -> bytes:
    """Return the content as a Word file; empty for a kind without one. Equal content gives equal bytes."""
    match content:
        case WashingtonInput():
            return render_washington_input(content, paper)
        case QuestionAnswers():
            return render_answers(content, paper)
        case _:
            return b""
