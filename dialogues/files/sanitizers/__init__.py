"""Sanitizers of uploaded files: each makes a harmless copy, or says why it can't."""
