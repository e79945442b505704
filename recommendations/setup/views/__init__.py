"""Pages to set up a post, one module for each step."""
