"""Why the score is what it is, how it changed, and how to display both."""
