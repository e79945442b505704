"""Filters of a list that a person saved under a name. They are that person's alone."""
