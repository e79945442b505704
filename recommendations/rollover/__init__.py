"""Carrying an edition over: which of its recommendations repeat those of the year before, and how they are checked."""
