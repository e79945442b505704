"""A set of 60 questions with headings and parts, and the files that a post may have it in."""

import io
from typing import NamedTuple

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl import Workbook
from weasyprint import HTML


class Asked(NamedTuple):
    """A question as it stands in the file: its number, text, heading, and the number of what it is a part of."""

    number: str
    text: str
    heading: str
    parent: str = ""

    @property
    def level(self):
        """0 for a question, 1 for its part, 2 for a part of that."""
        return self.number.count(".")


def sixty_questions():
    """Return 60 questions under five headings: 20 questions, 30 parts of them, 10 parts of parts."""
    asked = []
    headings = ("General", "Prosecution", "Protection", "Prevention", "Partnership")
    for number in range(1, 21):
        heading = headings[(number - 1) // 4]
        asked.append(
            Asked(
                str(number),
                f"What did the government do about matter {number} in the reporting period, and which concrete "
                "actions of its police, courts or social services show it? Name the source of each figure.",
                heading,
            )
        )
        parts = "ab" if number % 2 else "a"
        for letter in parts:
            part = f"{number}.{letter}"
            text = f"How many persons does matter {number} concern under part {letter}, by sex and age group?"
            asked.append(Asked(part, text, heading, str(number)))
        if number % 2:
            text = f"Which of the persons of matter {number} were children?"
            asked.append(Asked(f"{number}.b.i", text, heading, part))
    assert len(asked) == 60
    return asked


def as_text(asked):
    """Return the set as plain text with typed numbers, wrapped at 76 characters."""
    lines, heading = ["Instructions for posts: answer every question with its source.", ""], ""
    for question in asked:
        if question.heading != heading:
            heading = question.heading
            lines += [heading.upper(), ""]
        line = f"{question.number}."
        for word in question.text.split():
            if len(line) + 1 + len(word) > 76:
                lines.append(line)
                line = word
            else:
                line += f" {word}"
        lines += [line, ""]
    return "\n".join(lines)


def typed_word(asked):
    """Return a Word file whose numbers are typed, with headings of Word's own style."""
    document = Document()
    document.add_paragraph("Instructions for posts: answer every question with its source.")
    heading = ""
    for question in asked:
        if question.heading != heading:
            heading = question.heading
            document.add_heading(heading, level=1)
        document.add_paragraph(f"{question.number}. {question.text}")
    return _saved(document)


def numbered_word(asked, *, through_styles=False):
    """Return a Word file in which Word counts: “1.”, “1.a” and “(i)” are levels of one list, or of its styles."""
    document = Document()
    numbering = document.part.numbering_part.element
    styles = ["Body Text", "Body Text 2", "Body Text 3"]
    links = [f'<w:pStyle w:val="{document.styles[name].style_id}"/>' if through_styles else "" for name in styles]
    levels = (("decimal", "%1."), ("lowerLetter", "%1.%2"), ("lowerRoman", "%1.%2.%3"))
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77"><w:multiLevelType w:val="multilevel"/>'
        + "".join(
            f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{links[place]}'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
            for place, (kind, text) in enumerate(levels)
        )
        + "</w:abstractNum>"
    )
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    if through_styles:
        for name in styles:
            properties = document.styles[name].element.get_or_add_pPr()
            properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="77"/></w:numPr>'))
    heading = ""
    for question in asked:
        if question.heading != heading:
            heading = question.heading
            document.add_heading(heading, level=1)
        if through_styles:
            document.add_paragraph(question.text, style=styles[question.level])
            continue
        properties = document.add_paragraph(question.text)._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{question.level}"/><w:numId w:val="77"/></w:numPr>')
        )
    return _saved(document)


def table_word(asked):
    """Return a Word file with one table: a column of questions, then one of numbers, and rows that are headings."""
    document = Document()
    document.add_paragraph("Questions of this year")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Question", "No."
    heading = ""
    for question in asked:
        if question.heading != heading:
            heading = question.heading
            row = table.add_row()
            row.cells[0].merge(row.cells[1]).text = heading
        row = table.add_row()
        row.cells[0].text, row.cells[1].text = question.text, question.number
    return _saved(document)


def two_tables_word():
    """Return a Word file with two tables of other columns. In the second, the numbers are those of the Department."""
    document = Document()
    rows = [("No.", "Question"), ("1", "Which laws changed?"), ("2", "Which courts sit?")]
    _add_table(document, rows)
    document.add_paragraph("More questions")
    _add_table(document, [("No.", "Code", "Ask"), ("3", "7", "Who pays for shelters of the government?")])
    return _saved(document)


def _add_table(document, rows):
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def as_pdf(asked):
    """Return a PDF with typed numbers."""
    body, heading = [], ""
    for question in asked:
        if question.heading != heading:
            heading = question.heading
            body.append(f"<h2>{heading}</h2>")
        body.append(f"<p>{question.number}. {question.text}</p>")
    style = "<style>body { font-size: 11pt } h2 { font-size: 15pt } p { margin: 0 0 9pt }</style>"
    return HTML(string=f"<html lang=en><title>Questions</title>{style}{''.join(body)}</html>").write_pdf()


def as_workbook(asked):
    """Return an Excel table: question, heading, number."""
    book = Workbook()
    sheet = book.active
    sheet.append(["Question", "Section", "Number"])
    for question in asked:
        sheet.append([question.text, question.heading, question.number])
    return _saved(book)


def _saved(document):
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()
