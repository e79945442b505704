"""Build the content of documents for one reader, as of a day and as known at a moment.

Rows are read through `visible_to`; the results are plain values.
"""
