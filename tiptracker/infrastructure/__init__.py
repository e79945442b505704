"""Databases, cache, broker and disk: bounded waiting, locking, and what happens when one of them fails."""
