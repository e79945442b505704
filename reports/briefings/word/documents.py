"""Write a document of any kind as a Word file, if its kind has one.

Few documents are written in Word, so functions import what that needs: 5 MB.
"""

from reports.briefings.content.answers import QuestionAnswers
from reports.briefings.content.documents import DocumentContent
from reports.briefings.content.washington import WashingtonInput
from tiptracker.choices import Paper


def render_docx(content: DocumentContent, paper: Paper = Paper.A4, template: bytes = b"") -> bytes:
    """Return the content as a Word file; empty for a kind without one.

    `template` is the post's Word template, as stored. Equal content and an equal template give equal bytes.
    """
    match content:
        case WashingtonInput():
            from reports.briefings.word.washington import render_washington_input  # noqa: PLC0415 -- see above

            return render_washington_input(content, paper, template)
        case QuestionAnswers():
            from reports.briefings.word.answers import render_answers  # noqa: PLC0415 -- see above

            return render_answers(content, paper, template)
        case _:
            return b""
