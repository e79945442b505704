"""The only writers of what was promised, what happened and what proves it: one module a noun.

Each action is one transaction. It takes `by`, the person, and `now`, an aware datetime in the country's zone, which
carries the calendar day too. It raises PermissionDenied where the person may not; where the rules forbid it now,
Refused, whose sentence says what to do next.
"""
