"""Pages of setting up a post, a module a step."""
