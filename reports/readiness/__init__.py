"""Readiness: the record's facts, the questions they answer, the score and its explanation."""
