"""What one reader's briefing says: rows through `visible_to`, as of a day and as known by a moment, as plain values."""
