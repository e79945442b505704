"""Databases, cache, broker and disk: time limits, locks and handling of outages."""
