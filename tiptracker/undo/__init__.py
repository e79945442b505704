"""Undo: a message about what one press did carries a button that takes it back."""
