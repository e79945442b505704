"""The content of briefings as plain, frozen values.

The modules of `reports.briefings` fill these values from the rows that one reader may see. Templates and writers of
other formats get these values and nothing else. No Django here.

- Templates print figures as they are. Points are rounded to one decimal in such a way that printed columns add up.
- Moments are aware and in the country's time zone.
- An empty tuple is a finding: the template has a sentence for each.
- `sections` holds the names of the picked sections in their order; None means all sections of the kind.
- `covering_note` is printed at the top of the document.
"""
