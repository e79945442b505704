"""What is written while a post is set up, besides its reference data."""
