"""Handovers: one person leaves, another takes over their work."""
