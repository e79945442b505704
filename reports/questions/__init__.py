"""The yearly questions: what the record holds on each, a draft answer from it, and what nobody has given."""
