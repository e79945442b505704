"""Workbooks: a ministry fills in its updates in a spreadsheet, and its rows are sent once their preview is confirmed.

`content` finds what to ask, `writer` writes the file, `reader` reads one that was filled in, `rows` says what is in
each row, and `preview` compares the rows with the record. The columns are in `columns`.
"""
