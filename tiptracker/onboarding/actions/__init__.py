"""Actions that write a post's reference data and accounts. Each checks permission and writes the activity log.

Nothing else writes these rows.
"""
