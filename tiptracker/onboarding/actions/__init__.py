"""The only writers of a post's reference data and of its accounts; each asks who may, and writes the log."""
