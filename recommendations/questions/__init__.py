"""Load the yearly questions of an edition: our own outline, or the post's copy of what the Department asks."""
