"""Actions that write records while a post is set up, except reference data."""
