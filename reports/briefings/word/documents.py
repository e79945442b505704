"""Write a document of any kind as a Word file, if its kind has one."""

from reports.briefings.content.answers import QuestionAnswers
from reports.briefings.content.documents import DocumentContent
from reports.briefings.content.washington import WashingtonInput
from reports.briefings.word.answers import render_answers
from reports.briefings.word.washington import render_washington_input
from tiptracker.choices import Paper


def render_docx(content: DocumentContent, paper: Paper = Paper.A4, template: bytes = b"") -> bytes:
    """Return the content as a Word file; empty for a kind without one.

    `template` is the post's Word template, as stored. Equal content and an equal template give equal bytes.
    """
    match content:
        case WashingtonInput():
            return render_washington_input(content, paper, template)
        case QuestionAnswers():
            return render_answers(content, paper, template)
        case _:
            return b""
