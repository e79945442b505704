"""Forms of the dialogues app."""
