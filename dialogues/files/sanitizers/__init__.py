"""Sanitizers of uploaded files: each makes a copy that can do no harm, or says why it can't."""
