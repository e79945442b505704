"""The only code that writes commitments, dialogues, updates, evidence and figures: one module for each noun.

Each action is one transaction. It takes `by`, the user, and `now`, an aware datetime in the country's time zone, which
also gives the calendar day. It raises PermissionDenied if the user may not do this, and Refused if a rule forbids it
now. The message of Refused says what to do next.
"""
