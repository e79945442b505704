"""What a briefing says, as plain values: frozen, ordered, in the reader's words. Pure.

`reports.briefing` fills these from the rows that one reader may see; a template, or a writer of another format, can
reach nothing else. Figures are printed as they stand here: points are already rounded to one decimal so that what is
printed adds up, and days are counted. Moments are aware and in the country's own time zone. An empty tuple is a finding
of its own: the template has a sentence for each. `sections` are the names of those picked, in their order (None:
all of the kind's), `covering_note` stands at the head.
"""
