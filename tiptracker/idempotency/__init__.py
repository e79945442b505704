"""Idempotency-Key: carry out an API request once, even if the program sends it again because it got no answer."""
