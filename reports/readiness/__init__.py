"""Readiness: the facts of the record, the questions they answer, the score and its explanation."""
